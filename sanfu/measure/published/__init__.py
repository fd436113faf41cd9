"""Published bulletins recomputed (公开通报复算): ratios, totals, composites and scores of cities. Pure."""
