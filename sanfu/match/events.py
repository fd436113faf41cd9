"""Kinds of events of the match room."""

DECIDED = "match.decided"
PROMISED = "match.promised"
REFITTED = "match.refitted"
