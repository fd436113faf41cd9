"""One enterprise and one clause: the verdict, its reasons, what to ask, and the smallest change that would win it."""
