"""The data folder, who may use it, and folders for sockets."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from locality.running import sockets
from locality.running.failure import CannotRun
from locality.running.place import ROOT, InUse, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    here = Place(tmp_path / "data")
    here.open()
    return here


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_its_secret_are_private(place: Place) -> None:
    assert mode(place.data) == 0o700
    assert mode(place.secret_key) == 0o600
    assert len(place.secret_key.read_text()) >= 32


def test_the_secret_survives_a_second_start(place: Place) -> None:
    before = place.secret_key.read_text()
    place.open()
    assert place.secret_key.read_text() == before


def test_a_folder_open_to_others_is_closed(place: Place) -> None:
    place.data.chmod(0o755)
    place.open()
    assert mode(place.data) == 0o700


def test_somebody_elses_folder_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: place.data.stat().st_uid + 1)
    with pytest.raises(CannotRun, match=r"belongs to \S+ and you are .* Run as"):
        place.open()


def test_a_place_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRun, match="cannot be written to: Not a directory"):
        Place(tmp_path / "file" / "data").open()


def test_only_one_process_holds_it(place: Place) -> None:
    with place.hold("locality up"):
        place.publish({}, address="http://127.0.0.1:8000")
        with (
            pytest.raises(InUse, match=rf"“locality up \(process {os.getpid()}\)” is using .* at http://127"),
            place.hold("locality up"),
        ):
            pass
        assert place.address_in_use() == "http://127.0.0.1:8000"
    with place.hold("locality demo"):
        pass
    assert place.address_in_use() == ""


def test_it_waits_for_the_children_of_a_killed_holder(place: Place) -> None:
    """A holder killed with -9 leaves a child that keeps the hold: the next one waits for it and then goes on."""
    holder = (
        "import os, subprocess, sys\n"
        "from pathlib import Path\n"
        "from locality.running.place import Place\n"
        "with Place(Path(sys.argv[1])).hold('locality up') as hold:\n"
        "    subprocess.Popen(['sh', '-c', f'sleep 0.4; touch {sys.argv[1]}/gone'], pass_fds=(hold,))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", holder, str(place.data)], cwd=ROOT, check=False)
    assert place.address_in_use() == "", "nothing was published, so nothing is offered"
    with place.hold("locality up"):
        assert (place.data / "gone").exists()


def test_settings_reach_other_commands(place: Place) -> None:
    with place.hold("locality up"):
        place.publish({"REDIS_URL": "redis://x"}, address="")
        assert place.published() == {"REDIS_URL": "redis://x"}
        assert mode(place.data / "environment.json") == 0o600


def test_sockets_stay_where_they_are_wanted_when_the_path_is_short(tmp_path: Path) -> None:
    short = Path("/tmp") / f"locality-test-{os.getpid()}"
    try:
        assert sockets.folder_for(short) == short
        assert mode(short) == 0o700
    finally:
        short.rmdir()


def test_sockets_move_when_the_path_is_too_long_for_the_kernel(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    folder = sockets.folder_for(long)
    try:
        assert folder == sockets.folder_for(long), "the same each time, so that nothing piles up"
        assert sockets.fits(folder)
        assert mode(folder) == 0o700
    finally:
        folder.rmdir()


def test_a_socket_folder_open_to_others_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_KERNEL_LIMIT", 300)
    (tmp_path / "run").mkdir(mode=0o755)
    with pytest.raises(CannotRun, match="not a private folder"):
        sockets.folder_for(tmp_path / "run")
