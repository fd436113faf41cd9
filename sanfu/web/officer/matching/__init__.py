"""Matching on the desk (匹配与自动派单): what was promised, whether it is kept, every decision behind it."""
