"""What is paid in the end: the best legal combination of awards, and the price of a point."""
