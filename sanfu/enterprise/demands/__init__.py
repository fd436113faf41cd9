"""企业诉求: one pool of what firms ask for, whatever door it came through, on the same case engine as citizens' requests."""
