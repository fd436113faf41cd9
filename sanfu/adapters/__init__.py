"""The outside: command line, database launcher, exports, other systems."""
