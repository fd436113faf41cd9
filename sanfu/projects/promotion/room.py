"""Manifest of investment promotion (招商)."""

from sanfu.records.manifest import Command, Line, Room

ROOM = Room(
    code="projects.promotion",
    label="招商",
    order=50,
    permissions={
        "promotion.lint": "体检招商协议草稿，处置条款",
        "promotion.see_all": "看全市的条款处置",
    },
    menu=(
        Line("项目与用地", "协议体检", "officer:offer_lint", "promotion.lint", "scale"),
        Line(
            "项目与用地",
            "条款处置",
            "officer:lint_decisions",
            "promotion.lint|promotion.see_all",
            "list-checks",
        ),
    ),
    demo=("sanfu.adapters.demo_promotion.promotion",),
    commands={
        "promotion": Command(
            "sanfu.adapters.commandline.promotion", "draft offers: lint, evaluate on labelled clauses (招商)"
        )
    },
)
