"""The browser app: a chat on the left, the decision alive on the right. It shows advice and never makes any."""
