"""判定: from the text of a document to a verdict on each of its demands."""
