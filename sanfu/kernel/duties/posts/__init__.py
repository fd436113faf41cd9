"""岗位: posts derived from duty items, their load and their gaps."""
