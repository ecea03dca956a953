"""Where people live: kept over time, and hidden from everybody who has no right to it, also from plain SQL."""

import datetime as dt
import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason
from locality.kernel.actor import SYSTEM, Actor, Reach, Role
from locality.kernel.db import bind_actor
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.people.operations.whereabouts import hide_address
from locality.people.queries.whereabouts import whereabouts
from locality.people.rules.codes import ContactKind
from locality.search.find import find_people
from locality.search.terms import read_terms
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_family, a_grant, a_person, a_telephone, a_unit, an_address, an_adult
from tests.support.database import OpenUnit

EVERY_WAY = [GrantReason.LEAD_PROFESSIONAL, GrantReason.FRONT_DOOR, GrantReason.MANAGEMENT, GrantReason.COVER]
CANARY = "99 Canary Row"


def somebody(session: Session, *roles: Role, name: str = "Sam Okoro") -> Actor:
    return an_actor(an_account(session, name=name, roles=roles), *roles)


def lines_seen(session: Session, actor: Actor) -> list[str]:
    """What plain SQL as the application's role shows this actor of all addresses."""
    bind_actor(session, actor)
    try:
        rows: Sequence[list[str]] = session.execute(text("SELECT lines FROM address")).scalars().all()
        return [line for lines in rows for line in lines]
    finally:
        bind_actor(session, SYSTEM)


def test_an_address_is_seen_with_the_right_to_whereabouts_and_only_then(session: Session) -> None:
    leah, tom = a_person(session), a_person(session, given_name="Tom")
    an_address(session, leah, line=CANARY)
    worker = somebody(session)
    assert lines_seen(session, worker) == []
    a_grant(session, worker, tom)
    a_grant(session, worker, leah, reason=GrantReason.TEAM_AROUND_CHILD)
    assert lines_seen(session, worker) == []
    a_grant(session, worker, leah)
    assert lines_seen(session, worker) == [CANARY]


def test_the_front_doors_index_holds_no_address(session: Session) -> None:
    an_address(session, a_person(session), line=CANARY)
    officer = somebody(session, Role.SPOC_OFFICER)
    assert officer.reach is Reach.PEOPLE_INDEX
    assert lines_seen(session, officer) == []


@pytest.mark.parametrize("reason", EVERY_WAY)
def test_do_not_disclose_beats_every_other_grant(session: Session, reason: GrantReason) -> None:
    leah = a_person(session)
    an_address(session, leah, line=CANARY, hidden=True)
    a_telephone(session, leah, hidden=True)
    worker = somebody(session)
    a_grant(session, worker, leah, reason=reason)
    assert lines_seen(session, worker) == []
    bind_actor(session, worker)
    assert session.execute(text("SELECT count(*) FROM contact_point")).scalar_one() == 0
    assert whereabouts(session, leah).addresses == ()
    assert people.home_postcode(session, leah) is None


def test_a_supervisor_sees_a_hidden_address(session: Session) -> None:
    leah = a_person(session)
    an_address(session, leah, line=CANARY, hidden=True)
    supervisor = somebody(session)
    a_grant(session, supervisor, leah, reason=GrantReason.SUPERVISOR)
    assert lines_seen(session, supervisor) == [CANARY]


def test_who_recorded_a_hidden_address_sees_that_one_and_no_other(session: Session) -> None:
    leah = a_person(session)
    recorder = somebody(session)
    a_grant(session, recorder, leah)
    bind_actor(session, recorder)
    people.record_address(
        a_unit(session, recorder),
        people.NewAddress(people=[leah], lines=["1 Refuge"], postcode="SS1 1AA", do_not_disclose=True),
    )
    assert lines_seen(session, recorder) == ["1 Refuge"]
    an_address(session, leah, line=CANARY, postcode="SS1 1AB", hidden=True)
    assert lines_seen(session, recorder) == ["1 Refuge"]


def test_changing_a_hidden_row_is_refused_like_a_row_that_is_not_there(session: Session) -> None:
    leah = a_person(session)
    an_address(session, leah, line=CANARY, hidden=True)
    worker = somebody(session)
    a_grant(session, worker, leah)
    bind_actor(session, worker)
    changed = session.execute(text("UPDATE address SET do_not_disclose = false RETURNING id")).all()
    assert changed == []
    address = session.execute(text("SELECT id FROM address")).first()
    assert address is None


def test_an_address_hidden_for_one_is_hidden_for_all_who_live_there(session: Session, uow: OpenUnit) -> None:
    mother, leah = an_adult(session), a_person(session)
    an_address(session, mother, line="7 Haven Lane", postcode="SS3 9AA")
    an_address(session, leah, line="7 haven ln.", postcode="SS3 9AA", hidden=True)
    hidden = session.execute(text("SELECT bool_and(do_not_disclose) FROM address")).scalar_one()
    assert hidden is True
    an_address(session, a_person(session, given_name="Tom"), line="7 HAVEN LANE", postcode="SS3 9AA")
    assert session.execute(text("SELECT bool_and(do_not_disclose) FROM address")).scalar_one() is True


