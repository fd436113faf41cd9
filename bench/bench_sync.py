"""离线同步: faults of a bad network under our protocol, beside a plain POST and last-writer-wins on a unique id."""

import argparse
import time

from bench.report import Row, publish
from sanfu.kernel.syncing import phone
from sanfu.kernel.syncing.phone import trial
from sanfu.kernel.syncing.protocol import Answer, Operation, Outcome, Record, Server

SEEDS = 21


class LastWriterWins(Server):
    """A unique id a record, and whoever comes last overwrites: copies that arrive late undo newer edits."""

    def receive(self, operation: Operation) -> Answer:
        record = self.records.get(operation.record, Record(operation.record))
        values = {**record.values, **{name: change.new for name, change in operation.changes.items()}}
        self.records[operation.record] = Record(record.id, record.version + 1, values)
        answer = Answer(operation.id, Outcome.APPLIED, record.version + 1)
        return self.answers.setdefault(operation.id, (operation.digest(), answer))[1]


class PlainPost(LastWriterWins):
    """No key at all: each arrival of a first operation makes another row."""

    def receive(self, operation: Operation) -> Answer:
        arrived = (
            operation.record
            if operation.id not in self.answers
            else f"{operation.record}+{len(self.records)}"
        )
        self.answers.setdefault(operation.id, ("", Answer(operation.id, Outcome.APPLIED, 1)))
        copy = Operation(
            operation.id, arrived, operation.base, operation.changes, operation.kind, operation.needs
        )
        return super().receive(copy)


def tried(name: str, server: type[Server], seeds: int) -> Row:
    kept = phone.Server
    phone.Server = server  # type: ignore[misc]
    began = time.process_time()
    try:
        found = [trial(seed, phones=30, visits=20) for seed in range(seeds)]
    finally:
        phone.Server = kept  # type: ignore[misc]
    return {
        "protocol": name, "seeds": seeds, "visits": sum(one.records for one in found), "photos": sum(one.photos for one in found),
        "lost": sum(one.lost for one in found), "doubled": sum(one.doubled for one in found),
        "lost edits": sum(one.lost_edits for one in found), "conflicts kept": sum(one.conflicts for one in found),
        "CPU s": time.process_time() - began,
    }  # fmt: skip


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="sync", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    args = parser.parse_args(words)
    rows = [
        tried("operations with stored answers", Server, args.seeds),
        tried("unique id, last writer wins", LastWriterWins, 3),
        tried("POST, retry", PlainPost, 3),
    ]
    notes = [
        "Bars: 0 lost, 0 doubled, 0 lost edits in ≥ 20 seeded runs. Peers run three seeds. Eight threads at once: tests/rooms/test_visits_together.py."
    ]
    publish("sync", "Offline records under faults", rows, label="protocol", value="doubled", notes=notes)
    ours = rows[0]
    return 0 if not any(int(str(ours[key])) for key in ("lost", "doubled", "lost edits")) else 1
