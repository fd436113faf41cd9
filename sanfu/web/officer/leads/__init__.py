"""Pages of leads."""
