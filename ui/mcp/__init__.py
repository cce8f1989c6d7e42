"""The tools of the consultant for other agents, over the Model Context Protocol."""
