"""亩均评价: schemes as data, scores line by line, grades by quota, and what a figure's error would change."""
