"""From a fresh clone to the sign-in page, the second time, and the memory of everything while idle."""

import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import results
from benchmarks.system import ROOT, clean_environment, memory_mb

_COLD_LIMIT_S, _WARM_LIMIT_S, _MEMORY_LIMIT_MB = 60.0, 6.0, 700.0
_PATIENCE_S = 300
_SETTLE_S = 20


def measure(report: results.Report) -> None:
    """Clone, start, look; stop, start again, look; then weigh what runs."""
    with tempfile.TemporaryDirectory(prefix="locality-clone-") as name:
        clone = Path(name) / "locality"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        with _up(clone) as (_process, seconds):
            report.add("startup.cold_s", size=0, value=seconds, unit="s", limit=_COLD_LIMIT_S, note="packages fetched")
        with _up(clone) as (process, seconds):
            report.add("startup.warm_s", size=0, value=seconds, unit="s", limit=_WARM_LIMIT_S)
            time.sleep(_SETTLE_S)
            report.add(
                "memory.idle_mb", size=0, value=memory_mb(process.pid), unit="MB", limit=_MEMORY_LIMIT_MB,
                note=f"proportional, all processes, {_SETTLE_S} s after the start",
            )  # fmt: skip


@contextmanager
def _up(clone: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """``./run up`` in a clone until its sign-in page answers; gives the process and the seconds."""
    started = time.perf_counter()
    process = subprocess.Popen(
        ["./run", "up"], cwd=clone, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process, _until_sign_in(process, started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _until_sign_in(process: subprocess.Popen[str], started: float) -> float:
    said = []
    for line in process.stdout or ():
        said.append(line)
        found = re.search(r"http://[\w.]+:\d+", line)
        if found:
            break
        if time.perf_counter() - started > _PATIENCE_S:
            break
    else:
        raise RuntimeError("`./run up` ended:\n" + "".join(said))
    address = re.search(r"http://[\w.]+:\d+", said[-1])
    if address is None:
        raise RuntimeError("`./run up` named no address:\n" + "".join(said))
    while time.perf_counter() - started < _PATIENCE_S:
        try:
            with urllib.request.urlopen(f"{address.group()}/sign-in", timeout=5) as page:
                if page.status == 200:
                    return time.perf_counter() - started
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the sign-in page never answered")
