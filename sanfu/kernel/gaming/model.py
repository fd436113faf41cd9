"""What a check of gaming reads: one handled case with its clock, its pauses, its calls, its rating, its answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pause:
    """暂停: begin and end as shares of the first clock (0 start, 1 first due), and whether a document stands behind it."""

    begin: float
    end: float
    documented: bool = True


@dataclass(frozen=True, slots=True)
class Handled:
    """One case of a unit in a month. Times are shares of the clock as first promised: 0 at the start, 1 when due.

    closed: when it was closed, None while open; due: when it was due in the end, after pauses and extensions.
    extended: when an extension was asked. returned: was it sent back (退单). merged: was it merged or left out (归并、剔除).
    device: digest of what rated it. own_call: content by the unit's own call-back; recall: content by a random re-call.
    own_made: registered by the unit itself and closed within the day. answer: the reply, or its digest.
    stratum: kind of matter, for case mix.
    """

    id: str
    unit: str
    month: str
    stratum: str = ""
    closed: float | None = None
    due: float = 1.0
    pauses: tuple[Pause, ...] = ()
    extended: float | None = None
    returned: bool = False
    merged: bool = False
    device: str = ""
    own_call: bool | None = None
    recall: bool | None = None
    own_made: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Clue:
    """线索: what one check found of a unit in a month; never proof.

    hits of rows; share with its 95 % interval; expected: share after the unit's own other months, drawn toward the county's;
    limit that chance still reaches; chance: how likely so many are where nothing is wrong; county: share with this case mix.
    cases: ids of the hits. alarm: beyond the limit and enough rows.
    """

    check: str
    unit: str
    month: str
    hits: int
    rows: int
    share: float
    low: float
    high: float
    expected: float
    limit: float
    chance: float
    county: float
    cases: tuple[str, ...]
    alarm: bool
