"""Pages of the project register and its monthly meeting."""
