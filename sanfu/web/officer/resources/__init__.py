"""Pages of the allocation of factors."""
