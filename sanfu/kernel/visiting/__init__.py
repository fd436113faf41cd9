"""走访: departments' wishes become few visits, weeks that are level, and a day's route."""
