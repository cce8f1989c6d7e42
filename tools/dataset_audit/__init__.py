"""Training-data audit: whether a file of chat examples is fit to fine-tune a model on."""

from tools.dataset_audit.audit import audit_dataset
from tools.dataset_audit.result import DatasetAudit

__all__ = ["DatasetAudit", "audit_dataset"]
