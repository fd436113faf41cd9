"""From controlled Chinese to the typed tree, and the documents and library that hold it."""
