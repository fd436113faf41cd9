"""Tables judged by their own cells (表格): a change by its two columns, a share by the sum row, a rate by two counts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sanfu.kernel.claims.changes import of_ratio, result
from sanfu.kernel.claims.numbers import Kind, Quantity, quantities
from sanfu.kernel.claims.periods import period_of
from sanfu.kernel.claims.verdicts import Judged, Verdict, percent, plainly

_BETWEEN = re.compile(r"[|｜\t]")
_RULE = re.compile(r"[\s|｜:\-—]*")
_SUM = re.compile("(?:合计|总计|共计|总数|总体|全[年市县区镇部]+)$")
_LAST_YEAR, _LAST = re.compile("上年|去年|同期"), re.compile("上月|上期|上季|上周")
_AIM = re.compile("目标|任务|计划")
_GROWN = re.compile("同比|环比|增速|增长|增幅|增减|变动|变化")
_FELL = re.compile("[降减少跌↓▼]")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a text: its heads, its rows of quantities, a name before each row. A cell without a number is None."""

    heads: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[Quantity | None, ...], ...]

    def counts(self) -> list[int]:
        """The columns that hold counts only."""
        return [
            n for n in range(len(self.heads)) if self._all(n, Kind.PLAIN) and not _GROWN.search(self.heads[n])
        ]

    def _all(self, column: int, kind: Kind) -> bool:
        kinds = {row[column].kind for row in self.rows if row[column] is not None}  # type: ignore[union-attr]
        return kinds == {kind}

    def whole(self) -> int | None:
        """The row of the sum, where it is the last and no row tells a part of another."""
        parts = any(name.startswith(("其中", "#")) for name in self.names)
        return (
            len(self.rows) - 1 if _SUM.search(self.names[-1]) and not parts and len(self.rows) > 2 else None
        )


def of_tables(text: str) -> list[Judged]:
    """Judge the cells of every table of a text by the other cells of the same table."""
    return [one for table in _tables(text) for one in _judged(table)]


def _tables(text: str) -> Iterator[Table]:
    """Read lines that follow each other and hold as many cells each."""
    block: list[list[tuple[int, str]]] = []
    place = 0
    for line in [*text.split("\n"), ""]:
        cells = _cells(line, place)
        place += len(line) + 1
        if block and len(cells) != len(block[0]) and not _RULE.fullmatch(line or "."):
            yield from _table(block)
            block = []
        if len(cells) > 2 and not _RULE.fullmatch(line):
            block.append(cells)


def _cells(line: str, place: int) -> list[tuple[int, str]]:
    """The cells of a line with their places; a bar at its edge opens no cell."""
    found, begin = [], 0
    for end in [*(match.start() for match in _BETWEEN.finditer(line)), len(line)]:
        found.append((place + begin, line[begin:end]))
        begin = end + 1
    if len(found) > 1:
        found = found[not found[0][1].strip() :]
        found = found[: len(found) - (not found[-1][1].strip())]
    return found


def _table(block: Sequence[Sequence[tuple[int, str]]]) -> Iterator[Table]:
    heads = tuple(text.strip() for _, text in block[0])
    body = block[1:]
    if len(body) < 2 or any(quantities(head) for head in heads[1:]):
        return
    names = tuple(row[0][1].strip() for row in body)
    rows = tuple(
        tuple(_number(cell, head) for cell, head in zip(row[1:], heads[1:], strict=True)) for row in body
    )
    yield Table(heads[1:], names, rows)


def _number(cell: tuple[int, str], head: str) -> Quantity | None:
    """The one number of a cell with its place in the text; under 同比（%） a bare number is in percent."""
    found = quantities(cell[1])
    if len(found) != 1:
        return None
    one = found[0]
    if one.kind is Kind.PLAIN and "%" in head:
        one = replace(one, kind=Kind.PERCENT, value=one.value / 100, step=one.step / 100)
    if one.value > 0 and _GROWN.search(head) and _FELL.search(cell[1]):
        one = replace(one, value=-one.value)
    begin = cell[0]
    return replace(
        one, start=one.start + begin, end=one.end + begin, left=one.left + begin, right=one.right + begin
    )


def _judged(table: Table) -> Iterator[Judged]:
    counts, whole = table.counts(), table.whole()
    if whole is not None:
        yield from (one for column in counts for one in _sum_of(table, column, whole))
    for column, head in enumerate(table.heads):
        for row in table.rows:
            one = row[column]
            if one is not None and _GROWN.search(head):
                found = _changed(one, table.heads, column, row)
            elif one is not None and one.kind is Kind.PERCENT:
                values = {n: cell.size for n in counts if (cell := row[n]) is not None}
                found = _made(one, head, table, column, values, whole)
            else:
                continue
            if found is not None:
                yield found


