"""未诉先办: what is more than usual in a topic, place and week, what comes next, and whether a measure helped. Pure."""
