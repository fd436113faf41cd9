"""一件事 for a firm and its agents: questions, one form, each material once, one progress page, rating."""