def test_hiding_later_hides_everybody_there_and_leaves_the_worker_sight(session: Session) -> None:
    mother, leah = an_adult(session), a_person(session)
    an_address(session, mother, leah, line=CANARY)
    worker, other = somebody(session), somebody(session, name="Other Worker")
    for actor in (worker, other):
        a_grant(session, actor, mother, leah)
    bind_actor(session, worker)
    row = session.execute(text("SELECT id FROM address WHERE person_id = :p"), {"p": leah}).scalar_one()
    hide_address(a_unit(session, worker), row, person_id=leah)
    assert lines_seen(session, other) == []
    assert lines_seen(session, worker) == [CANARY]


def open_sights(session: Session) -> int:
    """How many open grants there are for having recorded something hidden."""
    held = text("SELECT count(*) FROM access_grant WHERE reason = 'recorded_it' AND until_at IS NULL")
    return session.execute(held).scalar_one()


def an_earlier_unit(session: Session, actor: Actor) -> UnitOfWork:
    """A unit of work before this test's transaction began, so that what it ends has ended for the database too."""
    unit = a_unit(session, actor)
    return UnitOfWork(session=session, actor=actor, now=unit.now - dt.timedelta(hours=1))


def hidden_home(session: Session, recorder: Actor, leah: PersonId, line: str = "1 Refuge") -> uuid.UUID:
    new = people.NewAddress(people=[leah], lines=[line], postcode="SS1 1AA", do_not_disclose=True)
    (made,) = people.record_address(an_earlier_unit(session, recorder), new)
    return made


def test_sight_of_a_hidden_address_ends_with_the_address(session: Session) -> None:
    leah, recorder = a_person(session), somebody(session)
    a_grant(session, recorder, leah)
    bind_actor(session, recorder)
    made = hidden_home(session, recorder, leah)
    assert (open_sights(session), lines_seen(session, recorder)) == (1, ["1 Refuge"])
    bind_actor(session, recorder)
    people.end_address(an_earlier_unit(session, recorder), made, person_id=leah)
    assert (open_sights(session), lines_seen(session, recorder)) == (0, [])


def test_sight_of_a_hidden_address_ends_with_the_next_home(session: Session) -> None:
    leah, recorder = a_person(session), somebody(session)
    a_grant(session, recorder, leah)
    bind_actor(session, recorder)
    hidden_home(session, recorder, leah)
    hidden_home(session, recorder, leah, line="2 Haven")
    assert lines_seen(session, recorder) == ["2 Haven"]
    assert open_sights(session) == 1


def test_sight_of_a_hidden_number_ends_with_the_number(session: Session) -> None:
    leah, recorder = a_person(session), somebody(session)
    a_grant(session, recorder, leah)
    bind_actor(session, recorder)
    new = people.NewContactPoint(person_id=leah, kind=ContactKind.MOBILE, value="01632 960 001", do_not_disclose=True)
    made = people.record_contact_point(a_unit(session, recorder), new)
    people.end_contact_point(a_unit(session, recorder), made, person_id=leah)
    bind_actor(session, SYSTEM)
    assert open_sights(session) == 0


def test_hiding_twice_gives_sight_once(session: Session) -> None:
    leah, recorder = a_person(session), somebody(session)
    a_grant(session, recorder, leah)
    bind_actor(session, recorder)
    made = hidden_home(session, recorder, leah)
    hide_address(a_unit(session, recorder), made, person_id=leah)
    bind_actor(session, SYSTEM)
    assert open_sights(session) == 1


def test_the_id_of_a_hidden_address_in_another_form_opens_nothing(session: Session) -> None:
    leah, recorder, worker = a_person(session), somebody(session), somebody(session, name="Other Worker")
    a_grant(session, recorder, leah)
    a_grant(session, worker, leah)
    bind_actor(session, recorder)
    made = hidden_home(session, recorder, leah)
    bind_actor(session, worker)
    new = people.NewContactPoint(
        person_id=leah, kind=ContactKind.MOBILE, value="01632 960 001", do_not_disclose=True, id=made
    )
    with pytest.raises(Conflict):
        people.record_contact_point(a_unit(session, worker), new)
    assert lines_seen(session, worker) == []


