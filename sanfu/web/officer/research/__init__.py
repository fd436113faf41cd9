"""Research (产学研) at the desk: needs with their matches, offers, contacts, the engineering centre."""
