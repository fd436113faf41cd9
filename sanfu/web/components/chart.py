"""Charts: a frozen description becomes ECharts options for the browser and a table for everybody.

The table is not an extra: a figure must be readable without colour, without script and in print.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sanfu.web.components.cells import number

Value = float | int | None


@dataclass(frozen=True)
class Chart:
    """One chart. `x` are the categories, `series` maps a name to one value per category (None: no value).

    kind: bar, line, stack (stacked bars), pie (first series only), rank (horizontal bars).
    `lines` names series drawn as lines over the bars on a second axis with the unit `line_unit`.
    `links` gives one address per category, so that a bar opens to its rows. `option` replaces the built
    option altogether (maps, heat maps), the table still comes from x and series.
    """

    id: str
    title: str
    x: Sequence[str]
    series: Mapping[str, Sequence[Value]]
    kind: str = "bar"
    unit: str = ""
    lines: tuple[str, ...] = ()
    line_unit: str = "%"
    links: Sequence[str] = ()
    note: str = ""
    x_label: str = "项目"
    option: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        short = [name for name, values in self.series.items() if len(values) != len(self.x)]
        if short:
            raise ValueError(
                f"chart {self.id}: {', '.join(short)} has not one value for each of {len(self.x)} categories"
            )

    @property
    def data(self) -> dict[str, Any]:
        """What the browser module reads: option, links, size hints."""
        built = dict(self.option) if self.option is not None else self._option()
        return {"option": {**built, **self.extra}, "links": list(self.links), "kind": self.kind}

    @property
    def script_id(self) -> str:
        """Id of the JSON beside the drawing."""
        return f"chart-{self.id}"

    @property
    def caption(self) -> str:
        """The title, with the unit where no axis can carry it."""
        return f"{self.title}（{self.unit}）" if self.unit and self.kind in {"rank", "pie"} else self.title

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.x or all(v is None for values in self.series.values() for v in values)

    @property
    def rows(self) -> list[tuple[str, str, list[str]]]:
        """The table: category, its link, formatted values."""
        links = list(self.links) + [""] * (len(self.x) - len(self.links))
        return [
            (name, links[i], [number(values[i]) for values in self.series.values()])
            for i, name in enumerate(self.x)
        ]

    @property
    def heads(self) -> list[str]:
        """Column heads of the table, with units."""
        return [
            f"{n}({u})" if (u := self.line_unit if n in self.lines else self.unit) else n for n in self.series
        ]

    def _option(self) -> dict[str, Any]:
        if self.kind == "pie":
            values = next(iter(self.series.values()), [])
            data = [{"name": n, "value": v} for n, v in zip(self.x, values, strict=True)]
            return {"series": [{"type": "pie", "data": data}]}
        across = self.kind == "rank"
        category: dict[str, Any] = {
            "type": "category",
            "data": list(self.x),
            **({"inverse": True} if across else {}),
        }
        values_axis: list[dict[str, Any]] = [{"type": "value", "name": "" if across else self.unit}]
        if self.lines:
            values_axis.append({"type": "value", "name": self.line_unit, "splitLine": {"show": False}})
        axes = (
            {"yAxis": category, "xAxis": values_axis} if across else {"xAxis": category, "yAxis": values_axis}
        )
        return {**axes, "series": [self._series(name, values) for name, values in self.series.items()]}

    def _series(self, name: str, values: Sequence[Value]) -> dict[str, Any]:
        line = self.kind == "line" or name in self.lines
        made: dict[str, Any] = {"name": name, "type": "line" if line else "bar", "data": list(values)}
        if self.kind == "stack" and not line:
            made["stack"] = "all"
        if name in self.lines:
            made["yAxisIndex"] = 1
        return made
