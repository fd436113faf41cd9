"""A phone with an outbox, and a network that loses, doubles and reorders: the trial world of the protocol."""

import random
from dataclasses import dataclass, field
from typing import Any

from sanfu.kernel.syncing.protocol import Answer, Change, Operation, Outcome, Server


class Killed(Exception):
    """The app died in the middle; what was in its database stays."""


@dataclass(frozen=True)
class Faults:
    """How often each thing goes wrong, as a share of the times it could."""

    request_lost: float = 0.15
    answer_lost: float = 0.15
    copy_later: float = 0.05
    killed: float = 0.08
    two_tabs: float = 0.10
    reordered: float = 0.30


@dataclass
class Network:
    """Carries operations to the server, badly; copies that it holds back arrive later."""

    server: Server
    chance: random.Random
    faults: Faults
    held: list[Operation] = field(default_factory=list)

    def send(self, operation: Operation) -> Answer | None:
        """The answer, or None when the request or the answer was lost on the way."""
        if self.chance.random() < self.faults.copy_later:
            self.held.append(operation)
        if self.chance.random() < self.faults.request_lost:
            return None
        answer = self.server.receive(operation)
        return None if self.chance.random() < self.faults.answer_lost else answer

    def deliver_held(self) -> None:
        """Copies that were held back arrive now, in any order."""
        self.chance.shuffle(self.held)
        while self.held:
            self.server.receive(self.held.pop())


@dataclass
class Phone:
    """Drafts and outbox as the phone's database keeps them; an operation leaves only with a stored answer."""

    chance: random.Random
    faults: Faults
    name: str
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    outbox: dict[str, Operation] = field(default_factory=dict)
    receipts: dict[str, Answer] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def edit(self, record: str, changes: dict[str, Any], kind: str = "visit", needs: str = "") -> str:
        """Write to the draft and put one operation into the outbox, in one step; its id."""
        self.made += 1
        now = self.values.setdefault(record, {})
        told = {name: Change(now.get(name), value) for name, value in changes.items()}
        code = f"{self.name}-{self.made}"
        operation = Operation(
            code, record, self.seen.get(record, 0), told, kind, needs, self.last.get(record, "")
        )
        self.last[record] = code
        now.update(changes)
        self.outbox[operation.id] = operation
        return operation.id

    def flush(self, network: Network) -> None:
        """Send what waits; one failure does not hold up the others, a kill ends this flush only."""
        waiting = list(self.outbox.values())
        if self.chance.random() < self.faults.reordered:
            self.chance.shuffle(waiting)
        tabs = 2 if self.chance.random() < self.faults.two_tabs else 1
        for operation in waiting:
            for _ in range(tabs):
                answer = network.send(operation)
                if self.chance.random() < self.faults.killed:
                    return
                if answer is not None and answer.outcome is not Outcome.LATER:
                    self._keep(operation, answer)

    def _keep(self, operation: Operation, answer: Answer) -> None:
        """Answer in and operation out, in one step of the database."""
        self.receipts[operation.id] = answer
        self.outbox.pop(operation.id, None)
        self.seen[operation.record] = max(self.seen.get(operation.record, 0), answer.version)


@dataclass(frozen=True)
class Tally:
    """What a trial found; all but `records`, `photos` and `conflicts` must be 0."""

    records: int
    photos: int
    lost: int
    doubled: int
    lost_edits: int
    unequal_receipts: int
    conflicts: int


def trial(
    seed: int, phones: int = 30, visits: int = 20, faults: Faults = Faults(), clash: float = 0.1
) -> Tally:
    """Phones make visits, photos and edits over a bad network while the office edits some of the same fields."""
    chance = random.Random(seed)
    server = Server()
    network = Network(server, chance, faults)
    office = Phone(chance, Faults(0, 0, 0, 0, 0, 0), "office")
    direct = Network(server, chance, office.faults)
    people = [Phone(chance, faults, f"p{n}") for n in range(phones)]
    want: dict[str, dict[str, set[Any]]] = {}
    for person in people:
        for n in range(visits):
            record = f"{person.name}-v{n}"
            _visit(person, record, want, chance)
            if chance.random() < 0.5:
                person.flush(network)
            if record in server.records and chance.random() < clash:
                _office_edit(office, direct, record, want, chance)
            if chance.random() < 0.2:
                network.deliver_held()
    for _ in range(400):
        for person in people:
            if person.outbox:
                person.flush(network)
        network.deliver_held()
    return _tally(server, people, want)


def _visit(person: Phone, record: str, want: dict[str, dict[str, set[Any]]], chance: random.Random) -> None:
    person.edit(record, {"held_on": chance.randint(1, 90), "note": f"记录 {record}"})
    want[record] = {name: {value} for name, value in person.values[record].items()}
    for edit in range(chance.randint(0, 2)):
        person.edit(record, {"note": f"修改 {edit} {record}"})
        want[record]["note"] = {person.values[record]["note"]}
    for photo in range(2):
        made = f"{record}-photo{photo}"
        person.edit(made, {"sha": "same"}, "photo", record)
        want[made] = {"sha": {"same"}}


def _office_edit(office: Phone, direct: Network, record: str, want: dict[str, dict[str, set[Any]]], chance: random.Random) -> None:  # fmt: skip
    """The office reads the record as it is and writes a field: its own, or one that the phone writes too."""
    name = chance.choice(["note", "topic"])
    office.values[record] = dict(direct.server.records[record].values)
    office.last.pop(record, None)
    if want[record].get(name) == {office.values[record].get(name)}:
        want[record].pop(name)  # the office saw the last word and replaces it knowingly
    office.edit(record, {name: f"机关 {record}"})
    office.flush(direct)
    want[record].setdefault(name, set()).add(f"机关 {record}")


def _tally(server: Server, people: list[Phone], want: dict[str, dict[str, set[Any]]]) -> Tally:
    lost_edits = 0
    for record, fields in want.items():
        found = server.records.get(record)
        for name, values in fields.items() if found else ():
            have = {found.values.get(name)} | {v for kept in found.open if kept.field == name for v in (kept.here, kept.there)}  # type: ignore[union-attr]  # fmt: skip
            lost_edits += not _any_kept(values, have)
    unequal = sum(
        server.answers[key][1] != answer for person in people for key, answer in person.receipts.items()
    )
    waiting = sum(len(person.outbox) for person in people)
    photos = sum("photo" in record for record in server.records)
    conflicts = sum(len(record.open) for record in server.records.values())
    return Tally(
        records=len(server.records) - photos,
        photos=photos,
        lost=len(want.keys() - server.records.keys()) + waiting,
        doubled=len(server.records.keys() - want.keys()),
        lost_edits=lost_edits,
        unequal_receipts=unequal,
        conflicts=conflicts,
    )


def _any_kept(values: set[Any], have: set[Any]) -> bool:
    return values <= have
