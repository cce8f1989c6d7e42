"""The consultation in Slack: one thread, one session."""
