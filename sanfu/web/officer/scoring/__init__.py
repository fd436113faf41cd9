"""Pages of 亩均评价."""
