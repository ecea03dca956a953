"""Rooms and floors: the import contracts of pyproject.toml hold, and a planted breach breaks each of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

# (contract, file to plant, its text)
BREACHES = [
    ("1. One direction", "locality/people/operations/planted.py", "from locality.caf import api\n"),
    ("2. Every room has the same shape", "locality/referrals/utils.py", "X = 1\n"),
    ("3. Rules are pure", "locality/caf/rules/planted.py", "import sqlalchemy\n"),
    ("4. Only the web edge knows Flask", "locality/stages/operations/planted.py", "import flask\n"),
    ("5. Only workers know Celery", "locality/referrals/rules/planted.py", "import celery\n"),
    (
        "6. Rooms meet only through api.py",
        "locality/caf/operations/planted.py",
        "from locality.people import operations\n",
    ),
    (
        "7. Only a room writes its own tables",
        "locality/caf/operations/planted_too.py",
        "from locality.people import models\n",
    ),
    ("8. No cycles anywhere", "workers/planted.py", "from workers import planted_too\n"),
    ("8. No cycles anywhere", "workers/planted_too.py", "from workers import planted\n"),
    (
        "2. Every room has the same shape",
        "locality/stages/queries/planted.py",
        "from locality.stages import operations\n",
    ),
    ("1. One direction", "locality/cellar/__init__.py", ""),
]
# Of the contracts that keep more than one promise: what the report must say of each promise's own breach.
SAID = [
    "locality.people is not allowed to import locality.caf",
    "locality.stages.queries is not allowed to import locality.stages.operations",
    "locality.cellar",
    "locality.referrals.utils",
]


def _lint(folder: Path) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
    )
    return done.stdout + done.stderr


def test_every_contract_is_kept() -> None:
    report = _lint(ROOT)
    assert "0 broken" in report, report


@pytest.fixture(scope="module")
def report_on_breaches(tmp_path_factory: pytest.TempPathFactory) -> str:
    copy = tmp_path_factory.mktemp("planted")
    skip = shutil.ignore_patterns("__pycache__", "static", "data")
    for folder in ("locality", "workers"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=skip)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for _contract, path, text in BREACHES:
        planted = copy / path
        planted.parent.mkdir(exist_ok=True)
        if not (planted.parent / "__init__.py").exists():
            (planted.parent / "__init__.py").touch()
        planted.write_text(text)
    return _lint(copy)


@pytest.mark.parametrize("contract", sorted({breach[0] for breach in BREACHES}))
def test_a_planted_breach_breaks_the_contract(contract: str, report_on_breaches: str) -> None:
    line = next(line for line in report_on_breaches.splitlines() if line.startswith(contract))
    assert " BROKEN" in line, report_on_breaches


@pytest.mark.parametrize("words", SAID)
def test_each_promise_of_a_contract_has_its_own_breach_found(words: str, report_on_breaches: str) -> None:
    assert words in report_on_breaches, report_on_breaches
