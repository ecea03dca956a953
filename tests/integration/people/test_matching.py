"""Whether somebody being entered is on record, found among everybody and explained."""

import datetime as dt
import random

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.actor import SYSTEM, Actor, Role
from locality.kernel.db import bind_actor
from locality.kernel.guard import plain_url
from locality.people import api as people
from locality.people.queries.matching import candidates
from locality.running import postgres
from locality.search.terms import phone_figures
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import (
    SAFE_NHS_NUMBERS,
    a_family,
    a_grant,
    a_person,
    a_telephone,
    an_address,
    an_adult,
)
from tests.support.layers import layer

BORN = dt.date(2018, 5, 14)


@pytest.fixture
def officer(session: Session) -> Actor:
    return an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)


def matches(session: Session, actor: Actor, **known: object) -> list[tuple[str, str]]:
    bind_actor(session, actor)
    try:
        found = people.likely_matches(session, people.Probe(**known))  # type: ignore[arg-type]
        return [(one.name, one.strength.value) for one in found]
    finally:
        bind_actor(session, SYSTEM)


@pytest.mark.parametrize(
    "known",
    [
        {"given_name": "Leah", "family_name": "Adeyemi", "born_on": BORN},
        {"given_name": "Laeh", "family_name": "Adeyemi", "born_on": BORN},
        {"given_name": "Leah", "family_name": "Adyemi", "born_on": BORN},
        {"given_name": "Adeyemi", "family_name": "Leah", "born_on": BORN},
        {"given_name": "Leah", "family_name": "Adeyemi", "born_on": dt.date(2018, 5, 4)},
        {"given_name": "Leah", "family_name": "Adeyemi", "born_on": dt.date(2019, 5, 14)},
        {"given_name": "Leah", "family_name": "Adeyemi"},
        {"given_name": "Lulu", "family_name": "Adeyemi", "born_on": BORN},
        {"family_name": "Okafor", "given_name": "Leah", "born_on": BORN},
        {"given_name": "Someone", "family_name": "Else", "nhs_number": SAFE_NHS_NUMBERS[0]},
    ],
    ids=["the same", "letters swapped", "letter missing", "names swapped", "figure missing in the date",
         "another year", "no date", "the name they go by", "the name before", "the number"],
)  # fmt: skip
def test_somebody_on_record_is_found(session: Session, officer: Actor, known: dict[str, object]) -> None:
    a_person(session, known_as="Lulu", previous_names=["Okafor"], nhs_number=SAFE_NHS_NUMBERS[0])
    a_person(session, given_name="Zofia", family_name="Nowak", born_on=BORN)
    assert [name for name, _ in matches(session, officer, **known)] == ["Leah Adeyemi"]


def test_the_likeliest_comes_first(session: Session, officer: Actor) -> None:
    a_person(session, given_name="Tom", sex=people.Sex.MALE)
    a_person(session)
    found = matches(session, officer, given_name="Leah", family_name="Adeyemi", born_on=BORN, sex=people.Sex.FEMALE)
    assert found == [("Leah Adeyemi", "very_likely"), ("Tom Adeyemi", "possible")]


def test_a_worker_learns_only_of_people_with_a_grant(session: Session) -> None:
    leah = a_person(session)
    worker = an_actor(an_account(session))
    known = {"given_name": "Leah", "family_name": "Adeyemi", "born_on": BORN}
    assert matches(session, worker, **known) == []
    a_grant(session, worker, leah)
    assert matches(session, worker, **known) == [("Leah Adeyemi", "very_likely")]


def test_a_baby_expected_is_found_when_born(session: Session, officer: Actor) -> None:
    a_person(session, given_name="", family_name="Novák", due_on=dt.date(2026, 5, 2))
    found = matches(session, officer, given_name="Ada", family_name="Novak", born_on=dt.date(2026, 4, 28))
    assert found == [("Baby Novák", "likely")]


def test_a_renamed_child_is_found_by_birth_date_and_home(session: Session, officer: Actor) -> None:
    leah = a_person(session)
    an_address(session, leah, postcode="SS2 6ER")
    found = matches(session, officer, given_name="Lea", family_name="Jones", born_on=BORN, postcode="SS2 6ER")
    assert [name for name, _ in found] == ["Leah Adeyemi"]


