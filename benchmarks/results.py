"""Figures: what is printed, and what is kept in ``benchmarks/results/latest.json``."""

import json
import math
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

LATEST = Path(__file__).parent / "results" / "latest.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``limit`` is in the same unit, from the same run; ``ratio`` is value / limit (None without one)."""

    name: str
    size: int
    value: float
    unit: str
    limit: float | None
    ratio: float | None
    seed: int
    note: str = ""


@dataclass(slots=True)
class Report:
    """Figures as they come; each is printed at once."""

    seed: int
    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        name: str,
        *,
        size: int,
        value: float,
        unit: str,
        limit: float | None = None,
        ratio: float | None = None,
        note: str = "",
    ) -> None:
        """Keep and print a figure. ``ratio`` is given where it is the median of several turns' ratios."""
        if ratio is None and limit:
            ratio = value / limit
        figure = Figure(name, size, _rounded(value), unit, _rounded(limit), _rounded(ratio), self.seed, note)
        self.figures.append(figure)
        beside = "" if limit is None else f"   limit {_rounded(limit):>10} {unit}   ratio {_rounded(ratio):>6}"
        print(f"{name:<30} {size:>9,}  {figure.value:>10} {unit}{beside}   {note}", flush=True)

    def add_times(
        self, name: str, *, size: int, ours: Sequence[float], limits: Sequence[float], note: str = ""
    ) -> None:
        """Keep and print the middle and the slow time of these seconds, in milliseconds, beside those of a limit."""
        for share, tag in ((0.5, "p50"), (0.95, "p95")):
            value, limit = percentile(ours, share), percentile(limits, share)
            self.add(f"{name}.{tag}_ms", size=size, value=value, unit="ms", limit=limit, note=note)

    def write(self) -> None:
        """Write the figures for scripts."""
        LATEST.parent.mkdir(exist_ok=True)
        LATEST.write_text(json.dumps([asdict(figure) for figure in self.figures], indent=1) + "\n")


def machine() -> str:
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def percentile(seconds: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of the measurements lie, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def median(seconds: Sequence[float]) -> float:
    """The middle measurement, in milliseconds."""
    return 1000 * statistics.median(seconds)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
