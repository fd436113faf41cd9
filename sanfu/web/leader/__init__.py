"""Pages of those who look at the whole: figures that open to their rows."""
