"""Failure audit: what kind of failures a system shows, and which gap they point to."""

from tools.failure_audit.audit import audit_failures, export_suggestions
from tools.failure_audit.result import Diagnosis, FailureAudit

__all__ = ["Diagnosis", "FailureAudit", "audit_failures", "export_suggestions"]
