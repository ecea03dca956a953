"""What the doctor finds on a machine; each finding can be wrong."""

import socket
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from locality.running import doctor, machine, services
from locality.running.findings import Finding, Verdict, note, right, wrong
from locality.running.place import Place


def test_an_old_python_is_wrong() -> None:
    assert machine.python((3, 10, 9)).verdict is Verdict.WRONG
    assert machine.python((3, 11, 0)).verdict is Verdict.RIGHT


@pytest.mark.parametrize(
    ("stamp", "verdict"),
    [(None, Verdict.NOTE), ("requirements.lock 1 2", Verdict.WRONG), ("requirements.lock {sum}", Verdict.RIGHT)],
)
def test_packages_are_compared_with_the_lock(
    stamp: str | None, verdict: Verdict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    (tmp_path / "requirements.lock").write_text("flask==3.1.3\n")
    (tmp_path / ".venv").mkdir()
    if stamp:
        text = stamp.format(sum="3763973875 13")
        (tmp_path / ".venv" / "made-from").write_text(f"{text}\n")
    assert machine.packages().verdict is verdict


def test_a_machine_without_time_zones_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    assert machine.time_zones().verdict is Verdict.RIGHT
    monkeypatch.setattr(machine, "ZoneInfo", unknown)
    assert machine.time_zones().cure == "Install the package tzdata."


def test_a_full_disk_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path / "data")
    assert machine.data_folder(place).verdict is Verdict.NOTE
    place.open()
    assert machine.data_folder(place).verdict is Verdict.RIGHT
    monkeypatch.setattr(machine, "_LEAST_ROOM_MB", 10**12)
    assert "Make room" in machine.data_folder(place).cure


def test_a_data_folder_that_is_a_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert machine.data_folder(Place(tmp_path / "data")).verdict is Verdict.WRONG


def test_a_taken_port_is_wrong_when_it_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("LOCALITY_PORT", str(other.getsockname()[1]))
        assert machine.port().verdict is Verdict.WRONG


def test_a_missing_browser_is_only_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_BROWSERS", ("no-such-browser",))
    assert machine.browser().verdict is Verdict.NOTE


def test_an_old_postgresql_is_wrong() -> None:
    assert services.version(150_004).verdict is Verdict.WRONG
    assert services.version(180_006).verdict is Verdict.RIGHT


def test_a_broker_that_is_away_is_wrong(tmp_path: Path) -> None:
    findings = list(services.broker(f"redis+socket://{tmp_path}/none.sock"))
    assert [finding.verdict for finding in findings] == [Verdict.WRONG]


@pytest.mark.parametrize(
    ("findings", "status"), [([right("a", "b"), note("c", "d")], 0), ([wrong("a", "b", cure="c")], 1)]
)
def test_only_what_is_wrong_fails_the_examination(
    findings: list[Finding], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_findings", lambda _place: iter(findings))
    assert doctor.examine() == status
    assert ("Cure: c" in capsys.readouterr().out) is bool(status)
