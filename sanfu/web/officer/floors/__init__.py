"""Pages of 工业上楼."""
