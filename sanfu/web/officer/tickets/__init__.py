"""Pages of the dispatch desk and of the handling units (接诉即办)."""
