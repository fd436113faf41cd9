"""The whole city at once: a file of facts taken in or refused, near misses, readiness, an event."""
