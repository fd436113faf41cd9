"""走访记录 for the firm."""
