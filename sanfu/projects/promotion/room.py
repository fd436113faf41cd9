"""Manifest of investment promotion (招商)."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="projects.promotion",
    label="招商",
    order=50,
    permissions={"promotion.lint": "体检招商协议草稿"},
    menu=(Line("项目与用地", "协议体检", "officer:offer_lint", "promotion.lint", "scale"),),
    commands={
        "promotion": Command(
            "sanfu.adapters.commandline.promotion", "draft offers: lint, evaluate on labelled clauses (招商)"
        )
    },
)
