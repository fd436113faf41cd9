"""Pages of 走访 for officers, at the desk and on the phone."""
