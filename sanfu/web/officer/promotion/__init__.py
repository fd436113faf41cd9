"""Pages of investment promotion."""
