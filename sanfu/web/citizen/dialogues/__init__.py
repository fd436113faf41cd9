"""Pages of 暨阳面对面."""
