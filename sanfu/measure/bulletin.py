"""简报 (bulletin): a month in sentences made of its figures, and the figures that the sentences may be checked against."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from sanfu.kernel.claims.check import Report, check
from sanfu.kernel.claims.levels import FEW
from sanfu.kernel.claims.verdicts import Verdict
from sanfu.kernel.indicators.formula import Formula, Measure
from sanfu.kernel.indicators.league import league
from sanfu.measure import reading
from sanfu.measure.book import formulas
from sanfu.measure.counting import COUNTY, Cell
from sanfu.measure.models import Closing
from sanfu.records.actor import Actor
from sanfu.records.manifest import Room
from sanfu.records.wires import rooms

SERVICES = (("grassroots", "服务基层"), ("enterprise", "服务企业"), ("projects", "服务项目"))
LEADING = ("opened", "on_time", "closing", "overdue")
REQUESTS = ("response", "resolution", "satisfaction", "rework", "returned")
NAMED = 3  # units named for and against
HAN = "一二三四五六七八九十"
LONG = 6  # letters of a name that may stand in two parts; a shorter one is said as it is


@dataclass(slots=True)
class Draft:
    """A bulletin as proposed: title, paragraphs (headings begin with 一、), facts, and whether all months are closed."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    frozen: bool = False

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Checked:
    """A text held against the figures: the report, and the sentences that hold something wrong with why."""

    report: Report
    wrong: tuple[tuple[str, str], ...]
    open: tuple[tuple[str, str], ...]


def compose(actor: Actor, month: date) -> Draft:
    """The bulletin of a month: the three services, the requests, and who leads and who is behind."""
    last = before(month)
    closings = reading.closings(actor.region)
    figures = _Figures(actor, month, last, closings)
    draft = Draft(f"{month.year}年{month.month}月“三服务”工作情况简报", frozen=month in closings)
    parts = [
        *((title, _service(figures, code)) for code, title in SERVICES),
        ("诉求办理质量", _quality(figures)),
    ]
    parts.append(("单位情况", _units(figures)))
    n = 0
    for title, sentences in parts:
        if sentences:
            draft.paragraphs += [f"{HAN[n]}、{title}", *sentences]
            n += 1
    if not n:
        draft.paragraphs.append(f"{month.year}年{month.month}月没有可统计的办件。")
    draft.facts = figures.facts
    # A change that chance may explain is not told: the check of numbers would rightly ask about it.
    for sentence_, _ in examine(draft.text, draft.facts).open:
        short = sentence_.partition("，比")[0].partition("，与")[0]
        draft.paragraphs = [line.replace(sentence_, short) for line in draft.paragraphs]
    return draft


def examine(text: str, facts: Sequence[dict[str, Any]]) -> Checked:
    """A text against facts: what is wrong refuses it, what stays open is shown to whoever issues it."""
    report = check(text, mentioned(text, facts))
    return Checked(report, _said(text, report, Verdict.WRONG), _said(text, report, Verdict.AMBIGUOUS))


