"""The language port and what stands behind it: the embedded implementation, and one that asks a model."""
