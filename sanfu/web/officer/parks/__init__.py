"""Pages of parks."""
