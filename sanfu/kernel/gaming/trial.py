"""The checks judged by invented counties: how many planted unit-months are found, how many honest ones are accused."""

from dataclasses import dataclass

from sanfu.kernel.gaming.finding import alarms
from sanfu.kernel.gaming.worlds import COUNTIES, made


@dataclass(frozen=True, slots=True)
class Trial:
    """recall by check and in all, share of honest unit-months with any alarm, and how many of each there were."""

    county: str
    strength: int
    planted: int
    found: int
    by_check: dict[str, tuple[int, int]]
    honest: int
    accused: int

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def false_alarms(self) -> float:
        return self.accused / self.honest if self.honest else 0.0


def trial(county: str, strength: int, seeds: range) -> Trial:
    """Judge over several counties of one kind; a planted unit-month counts as found when its own check says so."""
    by_check: dict[str, list[int]] = {}
    honest = accused = 0
    for seed in seeds:
        world = made(COUNTIES[county], seed, strength)
        said = {(one.unit, one.month, one.check) for one in alarms(world.cases)}
        for (unit, month), code in world.planted.items():
            line = by_check.setdefault(code, [0, 0])
            line[0] += (unit, month, code) in said
            line[1] += 1
        fair = {(one.unit, one.month) for one in world.cases} - set(world.planted)
        honest += len(fair)
        accused += len(fair & {(unit, month) for unit, month, _ in said})
    found, planted = (sum(line[place] for line in by_check.values()) for place in (0, 1))
    return Trial(
        county,
        strength,
        planted,
        found,
        {k: (v[0], v[1]) for k, v in sorted(by_check.items())},
        honest,
        accused,
    )
