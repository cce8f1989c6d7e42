"""The model implementation of the language port: any OpenAI-compatible endpoint reads and words, and never decides."""
