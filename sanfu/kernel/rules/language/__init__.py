"""What a rule is made of: numbers with units, the fact dictionary, the typed tree, and where a text is wrong."""
