"""岗位: 岗位全量表 of a town in versions, its gaps, its load, and who looked at a match."""
