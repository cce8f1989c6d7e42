"""Understanding and wording without a model: grammar for quantities, meaning for the rest, templates for words."""