def test_nothing_known_matches_nobody(session: Session, officer: Actor) -> None:
    a_person(session)
    assert matches(session, officer, born_on=BORN) == []


def test_twins_are_both_offered_and_told_apart(session: Session, officer: Actor) -> None:
    a_person(session)
    a_person(session, given_name="Tom", sex=people.Sex.MALE)
    found = matches(session, officer, given_name="Leah", family_name="Adeyemi", born_on=BORN, sex=people.Sex.FEMALE)
    assert found == [("Leah Adeyemi", "very_likely"), ("Tom Adeyemi", "possible")]


def test_a_short_form_finds_the_whole_name_and_the_other_way_round(session: Session, officer: Actor) -> None:
    a_person(session, given_name="Catherine")
    assert matches(session, officer, given_name="Katie", family_name="Adeyemi", born_on=BORN) == [
        ("Catherine Adeyemi", "very_likely")
    ]
    a_person(session, given_name="Billy", family_name="Nowak", sex=people.Sex.MALE)
    found = matches(session, officer, given_name="William", family_name="Nowak", born_on=dt.date(2018, 5, 4))
    assert [name for name, _ in found] == ["Billy Nowak"]


@pytest.mark.parametrize(
    ("given", "family", "born"),
    [
        ("Leah", "Adeyemi", dt.date(2018, 12, 5)),
        ("Adeyemi", "Leah", dt.date(2018, 12, 5)),
        ("Lea", "Adeyemy", dt.date(2018, 5, 12)),
        ("Leah", "Unrelated", dt.date(2018, 5, 12)),
        ("Leah", "", dt.date(2018, 5, 12)),
    ],
    ids=["day and month swapped", "both swapped", "slips in both names", "another surname", "no surname"],
)
def test_slips_do_not_hide_anybody(session: Session, officer: Actor, given: str, family: str, born: dt.date) -> None:
    a_person(session, born_on=dt.date(2018, 5, 12))
    found = matches(session, officer, given_name=given, family_name=family, born_on=born)
    assert [name for name, _ in found] == ["Leah Adeyemi"]


@pytest.mark.parametrize(
    ("given", "family", "born"),
    [
        ("Leah", "Bdeyemi", dt.date(2018, 5, 24)),
        ("Beah", "Adeyemi", dt.date(2018, 5, 24)),
        ("Leah", "Bdeyemi", dt.date(2017, 5, 14)),
        ("Beah", "Adeyemi", dt.date(2008, 5, 14)),
        ("Leha", "Bdeyemi", BORN),
        ("Adeyemi", "Leah", dt.date(2018, 5, 24)),
        ("", "Adeyemi", dt.date(2018, 6, 14)),
        ("Lulu", "Okafor", dt.date(2018, 12, 14)),
        ("Adeyemi", "Leah", dt.date(2017, 5, 14)),
        ("Lulu", "Okafor", dt.date(2008, 5, 14)),
    ],
    ids=["day and surname", "day and first name", "year and surname", "ten years and first name", "both names",
         "day and names swapped", "month and no first name", "month, known as, surname before",
         "year and names swapped", "ten years, known as, surname before"],
)  # fmt: skip
def test_two_slips_at_once_do_not_hide_anybody_from_who_looks(
    session: Session, officer: Actor, given: str, family: str, born: dt.date
) -> None:
    leah = a_person(session, known_as="Lulu", previous_names=["Okafor"])
    bind_actor(session, officer)
    looked_up = candidates(session, people.Probe(given_name=given, family_name=family, born_on=born))
    assert [one.person_id for one in looked_up] == [leah]


