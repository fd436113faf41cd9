"""Settings, addresses and the rooms of this installation. Nothing in sanfu/ imports it."""

import sanfu  # noqa: F401  # whoever serves the platform imports this package first, and sanfu says how many threads numpy takes
