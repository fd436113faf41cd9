"""Funds, boards and the way to a listing at the desk (基金与上市)."""
