"""走访: wishes of departments, the plan of a quarter, visits recorded on the phone and confirmed by the firm."""
