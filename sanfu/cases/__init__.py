"""办理: the one Case with its parties, branches, clocks and decisions."""
