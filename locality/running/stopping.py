"""Being asked to stop, by Ctrl-C, a closed terminal or a service manager: noted here, acted on at safe points."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from types import FrameType

_LOOK_EVERY_S = 0.05


class Stopped(Exception):
    """Raised by ``StopRequests.pause`` once somebody has asked to stop."""


class StopRequests:
    """Counts requests to stop. One means “in good order”, two “now”."""

    def __init__(self) -> None:
        self.count = 0

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT, SIGTERM and SIGHUP as requests to stop, until the end of the block."""
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = [(number, signal.signal(number, self._note)) for number in wanted]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    def pause(self, seconds: float) -> None:
        """Sleep, unless or until somebody asks to stop: then raise ``Stopped``."""
        limit = time.monotonic() + seconds
        while not self.count:
            left = limit - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _LOOK_EVERY_S))
        raise Stopped

    def until(self, condition: Callable[[], bool], *, every_s: float = _LOOK_EVERY_S) -> None:
        """Wait for a condition; raise ``Stopped`` when asked to stop meanwhile."""
        while not condition():
            self.pause(every_s)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
