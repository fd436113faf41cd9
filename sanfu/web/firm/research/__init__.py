"""Research (产学研) for firms: own needs, matches with reasons, contacts, the engineering centre."""
