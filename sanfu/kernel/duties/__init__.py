"""履职: duty lists, the demands of a document, and the verdict on each. No file, clock or network."""
