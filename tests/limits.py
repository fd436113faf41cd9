"""A limit of time for the long trials: they end by themselves, or when asked to (SIGTERM), and say what they found until then."""

import signal
import time


class Over(KeyboardInterrupt):
    """The time is over: passes through whoever catches errors of a trial."""


class TimeLimit:
    """So many minutes from now on, 0 for no limit."""

    def __init__(self, minutes: float = 0) -> None:
        self.began = time.monotonic()
        self.end = self.began + minutes * 60 if minutes else float("inf")

    def or_terminated(self) -> "TimeLimit":
        """The same limit, over at once when this process is asked to end; for a command's main thread."""
        signal.signal(signal.SIGTERM, self._end_now)
        return self

    def _end_now(self, *_: object) -> None:
        self.end = 0.0

    def over(self) -> bool:
        """Whether nothing more should be begun."""
        return time.monotonic() >= self.end

    def minutes(self) -> float:
        """Minutes since it began."""
        return (time.monotonic() - self.began) / 60
