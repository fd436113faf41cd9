"""Pages of the desk: everything an officer handles."""
