"""用地: datums, areas, overlaps, low-efficiency screening, redevelopment options and 亩均评价, all pure."""
