"""热点 (hotspots) for the leader."""
