"""Settings, addresses and wiring. Nothing in sanfu/ imports it."""
