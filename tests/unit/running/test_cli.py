"""The ``locality`` command: what it understands, what it loads, how it speaks of trouble."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from locality import cli
from locality.kernel.settings import SettingsError
from locality.running import migrating
from locality.running.failure import CannotRun
from locality.running.place import ROOT
from locality.web.registration import Command


def test_starting_loads_neither_flask_nor_celery_nor_tables() -> None:
    """The supervisor is with us as long as the system runs: it stays small, and Celery is never imported by it."""
    program = (
        "import sys, locality.cli\n"
        "print(sorted({'flask', 'celery', 'kombu', 'sqlalchemy', 'locality.app'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("error", [CannotRun("No room.", cure="Make room."), SettingsError("SECRET_KEY is not set.")])
def test_trouble_is_one_line(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def trouble(_parsed: argparse.Namespace) -> int:
        raise error

    monkeypatch.setitem(cli._BUILT_IN, "up", cli.BuiltIn("up", "help", trouble))
    assert cli.main(["up"]) == 1
    assert capsys.readouterr().err == f"locality: {error}\n"


def test_interrupting_is_not_an_error_to_explain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_parsed: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli._BUILT_IN, "up", cli.BuiltIn("up", "help", interrupted))
    assert cli.main(["up"]) == 130
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", sorted(cli._BUILT_IN))
def test_every_command_explains_itself_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([name, "--help"])
    assert left.value.code == 0
    assert f"  locality {name}" in capsys.readouterr().out


def test_rooms_bring_commands_of_two_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def take_file(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file")

    brought = [
        Command("import postcodes", "Import postcodes.", lambda _parsed: 0, take_file),
        Command("import annex-a", "Import a workbook.", lambda _parsed: 0, take_file),
    ]
    parsed = cli._parser(brought).parse_args(["import", "annex-a", "book.xlsx"])
    assert (parsed.name, parsed.file) == ("import annex-a", "book.xlsx")


def test_a_missing_demonstration_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda _name: None)
    assert cli.main(["users", "--demo"]) == 1
    assert "holds no demonstration data. Use `./run up --without-demo`" in capsys.readouterr().err


def wishes(direction: str = "up", to: str | None = None, *, yes: bool = False) -> argparse.Namespace:
    return argparse.Namespace(direction=direction, to=to, yes=yes)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A database at 0005, of which only the number is kept."""
    numbers = ["0005"]

    def go(_url: str, target: str) -> str:
        numbers.append(target)
        return target

    monkeypatch.setattr(migrating.schema, "found", lambda _url: numbers[-1])
    monkeypatch.setattr(migrating.runner, "migrate", go)
    monkeypatch.setattr(migrating.sys.stdin, "isatty", lambda: False)
    return numbers


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        (wishes(), "head"),
        (wishes(to="0007"), "0007"),
        (wishes("down", yes=True), "0004"),
        (wishes(to="base", yes=True), "base"),
        (wishes(to="0005"), "0005"),
    ],
)
def test_migrating_goes_where_it_is_told(asked: argparse.Namespace, reached: str, database: list[str]) -> None:
    assert migrating.migrate("url", asked) == 0
    head = (ROOT / "locality/migrations/HEAD").read_text().strip()
    assert database[-1] == (head if reached == "head" else reached)


@pytest.mark.parametrize("asked", [wishes("down"), wishes(to="0001")])
def test_going_down_needs_a_yes(asked: argparse.Namespace, database: list[str]) -> None:
    with pytest.raises(CannotRun, match="Going down deletes data"):
        migrating.migrate("url", asked)
    assert database == ["0005"]


def test_a_number_that_is_not_there_is_refused(database: list[str]) -> None:
    with pytest.raises(CannotRun, match=r"There is no migration 9999\. Choose one of base, 0001"):
        migrating.migrate("url", wishes(to="9999", yes=True))


def test_the_program_can_be_started_from_anywhere(tmp_path: Path) -> None:
    """A file named on the command line is looked for where the user stands, not where the project is."""
    (tmp_path / "locality").mkdir()
    (tmp_path / "locality" / "__init__.py").write_text("raise SystemExit('the wrong locality')")
    done = subprocess.run(
        [str(ROOT / "run"), "up", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
