"""Pure rules of time, text and law: no framework, no database, no clock, no network."""
