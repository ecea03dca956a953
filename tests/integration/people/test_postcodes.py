"""The authority's list of postcodes: taken in whole, any file refused that is none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.actor import Role
from locality.kernel.db import bind_actor
from locality.kernel.errors import RuleBroken
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.support.database import OpenUnit

SOUTHEND = Path(people.__file__).parent / "data" / "southend-postcodes.csv"
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str) -> Path:
        path = tmp_path / "list.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return written


def quietly(_count: int) -> None:
    """Nobody watches."""


def test_southends_own_list_is_taken_in(session: Session, uow: OpenUnit) -> None:
    read = []
    with uow() as unit:
        imported = people.import_postcodes(unit, SOUTHEND, advance=read.append)
    assert (imported.taken, imported.refused) == (5895, ())
    assert len(read) == 5895
    place = people.find_postcode(session, "ss0 0aa")
    assert place is not None
    assert (place.postcode, place.easting, place.northing) == ("SS0 0AA", 585746, 187079)
    assert not people.postcode_known(session, "CR2 6XH")
    assert not people.postcode_known(session, "nonsense")


def test_another_list_takes_the_place_of_the_first(session: Session, uow: OpenUnit, write: Write) -> None:
    for content in ("postcode,easting,northing\nSS2 6ER,1,2\n", "northing,postcode,x,easting\n4,cr26xh,?,3\n"):
        with uow() as unit:
            people.import_postcodes(unit, write(content), advance=quietly)
    kept = session.execute(text("SELECT postcode, easting, northing FROM postcode")).all()
    assert [tuple(row) for row in kept] == [("CR2 6XH", 3, 4)]


def test_lines_that_cannot_be_used_are_named_and_left_out(session: Session, uow: OpenUnit, write: Write) -> None:
    path = write(
        "postcode,easting,northing\nSS2 6ER,1,2\nSS2,1,2\nSS2 6ES,x,2\nSS2 6ET,1,9999999\nSS2 6ER,5,6\nSS1 1AA\n"
    )
    with uow() as unit:
        imported = people.import_postcodes(unit, path, advance=quietly)
    assert imported.taken == 1
    assert [line.split(":")[0] for line in imported.refused] == ["Line 3", "Line 4", "Line 5", "Line 7"]


@pytest.mark.parametrize("content", ["", "place,x\nSS2 6ER,1\n", "postcode,easting,northing\n", "a,b\n\x00\n"])
def test_a_file_that_is_no_list_changes_nothing(session: Session, uow: OpenUnit, write: Write, content: str) -> None:
    with uow() as unit:
        people.import_postcodes(unit, write("postcode,easting,northing\nSS2 6ER,1,2\n"), advance=quietly)
    with pytest.raises(RuleBroken), uow() as unit:
        people.import_postcodes(unit, write(content), advance=quietly)
    assert people.postcode_known(session, "SS2 6ER")


def test_a_file_in_another_encoding_is_refused(session: Session, uow: OpenUnit, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"postcode,easting,northing\nSS2 6ER,1,2\n\xff\xfe\n")
    with pytest.raises(RuleBroken), uow() as unit:
        people.import_postcodes(unit, path, advance=quietly)


def test_any_worker_may_ask_whether_a_postcode_is_known(session: Session, uow: OpenUnit, write: Write) -> None:
    with uow() as unit:
        people.import_postcodes(unit, write("postcode,easting,northing\nSS2 6ER,1,2\n"), advance=quietly)
    bind_actor(session, an_actor(an_account(session, roles=[Role.SERVICE_WORKER]), Role.SERVICE_WORKER))
    assert people.postcode_known(session, "ss26er")
