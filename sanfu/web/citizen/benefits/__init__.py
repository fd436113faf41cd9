"""Public pages about benefits: the policy library and the lists on notice."""