def test_somebody_with_the_longest_of_names_is_entered_and_found(session: Session, officer: Actor) -> None:
    given, family, rng = " ".join(["Ọlá"] * 25), "Ω" * 100, random.Random(7)
    before = ["".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(100)) for _ in range(12)]  # nothing to compress
    a_person(session, given_name=given, family_name=family, previous_names=before)
    assert len(matches(session, officer, given_name=given, family_name=family, born_on=BORN)) == 1


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("born_on = '2018-05-14'", "person_"),
        ("first_sound(given_name) = 'L' AND born_on = ANY('{2018-05-14}')", "person_given_sound_idx"),
        ("first_sound(family_name) = 'ATM' AND born_on = ANY('{2018-05-14}')", "person_family_sound_idx"),
    ],
)
def test_slips_can_be_looked_for_without_the_rows_of_people(
    server: postgres.Address, worker_database: str, condition: str, index: str
) -> None:
    asked = f"EXPLAIN SELECT id, name_words FROM person WHERE {condition} AND name_words_fit(name_words)"
    with psycopg.connect(plain_url(server.url(postgres.OWNER, worker_database))) as connection:
        for other in ("enable_seqscan", "enable_bitmapscan", "enable_indexscan"):
            connection.execute(f"SET {other} = off")
        plan = [line for (line,) in connection.execute(asked)]
    assert f"Index Only Scan using {index}" in "".join(plan), plan


def test_an_expected_baby_is_found_by_its_mother(session: Session, officer: Actor) -> None:
    mother = an_adult(session)
    baby = a_person(session, given_name="", family_name="Adeyemi", due_on=dt.date(2026, 5, 2))
    a_family(session, mother, baby)
    known = {"due_on": dt.date(2026, 5, 10), "adults": ("Ngosi Adeyemi",)}
    assert ("Baby Adeyemi", "possible") in matches(session, officer, **known)
    named = matches(session, officer, family_name="Adeyemi", **known)
    assert ("Baby Adeyemi", "likely") in named


def test_a_child_is_found_by_any_adult_of_the_family(session: Session, officer: Actor) -> None:
    father = an_adult(session, given_name="Tunde", family_name="Bello")
    leah = a_person(session)
    a_family(session, an_adult(session), father, leah)
    found = matches(session, officer, given_name="Leah", born_on=BORN, adults=("Tunde Bello",))
    assert ("Leah Adeyemi", "very_likely") in found


def test_a_child_is_found_by_the_familys_telephone_however_written(session: Session, officer: Actor) -> None:
    mother, leah = an_adult(session), a_person(session)
    a_family(session, mother, leah)
    a_telephone(session, mother, value="01632 960 001")
    for phone in ("01632960001", "+44 (0)1632 960001", "0044 1632 960 001"):
        found = matches(session, officer, given_name="Leah", family_name="Adeyemi", phones=(phone,))
        assert ("Leah Adeyemi", "likely") in found, phone


def test_a_hidden_telephone_or_address_gives_nobody_away(session: Session, officer: Actor) -> None:
    leah = a_person(session)
    a_telephone(session, leah, hidden=True)
    an_address(session, leah, line="7 Safe Street", postcode="SS9 9AA", hidden=True)
    hidden = {"phones": ("01632 960 001",), "postcode": "SS9 9AA", "lines": ("7 Safe Street",)}
    assert matches(session, officer, **hidden) == []
    bind_actor(session, officer)
    probe = people.Probe(given_name="Leah", family_name="Adeyemi", born_on=BORN, **hidden)  # type: ignore[arg-type]
    (found,) = people.likely_matches(session, probe)
    assert not any(word in found.why for word in ("telephone", "postcode", "address"))


def test_an_earlier_address_still_speaks_for_somebody(session: Session, officer: Actor) -> None:
    leah = a_person(session)
    an_address(session, leah)
    session.execute(text("UPDATE address SET until_on = '2025-01-01'"))
    bind_actor(session, officer)
    probe = people.Probe(
        given_name="Leah", family_name="Other", born_on=BORN, postcode="SS2 6ER", lines=("12 Sample St",)
    )
    (found,) = people.likely_matches(session, probe)
    assert "same address as before" in found.why


def test_people_with_no_open_case_and_people_who_died_are_offered_too(session: Session, officer: Actor) -> None:
    a_person(session)
    session.execute(text("UPDATE person SET died_on = '2024-01-01'"))
    assert matches(session, officer, given_name="Leah", family_name="Adeyemi", born_on=BORN)


