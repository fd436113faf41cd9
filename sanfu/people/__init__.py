"""Organisations, posts held, roles and row scope: the only way to a row of somebody's data."""
