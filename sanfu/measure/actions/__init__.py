"""Writes of figures: kept rows and tallies, closed months and their corrections, display tokens."""