def test_an_address_hidden_in_one_spelling_is_hidden_in_the_other(session: Session) -> None:
    leah, mother = a_person(session), an_adult(session)
    an_address(session, mother, line="12 High Street, Flat 3", postcode="SS3 9AA")
    an_address(session, a_person(session, given_name="Tom"), line="14 High Street", postcode="SS3 9AA")
    an_address(session, leah, line="Flat 3, 12 High St", postcode="SS3 9AA", hidden=True)
    shown = session.execute(text("SELECT lines FROM address WHERE NOT do_not_disclose")).scalars().all()
    assert shown == [["14 High Street"]]


def test_a_new_home_ends_the_one_before_and_keeps_it(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    with uow() as unit:
        people.record_address(unit, people.NewAddress(people=[leah], lines=["1 Old Road"], from_on=dt.date(2020, 1, 1)))
    with uow() as unit:
        people.record_address(unit, people.NewAddress(people=[leah], lines=["2 New Road"], from_on=dt.date(2026, 2, 1)))
    first, second = whereabouts(session, leah).addresses
    assert (first.lines, first.until_on) == (("2 New Road",), None)
    assert (second.lines, second.until_on) == (("1 Old Road",), dt.date(2026, 2, 1))


def test_sending_an_address_twice_records_it_once(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    new = people.NewAddress(people=[leah], lines=["1 Road"], id=a_person(session))
    for _ in range(2):
        with uow() as unit:
            people.record_address(unit, new)
    assert len(whereabouts(session, leah).addresses) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lines": []}, "line_1"),
        ({"postcode": "ss2 6er"}, "postcode"),
        ({"uprn": "0012"}, "uprn"),
        ({"from_on": dt.date(2026, 2, 2), "until_on": dt.date(2026, 1, 1)}, "until_on"),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    session: Session, uow: OpenUnit, changed: dict[str, object], field: str
) -> None:
    leah = a_person(session)
    values: dict[str, object] = {"people": [leah], "lines": ["1 Road"]} | changed
    with pytest.raises(RuleBroken) as refused, uow() as unit:
        people.record_address(unit, people.NewAddress(**values))  # type: ignore[arg-type]
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_ending_what_is_not_there_says_so(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    with pytest.raises(NotFound), uow() as unit:
        people.end_address(unit, leah, person_id=leah)
    with pytest.raises(NotFound), uow() as unit:
        people.end_contact_point(unit, leah, person_id=leah)
    with pytest.raises(NotFound), uow() as unit:
        people.hide_address(unit, leah, person_id=leah)


def test_a_number_is_kept_and_ended(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    with uow() as unit:
        made = people.record_contact_point(
            unit, people.NewContactPoint(person_id=leah, kind=ContactKind.MOBILE, value="01632 960 001", note="Text")
        )
    with uow() as unit:
        people.end_contact_point(unit, made, person_id=leah)
    (kept,) = whereabouts(session, leah).contact_points
    assert (kept.value, kept.note, kept.until_on) == ("01632 960 001", "Text", dt.date(2026, 3, 3))


def test_a_child_may_live_in_two_households(session: Session, uow: OpenUnit) -> None:
    leah, mother = a_person(session), an_adult(session)
    a_family(session, leah, mother)
    with uow() as unit:
        people.create_household(unit, name="Mum’s home", members=[leah, mother])
        dads = people.create_household(unit, name="Dad’s home", members=[leah])
    assert [home.name for home in whereabouts(session, leah).households] == ["Dad’s home", "Mum’s home"]
    with uow() as unit:
        people.leave_household(unit, dads, leah)
    ended = whereabouts(session, leah).households[1]
    assert (ended.name, ended.until_on) == ("Dad’s home", dt.date(2026, 3, 3))
    with pytest.raises(NotFound), uow() as unit:
        people.leave_household(unit, dads, leah)


def test_searching_by_postcode_never_finds_a_hidden_home(session: Session) -> None:
    leah, tom = a_person(session), a_person(session, given_name="Tom")
    an_address(session, leah, line=CANARY, postcode="SS9 9AA", hidden=True)
    an_address(session, tom, line="2 Open Road", postcode="SS9 9AB")
    officer, worker = somebody(session, Role.SPOC_OFFICER), somebody(session)
    a_grant(session, worker, leah, tom)
    for actor in (officer, worker):
        bind_actor(session, actor)
        assert [row.given_name for row in find_people(session, read_terms("SS9 9")).people.rows] == ["Tom"]
        assert find_people(session, read_terms("leah SS9")).people.rows == []


def test_a_likely_match_never_tells_a_hidden_home(session: Session) -> None:
    leah = a_person(session)
    an_address(session, leah, line=CANARY, postcode="SS9 9AA", hidden=True)
    bind_actor(session, somebody(session, Role.SPOC_OFFICER))
    probe = people.Probe(given_name="Leah", family_name="Adeyemi", born_on=dt.date(2018, 5, 14), postcode="SS9 9AA")
    (matched,) = people.likely_matches(session, probe)
    assert "postcode" not in matched.why
