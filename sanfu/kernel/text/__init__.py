"""Text of citizens' messages: prepared, split into points, compared, matched to a list (文本)."""
