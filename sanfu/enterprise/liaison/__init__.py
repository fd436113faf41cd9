"""挂钩: main and deputy officers of every firm, with dates, hand-over notes and proposals."""
