"""The public list: who looks after what, on which conditions, and by when (公开清单)."""