def _made(
    one: Quantity, head: str, table: Table, column: int, values: dict[int, Fraction], whole: int | None
) -> Judged | None:
    """The verdict of a cell in percent by the counts of its row and by its head."""
    if re.search("占比|比重|份额", head):
        left = [n for n in values if n < column]
        total = table.rows[whole][left[-1]] if left and whole is not None else None
        return _share(one, values[left[-1]], total.size) if total is not None else None
    if "率" not in head or len(values) != 2:
        return None
    first, second = values
    aim = next((n for n in values if _AIM.search(table.heads[n])), None)
    if aim is not None:
        return _share(one, values[second if aim == first else first], values[aim])
    above = all(row[first].size >= row[second].size for row in table.rows if row[first] and row[second])  # type: ignore[union-attr]
    below = all(row[second].size >= row[first].size for row in table.rows if row[first] and row[second])  # type: ignore[union-attr]
    if above == below:  # neither column is the whole of the other
        return None
    return _share(one, *((values[second], values[first]) if above else (values[first], values[second])))


def _share(one: Quantity, part: Fraction, whole: Fraction) -> Judged | None:
    if not whole:
        return None
    how = f"表内{plainly(part)}÷{plainly(whole)}＝{percent(part / whole, 2)}%"
    return _used(of_ratio(one, part / whole, how), how)


def _changed(
    one: Quantity, heads: Sequence[str], column: int, row: Sequence[Quantity | None]
) -> Judged | None:
    """A change between the column of its base and the only other before it: in percent, in points or as it is."""
    values = {n: cell for n in range(column) if (cell := row[n]) is not None and not _GROWN.search(heads[n])}
    ends = _ends(heads, heads[column], list(values))
    if ends is None:
        return None
    before, after = (values[n] for n in ends)
    apart = after.size - before.size
    if one.kind is Kind.PERCENT and before.kind is after.kind is Kind.PLAIN and before.size > 0:
        share = apart / before.size
        how = f"表内（{after.text}−{before.text}）÷{before.text}＝{percent(share, 2)}%"
    elif one.kind is Kind.POINTS and before.kind is after.kind is Kind.PERCENT:
        share, how = apart, f"表内{after.text}−{before.text}＝{percent(apart, 2)}个百分点"
    elif one.kind is before.kind is after.kind is Kind.PLAIN:
        share = apart / one.unit.size
        how = f"表内{after.text}−{before.text}＝{plainly(share)}"
    else:
        return None
    judged = _used(of_ratio(one, share, how), how)
    if one.value < 0 and not one.text.startswith("-"):
        judged.replacement = None  # 下降3.8%: its sign stands in a word
    return judged


def _ends(heads: Sequence[str], head: str, columns: Sequence[int]) -> tuple[int, int] | None:
    """The columns of base and present value: by 上年同期, 上月; else the earlier and the later of two periods."""
    base = _LAST if "环比" in head else _LAST_YEAR if "同比" in head else re.compile("上|去年|同期")
    then = [n for n in columns if base.search(heads[n])]
    now = [n for n in columns if not _LAST.search(heads[n]) and not _LAST_YEAR.search(heads[n])]
    if len(then) == len(now) == 1:
        return then[0], now[0]
    periods = [period_of(heads[n]) for n in columns]
    first, last = periods if len(periods) == 2 else (None, None)
    if then or first is None or last is None or first == last or bool(first.year) != bool(last.year):
        return None
    early, late = (0, 1) if first.order < last.order else (1, 0)
    return columns[early], columns[late]


def _sum_of(table: Table, column: int, whole: int) -> Iterator[Judged]:
    """The sum row against its parts, where each part is told; a gap is named, never mended."""
    total, parts = table.rows[whole][column], [row[column] for row in table.rows[:whole]]
    told = [one for one in parts if one is not None]
    if total is None or len(told) != len(parts) or re.search("平均|人均|率", table.heads[column]):
        return
    made, step = sum((one.size for one in told), Fraction(0)), max(one.step * one.unit.size for one in told)
    how = f"表内{'＋'.join(one.text for one in told)}＝{plainly(made)}"
    if made == total.size:
        yield _used(result(total, Verdict.OK, f"{how}。"), how)
    elif step.denominator == 1 or abs(made - total.size) > step * len(told) / 2:
        gap = plainly(abs(made - total.size))
        yield result(
            total, Verdict.WRONG, f"{how}，与{total.text}差{gap}：须核对，不替对方改数。", f"差额{gap}"
        )


def _used(judged: Judged, how: str) -> Judged:
    judged.used = [how]
    if judged.replacement and not judged.text.endswith("%"):  # under 占比（%） the sign stands in the head
        judged.replacement = judged.replacement.removesuffix("%")
    return judged


__all__ = ["of_tables"]
