"""工业上楼: buildings, needs, fit and placement (room)."""
