"""Finding people however they are spelt, within what the reader may see."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel.actor import SYSTEM, Actor, Role
from locality.kernel.db import bind_actor
from locality.search.find import Found, find_people
from locality.search.terms import read_terms
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import SAFE_NHS_NUMBERS, a_grant, a_person, a_telephone, an_address
from tests.support.layers import layer


@pytest.fixture
def officer(session: Session) -> Actor:
    return an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)


def names(found: Found) -> list[str]:
    return [f"{row.given_name} {row.family_name}".strip() for row in found.people.rows]


def search(session: Session, actor: Actor, typed: str) -> list[str]:
    bind_actor(session, actor)
    try:
        return names(find_people(session, read_terms(typed)))
    finally:
        bind_actor(session, SYSTEM)


@pytest.mark.parametrize(
    "typed",
    [
        "leah adeyemi", "ADEYEMI, Leah", "leah", "adey", "lea adeyemi", "leah adeyomi", "laeh adeyemi", "leah adeyeemi",
        "leahh adyemi", "adeyemi leah 14/5/2018", "14 May 2018", "mrs leah adeyemi", "lulu adeyemi", "okafor",
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_order_and_spelling(session: Session, officer: Actor, typed: str) -> None:
    a_person(session, known_as="Lulu", previous_names=["Okafor"])
    a_person(session, given_name="Zofia", family_name="Nowak", born_on=dt.date(2015, 1, 1))
    assert search(session, officer, typed) == ["Leah Adeyemi"]


@pytest.mark.parametrize(("typed", "name"), [("sian obrien", "Siân O’Brien"), ("o'brien", "Siân O’Brien")])
def test_accents_and_apostrophes_do_not_matter(session: Session, officer: Actor, typed: str, name: str) -> None:
    a_person(session, given_name="Siân", family_name="O’Brien")
    assert search(session, officer, typed) == [name]


def test_an_edited_name_is_found_at_once(session: Session, officer: Actor) -> None:
    leah = a_person(session)
    session.execute(text("UPDATE person SET family_name = 'Zabłocka' WHERE id = :id"), {"id": leah})
    assert search(session, officer, "zablocka") == ["Leah Zabłocka"]
    assert search(session, officer, "adeyemi") == []


def test_the_best_match_comes_first(session: Session, officer: Actor) -> None:
    a_person(session, given_name="Leah", family_name="Smyth")
    a_person(session, given_name="Leah", family_name="Smithson")
    a_person(session, given_name="Leah", family_name="Smith")
    assert search(session, officer, "leah smith") == ["Leah Smith", "Leah Smithson", "Leah Smyth"]
    assert search(session, officer, "leah smiht")[0] == "Leah Smith"


def test_numbers_references_and_postcodes(session: Session, officer: Actor) -> None:
    leah = a_person(session, nhs_number=SAFE_NHS_NUMBERS[0])
    an_address(session, leah, postcode="SS2 6ER")
    reference = session.execute(text("SELECT reference FROM person")).scalar_one()
    for typed in ("999 000 0018", reference, reference.lower().replace("-", " "), "SS2 6ER", "ss2", "SS2 6 leah"):
        assert search(session, officer, typed) == ["Leah Adeyemi"], typed
    for typed in ("999 000 0026", "SS20", "SS2 7", "SS2 6 tom"):
        assert search(session, officer, typed) == [], typed


def test_a_worker_finds_only_people_with_a_grant(session: Session) -> None:
    leah = a_person(session)
    a_person(session, given_name="Tom")
    worker = an_actor(an_account(session))
    assert search(session, worker, "adeyemi") == []
    a_grant(session, worker, leah)
    assert search(session, worker, "adeyemi") == ["Leah Adeyemi"]
    assert search(session, worker, "tom adeyemi") == []
    assert search(session, worker, "14/5/2018") == ["Leah Adeyemi"]


def test_an_ended_grant_ends_finding(session: Session) -> None:
    leah = a_person(session)
    worker = an_actor(an_account(session))
    a_grant(session, worker, leah)
    session.execute(text("UPDATE access_grant SET until_at = now() - interval '1 second'"))
    assert search(session, worker, "adeyemi") == []


def test_somebody_who_says_nothing_of_themselves_finds_nobody(session: Session) -> None:
    a_person(session)
    assert search(session, Actor(account_id=None, name=""), "adeyemi") == []


def test_an_unborn_baby_is_found_by_the_date_due(session: Session, officer: Actor) -> None:
    a_person(session, given_name="", family_name="Novák", due_on=dt.date(2026, 5, 2))
    assert search(session, officer, "2/5/2026") == ["Novák"]


@pytest.mark.parametrize(
    "typed",
    ["%", "_", "\\", "%%%%", "x' OR 1=1 --", "a" * 200, "æ" * 200, "{}", '"', "...", "🙂 leah", "a b c d e f g h"],
)
def test_whatever_is_typed_is_only_looked_for(session: Session, officer: Actor, typed: str) -> None:
    a_person(session, given_name="Zed", family_name="Quux")
    assert search(session, officer, typed) == []


def test_results_are_paged_and_end(session: Session, officer: Actor) -> None:
    for number in range(53):
        a_person(session, given_name="Leah", family_name=f"Adeyemi {number:02}")
    bind_actor(session, officer)
    first, second = (find_people(session, read_terms("leah"), number=number) for number in (1, 2))
    assert (len(first.people.rows), first.people.has_next, first.cut) == (50, True, False)
    assert (len(second.people.rows), second.people.has_next) == (3, False)
    assert not set(names(first)) & set(names(second))


def test_the_application_cannot_read_the_words_of_names(session: Session, officer: Actor) -> None:
    a_person(session)
    bind_actor(session, officer)
    assert session.execute(text("SELECT count(*) FROM search_word")).scalar_one() == 0


def test_a_name_longer_than_any_disturbs_nobody(session: Session, officer: Actor) -> None:
    a_person(session, given_name="æ" * 100, family_name="Adeyemi")
    a_person(session, given_name="Leah")
    assert search(session, officer, "aeaeaeae") == []
    assert search(session, officer, "leah") == ["Leah Adeyemi"]
    assert len(search(session, officer, "adeyemi")) == 2


@pytest.mark.parametrize("typed", ["01632 960 001", "01632960001", "+44 1632 960001", "(01632) 960-001"])
def test_a_telephone_number_finds_its_owner(session: Session, officer: Actor, typed: str) -> None:
    a_telephone(session, a_person(session))
    a_telephone(session, a_person(session, given_name="Tom"), value="01632 960 002")
    assert search(session, officer, typed) == ["Leah Adeyemi"]


def test_a_hidden_telephone_number_or_postcode_finds_nobody(session: Session, officer: Actor) -> None:
    leah = a_person(session)
    a_telephone(session, leah, hidden=True)
    an_address(session, leah, postcode="SS9 9AA", hidden=True)
    assert search(session, officer, "01632 960 001") == []
    assert search(session, officer, "SS9 9AA") == []
    assert search(session, officer, "SS9 9AA leah") == []


def test_marks_that_stand_alone_do_not_part_a_name(session: Session, officer: Actor) -> None:
    a_person(session, given_name="Morẹ́nikẹ́", family_name="Ọ̀ṣúndé")
    for typed in ("Morẹ́nikẹ́ Ọ̀ṣúndé", "morenike osunde", "Morẹnikẹ Osunde"):
        assert search(session, officer, typed) == ["Morẹ́nikẹ́ Ọ̀ṣúndé"], typed


def test_a_typing_error_is_found_though_somebody_is_called_so(session: Session, officer: Actor) -> None:
    a_person(session, given_name="Priya", family_name="Desai")
    a_person(session, given_name="Riya", family_name="Desai")
    assert search(session, officer, "riya desai") == ["Riya Desai", "Priya Desai"]


def closed(session: Session, actor: Actor, typed: str) -> int:
    bind_actor(session, actor)
    try:
        return len(find_people(session, read_terms(typed)).closed_to_reader)
    finally:
        bind_actor(session, SYSTEM)


def test_that_a_record_exists_is_said_for_an_exact_person_and_never_for_a_name(session: Session) -> None:
    leah = a_person(session, nhs_number=SAFE_NHS_NUMBERS[0], known_as="Lulu")
    worker = an_actor(an_account(session))
    for typed in ("leah adeyemi 14/5/2018", "Adeyemi, Lulu 14 May 2018", "999 000 0018"):
        assert closed(session, worker, typed) == 1, typed
    for typed in ("leah adeyemi", "adeyemi 14/5/2018", "leah 14/5/2018", "14/5/2018", "lea adeyemi 14/5/2018",
                  "leah adeyemi 15/5/2018", "999 000 0026", "leah leah 14/5/2018"):  # fmt: skip
        assert closed(session, worker, typed) == 0, typed
    a_grant(session, worker, leah)
    assert closed(session, worker, "leah adeyemi 14/5/2018") == 0


def test_who_sees_everybody_or_says_nothing_of_themselves_is_told_of_no_closed_record(
    session: Session, officer: Actor
) -> None:
    a_person(session)
    assert closed(session, officer, "leah adeyemi 14/5/2018") == 0
    assert closed(session, Actor(account_id=None, name=""), "leah adeyemi 14/5/2018") == 0


SCANS = text("SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_xact_user_tables WHERE relname = ANY(:tables)")
TABLES = {"tables": ["person", "address", "contact_point", "search_word"]}


@layer
def many(session: Session) -> None:
    """Sixty people at sixty addresses."""
    for number in range(60):
        an_address(session, a_person(session, family_name=f"Adeyemi{number}"))


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    "typed",
    ["leah", "zyx", "leah adeyemi", "qqqqq", "a b c", "ss2", "ss2 6er leah", "01632 960001", "14/5/2018", "9990000018"],
)
def test_no_table_is_walked_for_a_common_or_a_rare_term(session: Session, officer: Actor, typed: str) -> None:
    bind_actor(session, officer)
    before = session.execute(SCANS, TABLES).scalar_one()
    find_people(session, read_terms(typed))
    assert session.execute(SCANS, TABLES).scalar_one() == before
    # The measure itself: a question without an index is seen.
    session.execute(text("SELECT count(*) FROM person WHERE religion = 'x'"))
    assert session.execute(SCANS, TABLES).scalar_one() > before
