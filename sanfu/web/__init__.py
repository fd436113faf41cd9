"""The only rooms that know HTTP, split by who is using it."""
