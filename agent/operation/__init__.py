"""Running it for others: admission, quotas, retention, logs, metrics and health."""
