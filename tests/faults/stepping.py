"""Run by test_killed.py: children that move cases without pause, each killed (kill -9) at a random moment.

usage: python -m tests.faults.stepping KILLS SEED     (DATABASE_URL names the database)
"""

import os
import random
import signal
import sys
import time

import django


def move_for_ever(seed: int, ready: int) -> None:
    """Open a case, move it by random legal events until it is done, open the next; say when the first is open."""
    from tests.rooms import test_cases as cases

    chance = random.Random(seed)
    while True:
        case = cases.opened()
        os.write(ready, b".")
        state = cases.S.NEW
        while legal := cases.FLOW.legal(state):
            event = chance.choice(legal)
            rules = {"办结": cases.FIVE_DAYS} if event is cases.E.TAKE else {}
            done = cases.step(
                case.id, cases.FLOW, event, by=cases.officer("t.work"), at=cases.AT,
                changes=cases.Changes(clocks=rules), guards=cases.GUARDS, facts="好",
            )  # fmt: skip
            state = cases.S(done.after)


def main(kills: int, seed: int) -> None:
    django.setup()
    from tests.rooms import test_cases  # noqa: F401  (imported once, before the children part)

    chance = random.Random(seed)
    for n in range(kills):
        listen, ready = os.pipe()
        child = os.fork()
        if child == 0:
            move_for_ever(seed * 1_000 + n, ready)
        os.read(listen, 1)
        time.sleep(chance.uniform(0, 0.3))
        os.kill(child, signal.SIGKILL)
        _, how = os.waitpid(child, 0)
        if not os.WIFSIGNALED(how):
            raise SystemExit(f"child {n} stopped by itself: {how}")
        os.close(listen)
        os.close(ready)
    print(kills)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
