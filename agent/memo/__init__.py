"""The decision memo: composed from traced values, verified, written as Markdown, read again."""