def mentioned(text: str, facts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Figures that one sentence of a text names, of a month that the text names.

    A name may stand in parts and in another order (受理诉求工单72件 names 诉求工单受理量); a like-sounding one convicts nobody.
    """
    flat = "".join(text.split())
    months = {int(month) for month in re.findall(r"(?<!\d)(\d{1,2})月", flat)}
    sentences = re.split("[。；;]", flat)
    names = {fact["name"] for fact in facts}
    named = {name for name in names if any(_names(sentence, name) for sentence in sentences)}
    return [fact for fact in facts if fact["name"] in named and int(fact["period"][5:]) in months]


def _names(sentence: str, name: str) -> bool:
    """Whether a sentence names a figure: as it is written, or in parts of two letters and more, the counting word aside."""
    if name in sentence:
        return True
    bare = name.removesuffix("量").removesuffix("数")
    return len(bare) >= LONG and any(
        bare[:cut] in sentence and bare[cut:] in sentence for cut in range(2, len(bare) - 1)
    )


def _said(text: str, report: Report, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    found: dict[tuple[str, str], None] = {}
    for one in report.of(verdict):
        begin = max(text.rfind(mark, 0, one.start) for mark in "。；\n") + 1
        ends = [place for mark in "。；\n" if (place := text.find(mark, one.end)) >= 0]
        sentence = text[begin : min(ends, default=len(text))].strip()
        found.setdefault((sentence, one.why), None)
    return tuple(found)


def before(month: date) -> date:
    """The month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


class _Figures:
    """Cells of a month and the one before, frozen where the month is closed; each figure said becomes a fact."""

    def __init__(self, actor: Actor, month: date, last: date, closings: dict[date, Closing]) -> None:
        self.month, self.last = month, last
        self.facts: list[dict[str, Any]] = []
        cells = []
        for one in (last, month):
            cells += reading.cells(actor, formulas().values(), [one], closings.get(one))
        self.cells = {(c.indicator, c.month, c.unit): c for c in cells}
        self.names = reading.unit_names({c.unit for c in cells})

    def cell(self, name: str, month: date, unit: uuid.UUID = COUNTY) -> Cell | None:
        found = self.cells.get((name, month, unit))
        return found if found and found.rows else None

    def share(self, name: str, month: date) -> Fraction:
        """A share exactly; only where it is said."""
        cell = self.cells[name, month, COUNTY]
        return Fraction(cell.hits, cell.rows)

    def said(self, one: Formula, month: date, unit: uuid.UUID = COUNTY) -> str:
        """A figure in words, kept as a fact; "" when nothing counts."""
        cell = self.cell(one.id, month, unit)
        if cell is None or (one.measure is Measure.SHARE and cell.rows < FEW):
            return ""  # a share of a few says nothing, and the check of numbers would say so
        whose = "" if unit == COUNTY else self.names.get(unit, "")
        fact: dict[str, Any] = {"name": f"{whose}{one.name}", "period": f"{month:%Y-%m}"}
        if one.measure is Measure.SHARE:
            share = Fraction(cell.hits, cell.rows)
            fact |= {
                "value": f"{100 * cell.hits / cell.rows}%",
                "numerator": cell.hits,
                "denominator": cell.rows,
            }
            words = f"{percent(share)}%"
        elif one.measure is Measure.COUNT:
            fact |= {"value": cell.rows, "unit": one.unit}
            words = f"{cell.rows}{one.unit}"
        else:
            return ""
        if fact not in self.facts:
            self.facts.append(fact)
        return words


def percent(share: Fraction) -> str:
    """A share as 97.4, half up."""
    units = (share * 1000 + Fraction(1, 2)).__floor__()
    return f"{units // 10}.{units % 10}"


def sentence(figures: _Figures, name: str) -> str:
    """10月，诉求工单按时办结率为93.5%，比9月上升3.5个百分点。 Without a month before only the figure; "" without any."""
    one = formulas().get(name)
    if one is None or not (now := figures.said(one, figures.month)):
        return ""
    month, last = f"{figures.month.month}月", f"{figures.last.month}月"
    was = figures.said(one, figures.last)
    if one.measure is Measure.COUNT:
        year, ago = f"{figures.month.year}年{month}", f"{figures.last.year}年{last}"
        return f"{year}{one.name}{now}，{ago}为{was}。" if was else f"{year}{one.name}{now}。"
    if not was:
        return f"{month}，{one.name}为{now}。"
    apart = figures.share(name, figures.month) - figures.share(name, figures.last)
    if percent(abs(apart)) == "0.0":
        return f"{month}，{one.name}为{now}，与{last}基本持平。"
    return f"{month}，{one.name}为{now}，比{last}{'上升' if apart > 0 else '下降'}{percent(abs(apart))}个百分点。"


def _kinds(domain: str) -> list[str]:
    def of(room: Room) -> bool:
        return room.code.split(".")[0] == domain

    return [kind.code for room in rooms() if of(room) for kind in room.kinds]


def _service(figures: _Figures, domain: str) -> list[str]:
    """One paragraph a kind of case that had something in the month."""
    found = []
    for code in _kinds(domain):
        said = [sentence(figures, f"{key}-{code}") for key in LEADING]
        if text := "".join(said):
            found.append(text)
    return found


def _quality(figures: _Figures) -> list[str]:
    return [text for name in REQUESTS if (text := sentence(figures, name))]


def _units(figures: _Figures) -> list[str]:
    """Who leads and who is behind in one rate, by the shrunk value; nobody below the smallest sample is named."""
    one = formulas().get("on_time-ticket")
    if one is None:
        return []
    own = {
        unit: (cell.hits, cell.rows)
        for (name, month, unit), cell in figures.cells.items()
        if name == one.id and month == figures.month and unit != COUNTY and cell.rows
    }
    places = [place for place in league(own, one.small_sample) if place.rank]
    found = []
    for words, some in (("居前", places[:NAMED]), ("靠后", places[NAMED:][-NAMED:])):
        said = [
            f"{figures.month.month}月，{figures.names.get(p.unit, '其他')}{one.name}为{figures.said(one, figures.month, p.unit)}。"
            for p in some
        ]
        if said:
            found.append(f"按时办结率{words}的单位：" + "".join(said))
    return found
