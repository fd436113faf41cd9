"""清单: content and edits → checked → published, in numbered versions."""
