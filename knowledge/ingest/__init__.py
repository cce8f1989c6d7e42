"""A user's own documents: read under limits, cut into passages, kept and removed. Start at `run.py`."""
