"""负荷均衡: which post leads and which backs up each item, so that the heaviest post is as light as it can be.

Objective: the heaviest load, plus a tenth of the mean distance of all posts from the town's average, plus a
trifle for every move, so that nobody is moved for nothing. Solver: HiGHS through `scipy.optimize.milp` — maintained, exact with a stated gap, already installed for the
matcher, MIT licence; no second solver is brought in for one small model. Hard constraints are never traded
for balance: one A and one B per item, different posts, certificates, incompatible items apart, allowed units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from sanfu.kernel.duties.posts.model import Assignment, Post, PostTable, Role, Task

MOVE_COST = 1e-5  # prefers the present post among equally light answers
SPREAD_WEIGHT = 0.1  # how much an even spread counts beside the heaviest post


class NoLevelling(ValueError):
    """No assignment satisfies the hard constraints; the message names the items that have no lawful post."""


@dataclass(frozen=True)
class Levelling:
    """The new table, the moves, and how good the answer provably is."""

    table: PostTable
    moved: tuple[tuple[str, str, str, str], ...]  # item, role, from, to
    heaviest: float
    gap: float  # proven relative distance to the best possible
    status: str


def allowed(task: Task, post: Post, units: Mapping[str, frozenset[str]]) -> bool:
    """Whether a post may lead or back up an item: certificates, and the units that its category may go to."""
    places = units.get(task.category)
    return task.needs <= post.certificates and (places is None or post.unit in places)


def level(
    table: PostTable, units: Mapping[str, frozenset[str]] | None = None, seconds: float = 20.0
) -> Levelling:
    """Re-assign A and B posts; 协办 stays. Raises NoLevelling when an item has fewer than two lawful posts."""
    model = _Model(table, units or {})
    answer = milp(
        c=model.cost(),
        constraints=model.constraints(),
        integrality=np.append(np.ones(model.size), np.zeros(model.extra)),
        bounds=Bounds(0, np.append(np.ones(model.size), np.full(model.extra, np.inf))),
        options={"time_limit": seconds, "mip_rel_gap": 1e-4},
    )
    if answer.x is None:
        raise NoLevelling(f"没有满足全部硬约束的安排（{answer.message}）；请增加持证岗位或放宽不相容事项")
    return model.read(answer.x, float(answer.mip_gap or 0.0), "最优" if answer.status == 0 else "时限内最好")


class _Model:
    """Columns: one per (item, post, role) that is allowed, the heaviest load, each post's distance."""

    def __init__(self, table: PostTable, units: Mapping[str, frozenset[str]]) -> None:
        self.table = table
        self.columns: list[tuple[int, int, Role]] = []
        short = []
        for i, task in enumerate(table.tasks):
            places = [j for j, post in enumerate(table.posts) if allowed(task, post, units)]
            if len(places) < 2:
                short.append(f"{task.code} {task.name}（可用岗位 {len(places)} 个）")
            self.columns += [(i, j, role) for j in places for role in (Role.LEAD, Role.BACKUP)]
        if short:
            raise NoLevelling("以下事项的合格岗位不足两个，无法设 A、B 岗：" + "；".join(short[:8]))
        self.size = len(self.columns)
        self.extra = 1 + len(table.posts)
        self.target = sum(task.load for task in table.tasks) / max(
            sum(post.capacity for post in table.posts), 1e-9
        )
        self.now = {(one.item, one.role): one.post for one in table.assignments}

    def cost(self) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        tasks, posts = self.table.tasks, self.table.posts
        moves = [
            0.0 if self.now.get((tasks[i].code, role)) == posts[j].code else MOVE_COST
            for i, j, role in self.columns
        ]
        count = len(posts)
        return np.concatenate([np.array(moves), [1.0], np.full(count, SPREAD_WEIGHT / max(count, 1))])

    def constraints(self) -> list[LinearConstraint]:
        return [self._one_each(), self._different(), *self._loads(), *self._apart()]

    def _one_each(self) -> LinearConstraint:
        rows = [2 * i + (role is Role.BACKUP) for i, _, role in self.columns]
        matrix = self._matrix(rows, range(self.size), np.ones(self.size), 2 * len(self.table.tasks))
        return LinearConstraint(matrix, 1, 1)

    def _different(self) -> LinearConstraint:
        width = len(self.table.posts)
        rows = [i * width + j for i, j, _ in self.columns]
        matrix = self._matrix(rows, range(self.size), np.ones(self.size), len(self.table.tasks) * width)
        return LinearConstraint(matrix, 0, 1)

    def _loads(self) -> list[LinearConstraint]:
        """load ≤ heaviest, and |load − target| ≤ distance, for every post."""
        share = {Role.LEAD: 1 - self.table.backup_share, Role.BACKUP: self.table.backup_share}
        rows = [j for _, j, _ in self.columns]
        values = [
            self.table.tasks[i].load * share[role] / max(self.table.posts[j].capacity, 1e-9)
            for i, j, role in self.columns
        ]
        count = len(self.table.posts)
        columns, posts = list(range(self.size)), list(range(count))
        distance = [self.size + 1 + j for j in posts]
        most = self._matrix(
            [*rows, *posts], [*columns, *[self.size] * count], [*values, *[-1.0] * count], count
        )
        above = self._matrix([*rows, *posts], [*columns, *distance], [*values, *[-1.0] * count], count)
        below = self._matrix([*rows, *posts], [*columns, *distance], [*values, *[1.0] * count], count)
        return [
            LinearConstraint(most, -np.inf, 0),
            LinearConstraint(above, -np.inf, self.target),
            LinearConstraint(below, self.target, np.inf),
        ]

    def _apart(self) -> list[LinearConstraint]:
        """Two items that must not have the same lead: at most one of them per post."""
        place = {task.code: i for i, task in enumerate(self.table.tasks)}
        lead = {(i, j): k for k, (i, j, role) in enumerate(self.columns) if role is Role.LEAD}
        pairs = sorted(
            {
                tuple(sorted((i, place[other])))
                for i, task in enumerate(self.table.tasks)
                for other in task.apart_from
                if other in place
            }
        )
        rows, columns = [], []
        row = 0
        for first, second in pairs:
            for j in range(len(self.table.posts)):
                if (first, j) in lead and (second, j) in lead:
                    rows += [row, row]
                    columns += [lead[first, j], lead[second, j]]
                    row += 1
        return [LinearConstraint(self._matrix(rows, columns, np.ones(len(rows)), row), 0, 1)] if row else []

    def _matrix(self, rows: object, columns: object, values: object, height: int) -> sparse.csr_matrix:
        return sparse.csr_matrix((values, (rows, columns)), shape=(height, self.size + self.extra))

    def read(
        self, answer: "np.ndarray[tuple[int], np.dtype[np.float64]]", gap: float, status: str
    ) -> Levelling:
        tasks, posts = self.table.tasks, self.table.posts
        kept = [one for one in self.table.assignments if one.role is Role.ASSIST]
        made = [
            Assignment(tasks[i].code, posts[j].code, role)
            for k, (i, j, role) in enumerate(self.columns)
            if answer[k] > 0.5
        ]
        moved = tuple(
            (one.item, one.role.value, self.now.get((one.item, one.role), ""), one.post)
            for one in made
            if self.now.get((one.item, one.role)) != one.post
        )
        taken = {(one.item, one.post) for one in made}
        table = replace(
            self.table, assignments=(*made, *[one for one in kept if (one.item, one.post) not in taken])
        )
        return Levelling(table, moved, max(table.loads().values(), default=0.0), gap, status)
