"""Pages of a firm: its policies, applications and progress."""
