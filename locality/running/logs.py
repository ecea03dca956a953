"""A child's log file: kept short, and quoted when the child dies."""

from pathlib import Path
from typing import BinaryIO

from locality.running.failure import CannotRun

_LARGEST = 5_000_000
_QUOTED = 4_000
_LONGEST = 300


class Log:
    """What one child says. ``last_words`` speaks only of the time since ``open`` was last called."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._start = 0

    def open(self) -> BinaryIO:
        """The file to append to; one that has grown large is put aside first (one old one is kept)."""
        try:
            if self.path.exists() and self.path.stat().st_size > _LARGEST:
                self.path.replace(self.path.with_suffix(".old.log"))
            output = self.path.open("ab")
        except OSError as error:
            raise CannotRun(
                f"The log {self.path} cannot be written to: {error.strerror}.", cure="Make it and its folder writable."
            ) from error
        self._start = output.tell()
        return output

    def last_words(self) -> str:
        """The last error in the log, or else its last line."""
        with self.path.open("rb") as said:
            end = said.seek(0, 2)
            said.seek(max(self._start, end - _QUOTED))
            text = said.read().decode(errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        wrong = [line for line in lines if "FATAL" in line or "PANIC" in line or "Error" in line]
        return (wrong or lines or ["it said nothing"])[-1][:_LONGEST]
