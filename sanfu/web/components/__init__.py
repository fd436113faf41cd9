"""Pieces that all audiences use: lists, cells, charts, texts. Python here, templates in templates/components."""
