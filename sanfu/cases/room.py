"""The room of cases: the one Case (办件) of every domain, its clocks and its moves."""

from sanfu.records.manifest import Room, Sweep

ROOM = Room(
    code="cases",
    label="办件",
    sweeps=(Sweep("sweep_clocks", "时钟巡查", "* * * * *", "sanfu.cases.actions.sweep_all"),),
)
