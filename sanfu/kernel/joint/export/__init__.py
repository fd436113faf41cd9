"""A guide, a catalogue or an event log in forms that other programs read."""
