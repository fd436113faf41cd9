"""Peers side by side: one module per comparison, one table and one plot each."""
