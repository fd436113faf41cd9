"""The quick way of a move: one round trip to the database. README.md in this folder explains it."""
