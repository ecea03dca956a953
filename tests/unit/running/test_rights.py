"""Whose rights PostgreSQL gets when root starts it."""

import os
import pwd
from pathlib import Path

import pytest

from locality.running import rights
from locality.running.failure import CannotRun
from locality.running.rights import SELF, Kind, Rights, for_server, reachable_by_others

NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def open_place(tmp_path: Path) -> Path:
    """A folder that everybody may enter, whatever pytest's own folders are like."""
    return Path("/usr")


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture
def closed_place(tmp_path: Path) -> Path:
    (tmp_path / "closed" / "inner").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    return tmp_path / "closed" / "inner"


def test_an_ordinary_user_keeps_their_own(monkeypatch: pytest.MonkeyPatch, closed_place: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert for_server(binaries=closed_place, place=closed_place, data=closed_place / "data") == SELF


@pytest.mark.usefixtures("as_root")
def test_root_lends_nobody_where_nobody_can_go(open_place: Path) -> None:
    lent = for_server(binaries=open_place, place=open_place, data=open_place / "no-such-data")
    assert lent == Rights(Kind.USER, NOBODY.pw_uid, NOBODY.pw_gid)
    assert str(lent) == f"user:{NOBODY.pw_uid}:{NOBODY.pw_gid}"


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("closed", ["binaries", "place"])
def test_root_uses_a_namespace_where_only_root_can_go(
    closed: str, open_place: Path, closed_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rights, "namespaces_work", lambda: True)
    places = {"binaries": open_place, "place": open_place} | {closed: closed_place}
    assert for_server(**places, data=open_place / "no-such-data").kind is Kind.NAMESPACE


@pytest.mark.usefixtures("as_root")
def test_where_neither_is_possible_it_says_so(closed_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "namespaces_work", lambda: False)
    with pytest.raises(CannotRun, match=r"will not run as root, and .* “nobody” cannot reach .* Move the project"):
        for_server(binaries=closed_place, place=closed_place, data=closed_place / "data")


@pytest.mark.usefixtures("as_root")
def test_data_stays_with_the_user_who_made_it(open_place: Path, tmp_path: Path) -> None:
    made_in_a_namespace = tmp_path / "data"
    made_in_a_namespace.mkdir()
    assert for_server(binaries=open_place, place=open_place, data=made_in_a_namespace).kind is Kind.NAMESPACE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_data_of_nobody_that_nobody_can_reach_names_the_cure(closed_place: Path, open_place: Path) -> None:
    data = closed_place / "data"
    data.mkdir()
    os.chown(data, NOBODY.pw_uid, -1)
    with pytest.raises(CannotRun, match="chown -R root"):
        for_server(binaries=open_place, place=closed_place, data=data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_private_folder_is_passed_through_and_not_opened(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    Rights(Kind.USER, NOBODY.pw_uid, NOBODY.pw_gid).pass_through(tmp_path)
    found = tmp_path.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (0, NOBODY.pw_gid, 0o710)


def test_one_closed_folder_above_is_enough_to_be_unreachable(closed_place: Path, open_place: Path) -> None:
    assert reachable_by_others([open_place])
    assert not reachable_by_others([open_place, closed_place])
