"""Pages of land (用地)."""
