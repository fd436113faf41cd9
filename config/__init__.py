"""Settings, addresses and the rooms of this installation. Nothing in sanfu/ imports it."""
