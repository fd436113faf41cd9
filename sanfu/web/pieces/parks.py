"""A stock of a park as officers and leaders see it."""

from typing import Any

from sanfu.projects.parks import queries
from sanfu.projects.parks.content import full_at
from sanfu.projects.parks.models import ParkStock


def told(row: ParkStock) -> dict[str, Any]:
    """A stock as a line: figures, share, tone, sources."""
    held = queries.stock(row)
    share = held.share
    over = held.left is not None and held.left < 0
    tone = "danger" if over else "warn" if share is not None and share >= full_at() else "ok"
    return {
        "kind": row.kind, "unit": row.unit, "total": row.total, "committed": row.committed, "pipeline": row.pipeline,
        "left": None if held.left is None else float(held.left), "over": float(-held.left) if over and held.left else None, "sure": None if held.sure is None else float(held.sure),
        "share": "—" if share is None else f"{round(float(share) * 100)}%",
        "tag": ("超占" if over else "紧张" if tone == "warn" else "有余", tone) if share is not None else ("待核实", "info"),
        "sources": "；".join(dict.fromkeys(row.sources.values())),
    }  # fmt: skip
