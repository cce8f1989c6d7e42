"""The persisted, disposable index: Chroma collections in immutable generations."""
