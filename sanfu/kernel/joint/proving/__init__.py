"""核验: proves a guide again from what it carries, without any code that compiled it."""
