"""要素统筹: which projects get scarce factors, in which month, and why each other project is left out."""
