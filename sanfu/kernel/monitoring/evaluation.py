"""Evaluation (评估): events found between onset and the day everybody knew, at a workload the officers can bear."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sanfu.kernel.monitoring.listing import Alert
from sanfu.kernel.monitoring.panel import Bools, Floats
from sanfu.kernel.monitoring.reading import Event

JUDGED = 12  # last months of a world that are judged; the earlier ones are history


@dataclass
class Counts:
    """What a list of alerts found; counts of several worlds add up."""

    events: int = 0
    found: int = 0
    alerts: int = 0
    true: int = 0
    months: int = 0
    leads: list[int] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)
    false_first: int = 0
    false_rest: int = 0
    months_first: int = 0
    months_rest: int = 0
    kinds: dict[str, list[int]] = field(default_factory=dict)

    def __add__(self, other: "Counts") -> "Counts":
        kinds = {
            kind: [
                a + b
                for a, b in zip(self.kinds.get(kind, [0, 0]), other.kinds.get(kind, [0, 0]), strict=True)
            ]
            for kind in {**self.kinds, **other.kinds}
        }
        return Counts(
            self.events + other.events, self.found + other.found, self.alerts + other.alerts, self.true + other.true,
            self.months + other.months, self.leads + other.leads, self.delays + other.delays,
            self.false_first + other.false_first, self.false_rest + other.false_rest,
            self.months_first + other.months_first, self.months_rest + other.months_rest, kinds,
        )  # fmt: skip

    def figures(self) -> dict[str, float | int | None]:
        """Recall, precision, lead, delay and festival ratio; None where nothing can be divided."""
        first = self.false_first / self.months_first if self.months_first else None
        rest = self.false_rest / self.months_rest if self.months_rest else None
        return {
            "recall": round(self.found / self.events, 4) if self.events else None,
            "precision": round(self.true / self.alerts, 4) if self.alerts else None,
            "median_lead": float(np.median(self.leads)) if self.leads else None,
            "mean_lead": round(float(np.mean(self.leads)), 3) if self.leads else None,
            "mean_delay": round(float(np.mean(self.delays)), 3) if self.delays else None,
            "festival_ratio": round(first / rest, 3) if first is not None and rest else None,
            "alerts": self.alerts,
            "events": self.events,
            "found": self.found,
        }


def closed_months(firms: Sequence[str], events: Sequence[Event], first: int, months: int) -> Bools:
    """[firm, month]: True from the month on in which everybody knows of the firm's event."""
    place = {firm: index for index, firm in enumerate(firms)}
    closed = np.zeros((len(firms), months), dtype=bool)
    for event in events:
        if event.firm in place:
            closed[place[event.firm], max(0, event.public - first + 1) :] = True
    return closed


def judge(
    alerts: Sequence[Alert], firms: Sequence[str], events: Sequence[Event], first: int, judged: range
) -> Counts:
    """Counts of one world. An event is found by an alert from its onset to its public month, both included."""
    place = {firm: index for index, firm in enumerate(firms)}
    by_firm: dict[int, list[int]] = {}
    for alert in alerts:
        by_firm.setdefault(alert.firm, []).append(alert.month)
    counts = Counts(alerts=len(alerts), months=len(judged))
    true: set[tuple[int, int]] = set()
    for event in events:
        onset, public = event.onset - first, event.public - first
        if event.firm not in place or public < judged.start or onset >= judged.stop:
            continue
        firm = place[event.firm]
        hits = [month for month in by_firm.get(firm, []) if onset <= month <= public]
        true.update((firm, month) for month in hits)
        kind = counts.kinds.setdefault(event.kind, [0, 0])
        counts.events += 1
        kind[1] += 1
        if hits:
            counts.found += 1
            kind[0] += 1
            counts.leads.append(public - min(hits))
            counts.delays.append(min(hits) - onset)
    counts.true = len(true)
    for month in judged:
        wrong = sum(1 for alert in alerts if alert.month == month and (alert.firm, month) not in true)
        if (first + month) % 12 < 3:
            counts.false_first += wrong
            counts.months_first += 1
        else:
            counts.false_rest += wrong
            counts.months_rest += 1
    return counts


def labels(firms: Sequence[str], events: Sequence[Event], first: int, months: int) -> Floats:
    """[firm, month]: 1 from onset to the public month, 0 elsewhere, NaN once it is public: no longer a question."""
    place = {firm: index for index, firm in enumerate(firms)}
    out = np.zeros((len(firms), months))
    for event in events:
        if event.firm not in place:
            continue
        onset, public = max(0, event.onset - first), max(0, event.public - first + 1)
        out[place[event.firm], onset:public] = 1.0
        out[place[event.firm], public:] = np.nan
    return out
