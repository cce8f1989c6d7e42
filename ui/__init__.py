"""The doors: command line, browser, Slack and MCP, and the rendering that they share."""