def test_somebody_of_the_household_is_offered_only_when_asked_for(session: Session, officer: Actor) -> None:
    leah = a_person(session)
    an_address(session, leah)
    bind_actor(session, officer)
    probe = people.Probe(
        given_name="Zara", family_name="Adeyemi", born_on=dt.date(2022, 11, 9), postcode="SS2 6ER",
        lines=("12 Sample Street",),
    )  # fmt: skip
    assert people.likely_matches(session, probe) == ()
    (found,) = people.likely_matches(session, probe, household=True)
    assert found.strength is people.Strength.HOUSEHOLD


@pytest.mark.parametrize(
    "value", ["01702 960001", "+44 (0)1702 960-001", "0044 1702 960001", "+353 1 496 0123", "", "x"]
)
def test_the_database_and_the_application_read_telephone_numbers_alike(session: Session, value: str) -> None:
    in_database = session.execute(text("SELECT phone_figures(:value)"), {"value": value}).scalar_one()
    assert in_database == phone_figures(value)


PROBES = [
    people.Probe(given_name="Leah", family_name="Adeyemi", born_on=BORN, postcode="SS2 6ER", lines=("12 Sample St",)),
    people.Probe(given_name="Leah", family_name="Adeyemi"),
    people.Probe(
        given_name="Zyx", family_name="Qwv", born_on=BORN, phones=("01632 960001",), adults=("Ngozi Adeyemi",)
    ),
    people.Probe(family_name="Adeyemi", due_on=dt.date(2026, 5, 2)),
    people.Probe(nhs_number=SAFE_NHS_NUMBERS[0], upn="M999200025001"),
]
SCANS = text("SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_xact_user_tables WHERE relname = ANY(:tables)")
TABLES = {"tables": ["person", "address", "contact_point", "family_member", "search_word"]}


@layer
def many(session: Session) -> None:
    """Forty people at forty addresses."""
    for number in range(40):
        one = a_person(session, given_name="Leah" if number % 2 else "Zyx", family_name=f"Adeyemi{number % 7}")
        an_address(session, one)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("probe", PROBES, ids=["everything", "names", "household", "unborn", "numbers"])
def test_no_table_is_walked_for_a_match(session: Session, officer: Actor, probe: people.Probe) -> None:
    bind_actor(session, officer)
    before = session.execute(SCANS, TABLES).scalar_one()
    people.likely_matches(session, probe)
    assert session.execute(SCANS, TABLES).scalar_one() == before
    # The measure itself: a question without an index is seen.
    session.execute(text("SELECT count(*) FROM person WHERE religion = 'x'"))
    assert session.execute(SCANS, TABLES).scalar_one() > before


def test_what_is_on_record_of_a_child_finds_the_same_child_entered_again_at_the_same_home(
    session: Session, officer: Actor
) -> None:
    known = a_person(session, given_name="Leah", family_name="Adeyemi", born_on=None)
    again = a_person(session, given_name="Leah", family_name="Okafor", born_on=None)
    for child in (known, again):
        mother = an_adult(session, given_name="Maria", family_name="Adeyemi")
        a_family(session, child, mother)
        an_address(session, child)
        a_telephone(session, child)
        a_grant(session, officer, child, mother)
    bind_actor(session, officer)
    probe = people.Probe(given_name="Leah", family_name="Okafor")
    (found,) = (one for one in people.records_like(session, again, probe) if one.person_id == known)
    assert {fact.fact for fact in found.findings if fact.verdict is people.Verdict.AGREES} >= {
        "first name", "address", "telephone", "adults",
    }  # fmt: skip


def test_a_hidden_home_is_not_compared_with_anything(session: Session) -> None:
    child, other = (
        a_person(session, given_name="Leah", family_name=name, born_on=None) for name in ("Adeyemi", "Okafor")
    )
    for one in (child, other):
        an_address(session, one, hidden=True)
        a_telephone(session, one, hidden=True)
    assert people.records_like(session, child, people.Probe(given_name="Leah", family_name="Adeyemi")) == ()
