"""工业上楼: what a firm needs of a floor, where it fits, why it does not, and what a building's height brings with it."""
