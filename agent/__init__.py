"""The consultation: hears, keeps the ledger, chooses the question, explains, and writes the memo."""
