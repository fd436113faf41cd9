"""清单: reading, checking and comparing duty lists."""
