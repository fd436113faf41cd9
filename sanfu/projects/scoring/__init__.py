"""亩均评价: firms scored by a scheme, objections, publication (room)."""
