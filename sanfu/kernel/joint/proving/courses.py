"""The other courses (材料与时限的取舍) proved again: what else might be waited for, and when all is done then."""

from collections.abc import Iterator

from sanfu.kernel.joint.proving.reread import Row
from sanfu.kernel.joint.proving.times import TINY, Beyond, Times, day_of


class Courses:
    def __init__(self, times: Times) -> None:
        self.times = times
        self.of = times.of
        self.rows: list[Row] = times.guide["materials"]["alternatives"]

    def objections(self) -> Iterator[str]:
        """The first row is the guide's own course; the others differ from it in what is waited for."""
        own = {(wait["item"], *wait["for"]) for row in self.rows[:1] for wait in row["waits"]}
        for row in self.rows:
            waits = {code: self._waits(code, own, row) for code in self.of.rows}
            try:
                ends = self.times.plan(self.times.lengths(), waits).values()
                finish = max(ends, default=self.times.start)
                total, day = self.times.workdays(self.times.start, finish), day_of(finish)
            except Beyond:
                yield "指南自带的日历不够长，材料与时限的取舍无法核验"
                return
            if abs(total - row["workdays"]) > TINY * 10 or day != row["finish"]:
                told = f"{row['workdays']}({row['finish']})"
                yield f"材料 {row['materials']} 份的办法应为 {total:g} 个工作日({day})，指南写 {told}"

    def _waits(self, code: str, own: set[tuple[str, ...]], row: Row) -> list[list[str]]:
        """What an item waits for on that course: by law, for want of another way, and by choice."""
        needed = self.times.needed(code)
        forced = [
            group
            for group in self.of.schedule[code]["waits"]
            if group not in needed and (code, *group) not in own
        ]
        return [*needed, *forced, *(wait["for"] for wait in row["waits"] if wait["item"] == code)]
