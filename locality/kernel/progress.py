"""A progress bar on standard error for commands that take a while."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_WIDTH = 30
_SECONDS_BETWEEN = 0.1


class Progress:
    """Counts work done against a total; draws a bar on a terminal, one line per tenth elsewhere."""

    def __init__(self, total: int, label: str, stream: TextIO) -> None:
        self.total = max(total, 1)
        self.label = label
        self.done = 0
        self._stream = stream
        self._terminal = stream.isatty()
        self._drawn_at = 0.0
        self._tenth = -1

    def advance(self, count: int = 1) -> None:
        """Note that ``count`` more is done."""
        self.done += count
        moment = time.monotonic()
        if self._terminal and (moment - self._drawn_at >= _SECONDS_BETWEEN or self.done >= self.total):
            self._drawn_at = moment
            self._draw("\r", "")
        tenth = 10 * self.done // self.total
        if not self._terminal and tenth != self._tenth:
            self._tenth = tenth
            self._draw("", "\n")

    def finish(self) -> None:
        """End the line."""
        if self._terminal:
            self._draw("\r", "\n")

    def _draw(self, before: str, after: str) -> None:
        share = min(self.done / self.total, 1.0)
        bar = "#" * int(share * _WIDTH)
        self._stream.write(f"{before}{self.label:<28} [{bar:<{_WIDTH}}] {self.done:,} of {self.total:,}{after}")
        self._stream.flush()


@contextmanager
def progress(total: int, label: str, stream: TextIO | None = None) -> Iterator[Progress]:
    """A bar for ``total`` pieces of work; call ``advance`` as they are done."""
    bar = Progress(total, label, stream or sys.stderr)
    try:
        yield bar
    finally:
        bar.finish()
