"""People, families and ties: entered, changed with nothing lost, and seen only through grants."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR, GrantReason, Part
from locality.audit.models import AuditEvent
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.db import bind_actor
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import FamilyId, PersonId, new_id
from locality.people import api as people
from locality.people.models import ParentalResponsibility, Person, PersonEarlier
from locality.people.operations.persons import enter_at_front_door
from locality.people.queries.families import around
from locality.people.queries.standing import age_words
from locality.people.room import AuditSubjects
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import SAFE_NHS_NUMBERS, a_family, a_grant, a_line, a_person, an_adult
from tests.support.database import OpenUnit

LEAH = people.NewPerson(kind=people.PersonKind.CHILD, given_name="Leah", family_name="Adeyemi")


def test_entering_somebody_gives_a_reference_and_an_audit_line(session: Session, uow: OpenUnit) -> None:
    with uow() as unit:
        made = people.create_person(unit, LEAH)
    record = people.get_person(session, made)
    assert record.reference.startswith("PE-")
    assert (record.name, record.version, record.ethnicity) == ("Leah Adeyemi", 1, people.Ethnicity.NOBT)
    event = session.execute(select(AuditEvent).where(AuditEvent.action == "person.entered")).scalar_one()
    assert (event.subjects, event.detail) == ([made], {"kind": "child"})


def test_entering_the_same_form_twice_enters_one_person(session: Session, uow: OpenUnit) -> None:
    new = people.NewPerson(id=PersonId(new_id()), kind=people.PersonKind.CHILD, given_name="Leah")
    officer = an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)
    made = []
    for _ in range(2):
        with uow(officer) as unit:
            made.append(enter_at_front_door(unit, new))
    assert made[0] == made[1]
    assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 1
    (grant,) = session.execute(select(AccessGrant)).scalars().all()
    assert (grant.principal_id, grant.reason) == (FRONT_DOOR, GrantReason.FRONT_DOOR)
    assert grant.until_at is not None


def test_a_strangers_id_in_the_form_opens_nobody_to_the_front_door(session: Session, uow: OpenUnit) -> None:
    stranger = a_person(session)
    officer = an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)
    new = people.NewPerson(id=stranger, kind=people.PersonKind.CHILD, given_name="Leah")
    with pytest.raises(Conflict, match="sent already"), uow(officer) as unit:
        enter_at_front_door(unit, new)
    assert session.execute(select(AccessGrant)).all() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"born_on": dt.date(2026, 3, 4)}, "born_on"),
        ({"born_on": dt.date(2020, 1, 1), "due_on": dt.date(2026, 4, 1)}, "due_on"),
        ({"disabilities": ("NONE", "AUT")}, "disabilities"),
        ({"nhs_number": "9876543211"}, "nhs_number"),
        ({"upn": "A801200005001"}, "upn"),
        ({"family_name": "x" * 101}, "family_name"),
        ({"previous_names": ("Okafor", "x" * 101)}, "previous_names"),
    ],
)
def test_a_person_who_cannot_be_is_refused(
    session: Session, uow: OpenUnit, changed: dict[str, object], field: str
) -> None:
    values: dict[str, object] = {"kind": people.PersonKind.CHILD, "given_name": "Leah"} | changed
    with pytest.raises(RuleBroken) as refused, uow() as unit:
        people.create_person(unit, people.NewPerson(**values))  # type: ignore[arg-type]
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_unborn_unknown_and_nameless_people_can_be_entered(session: Session, uow: OpenUnit) -> None:
    with uow() as unit:
        baby = people.create_person(
            unit, people.NewPerson(kind=people.PersonKind.CHILD, family_name="Novák", due_on=dt.date(2026, 5, 2))
        )
        nobody = people.create_person(unit, people.NewPerson(kind=people.PersonKind.CHILD, la_child_id="C1"))
    names = [summary.name for summary in people.summaries(session, [baby, nobody]).values()]
    assert names == ["Baby Novák", "Name not known"]
    assert people.find_by_la_child_id(session, "C1") == nobody


def test_two_people_may_carry_one_nhs_number_so_that_nobody_learns_of_the_other(session: Session) -> None:
    a_person(session, nhs_number=SAFE_NHS_NUMBERS[0])
    a_person(session, given_name="Other", nhs_number=SAFE_NHS_NUMBERS[0])
    assert session.execute(text("SELECT count(*) FROM person")).scalar_one() == 2


def test_an_edit_keeps_what_was_and_counts_the_version(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    facts = people.PersonFacts(
        kind=people.PersonKind.CHILD, given_name="Léa", family_name="Adeyemi", sex=people.Sex.FEMALE,
        born_on=dt.date(2018, 5, 15),
    )  # fmt: skip
    with uow() as unit:
        people.edit_person(unit, leah, seen_version=1, facts=facts)
    record = people.get_person(session, leah)
    assert (record.given_name, record.born_on, record.version) == ("Léa", dt.date(2018, 5, 15), 2)
    before = session.execute(select(PersonEarlier)).scalar_one()
    assert before.facts == {"given_name": "Leah", "born_on": "2018-05-14"}
    event = session.execute(select(AuditEvent).where(AuditEvent.action == "person.edited")).scalar_one()
    assert event.detail == {"fields": ["given_name", "born_on"]}


def test_an_edit_that_changes_nothing_leaves_no_trace(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    facts = people.PersonFacts(
        kind=people.PersonKind.CHILD, given_name="Leah", family_name="Adeyemi", sex=people.Sex.FEMALE,
        born_on=dt.date(2018, 5, 14),
    )  # fmt: skip
    with uow() as unit:
        people.edit_person(unit, leah, seen_version=1, facts=facts)
    assert people.get_person(session, leah).version == 1


def test_a_stale_edit_is_refused_and_changes_nothing(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    facts = people.PersonFacts(kind=people.PersonKind.CHILD, given_name="Other")
    session.commit()
    with pytest.raises(Conflict), uow() as unit:
        people.edit_person(unit, leah, seen_version=7, facts=facts)
    assert people.get_person(session, leah).given_name == "Leah"


def test_nobody_sees_a_person_without_a_grant_but_the_front_door(session: Session) -> None:
    leah = a_person(session)
    worker = an_actor(an_account(session))
    officer = an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)
    bind_actor(session, worker)
    assert people.summaries(session, [leah]) == {}
    with pytest.raises(NotFound):
        people.get_person(session, leah)
    bind_actor(session, officer)
    assert people.get_person(session, leah).name == "Leah Adeyemi"
    bind_actor(session, SYSTEM)
    a_grant(session, worker, leah)
    bind_actor(session, worker)
    assert people.get_person(session, leah).name == "Leah Adeyemi"


def test_a_story_needs_its_own_part(session: Session) -> None:
    leah = a_person(session)
    a_line(session, leah, line="Review held at school")
    worker = an_actor(an_account(session))
    a_grant(session, worker, leah, parts=frozenset({Part.IDENTITY}))
    bind_actor(session, worker)
    assert people.list_story(session, leah).rows == []
    bind_actor(session, SYSTEM)
    assert [row.line for row in people.list_story(session, leah).rows] == ["Review held at school"]


def test_a_story_is_read_by_kind_source_and_date(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    a_line(session, leah, on=dt.date(2025, 1, 1))
    with uow() as unit:
        people.note_story(
            unit, [leah], happened_on=dt.date(2026, 3, 1), kind=people.StoryKind.VOICE, line="I like my room"
        )
    wanted = people.StoryFilter
    assert [row.line for row in people.list_story(session, leah).rows] == ["I like my room", "Review held"]
    for chosen in (
        wanted(kind=people.StoryKind.VOICE), wanted(source="Locality"), wanted(from_on=dt.date(2026, 1, 1)),
    ):  # fmt: skip
        assert [row.line for row in people.list_story(session, leah, wanted=chosen).rows] == ["I like my room"]
    assert people.list_story(session, leah, wanted=wanted(until_on=dt.date(2024, 1, 1))).rows == []
    with pytest.raises(RuleBroken), uow() as unit:
        people.note_story(unit, [leah], happened_on=dt.date(2026, 3, 1), kind=people.StoryKind.NOTE, line="x" * 501)


def test_a_newcomer_is_seen_by_those_who_see_the_family(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    family = a_family(session, leah)
    lead = an_actor(an_account(session))
    a_grant(session, lead, leah)
    with uow(lead) as unit:
        tom = people.create_person(unit, people.NewPerson(kind=people.PersonKind.CHILD, given_name="Tom"))
        people.add_to_family(unit, family, tom, newly_entered=True)
    bind_actor(session, lead)
    assert [person.called for person in people.family_members(session, family)] == ["Leah", "Tom"]


def test_somebody_on_record_joins_with_their_name_only(session: Session, uow: OpenUnit) -> None:
    leah, father = a_person(session), an_adult(session, given_name="Dan")
    a_line(session, father, line="Another family’s matter")
    family = a_family(session, leah)
    lead = an_actor(an_account(session))
    a_grant(session, lead, leah)
    with uow() as unit:
        people.add_to_family(unit, family, father)
    bind_actor(session, lead)
    assert people.get_person(session, father).given_name == "Dan"
    assert people.list_story(session, father).rows == []


def test_joining_twice_is_a_conflict_and_leaving_is_dated(session: Session, uow: OpenUnit) -> None:
    leah, mother = a_person(session), an_adult(session)
    family = a_family(session, leah, mother)
    session.commit()
    with pytest.raises(Conflict), uow() as unit:
        people.add_to_family(unit, family, mother)
    with uow() as unit:
        people.leave_family(unit, family, mother)
    assert people.get_family(session, family).about == (leah,)
    former = people.family_rows(session, family)[1]
    assert former.person.id == mother
    assert former.until_on is not None
    with pytest.raises(Conflict), uow() as unit:
        people.leave_family(unit, family, leah)
    with pytest.raises(NotFound), uow() as unit:
        people.leave_family(unit, family, mother)


def test_families_are_found_from_their_people_and_renamed(session: Session, uow: OpenUnit) -> None:
    leah, mother = a_person(session), an_adult(session)
    family = a_family(session, leah, mother)
    with uow() as unit:
        people.rename_family(unit, family, name="Adeyemi-Jones")
    assert people.family_of(session, leah) == family
    (found,) = people.families_of(session, [leah, mother])
    assert found.name == "Adeyemi-Jones"
    assert people.get_person(session, leah).families[0].name == "Adeyemi-Jones"
    assert people.family_of(session, a_person(session, given_name="Alone")) is None
    assert people.families_of(session, []) == ()


def test_a_relation_is_read_from_both_ends_and_ended(session: Session, uow: OpenUnit) -> None:
    leah, mother = a_person(session), an_adult(session)
    new = people.NewRelationship(person_id=mother, other_id=leah, kind=people.RelationKind.MOTHER)
    with uow() as unit:
        tie = people.record_relationship(unit, new)
    assert [(tie.other.called, tie.words) for tie in around(session, leah).ties] == [("Ngozi", "Mother")]
    assert [(tie.other.called, tie.words) for tie in around(session, mother).ties] == [("Leah", "Child")]
    with pytest.raises(Conflict), uow() as unit:
        people.record_relationship(unit, new)
    with uow() as unit:
        people.end_relationship(unit, tie, of=leah)
    assert around(session, leah).ties[0].until_on == dt.date(2026, 3, 3)
    with pytest.raises(NotFound), uow() as unit:
        people.end_relationship(unit, tie, of=leah)


def test_parental_responsibility_has_a_basis_and_an_end(session: Session, uow: OpenUnit) -> None:
    leah, mother = a_person(session), an_adult(session)
    new = people.NewResponsibility(child_id=leah, adult_id=mother, basis=people.PrBasis.BIRTH_MOTHER)
    with uow() as unit:
        held = people.give_parental_responsibility(unit, new)
    assert people.holders_of_responsibility(session, [leah]) == {leah: (mother,)}
    assert around(session, mother).responsibility[0].other.id == leah
    with pytest.raises(Conflict) as refused, uow() as unit:
        people.give_parental_responsibility(unit, new)
    assert refused.value.reasons[0].field == "adult"
    with uow() as unit:
        people.end_parental_responsibility(unit, held, child_id=leah)
    assert people.holders_of_responsibility(session, [leah]) == {}
    row = session.execute(select(ParentalResponsibility)).scalar_one()
    assert row.until_on == dt.date(2026, 3, 3)


def test_nobody_is_related_to_themselves_and_no_adult_has_a_guardian(session: Session, uow: OpenUnit) -> None:
    mother, aunt = an_adult(session), an_adult(session, given_name="Ife")
    session.commit()
    with pytest.raises(RuleBroken), uow() as unit:
        people.record_relationship(
            unit, people.NewRelationship(person_id=mother, other_id=mother, kind=people.RelationKind.OTHER)
        )
    with pytest.raises(RuleBroken), uow() as unit:
        people.give_parental_responsibility(
            unit, people.NewResponsibility(child_id=mother, adult_id=aunt, basis=people.PrBasis.GUARDIAN)
        )


def test_a_tie_to_somebody_unseen_does_not_show(session: Session, uow: OpenUnit) -> None:
    leah, father = a_person(session), an_adult(session, given_name="Dan")
    with uow() as unit:
        people.record_relationship(
            unit, people.NewRelationship(person_id=father, other_id=leah, kind=people.RelationKind.FATHER)
        )
    worker = an_actor(an_account(session))
    a_grant(session, worker, leah)
    bind_actor(session, worker)
    assert session.execute(text("SELECT count(*) FROM relationship")).scalar_one() == 0
    with pytest.raises(NotFound), uow(worker) as unit:
        people.record_relationship(
            unit, people.NewRelationship(person_id=father, other_id=leah, kind=people.RelationKind.OTHER)
        )


def test_ids_of_the_application_never_fetch_after_insert(session: Session) -> None:
    assert Person.__mapper__.eager_defaults is False


def test_making_the_same_family_twice_makes_one(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    family = FamilyId(new_id())
    for _ in range(2):
        with uow() as unit:
            people.create_family(unit, name="Adeyemi", members=[leah], family_id=family)
    assert len(people.families_of(session, [leah])) == 1


def test_a_family_of_strangers_is_not_made_again_under_its_id(session: Session, uow: OpenUnit) -> None:
    leah, tom = a_person(session), a_person(session, given_name="Tom")
    family = a_family(session, leah)
    with pytest.raises(Conflict), uow() as unit:
        people.create_family(unit, name="Adeyemi", members=[tom], family_id=family)
    assert people.families_of(session, [tom]) == ()


def test_what_is_not_there_is_not_found(session: Session, uow: OpenUnit) -> None:
    leah, nobody = a_person(session), new_id()
    session.commit()
    with pytest.raises(NotFound), uow() as unit:
        people.add_to_family(unit, FamilyId(nobody), leah)
    with pytest.raises(NotFound), uow() as unit:
        people.end_parental_responsibility(unit, nobody, child_id=leah)
    with pytest.raises(NotFound):
        people.get_family(session, nobody)
    assert people.find_by_reference(session, "PE-2222-222") is None
    assert people.holders_of_responsibility(session, []) == {}


def test_a_tie_that_ends_before_it_begins_is_refused(session: Session, uow: OpenUnit) -> None:
    leah, mother = a_person(session), an_adult(session)
    session.commit()
    new = people.NewRelationship(
        person_id=mother, other_id=leah, kind=people.RelationKind.MOTHER, from_on=dt.date(2020, 1, 1),
        until_on=dt.date(2019, 1, 1),
    )  # fmt: skip
    with pytest.raises(RuleBroken), uow() as unit:
        people.record_relationship(unit, new)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "7 years"),
        ({"born_on_estimated": True}, "about 7 years"),
        ({"died_on": dt.date(2020, 5, 14)}, "died 14 May 2020 aged 2 years"),
        ({"born_on": None, "died_on": dt.date(2020, 5, 14)}, "died 14 May 2020"),
        ({"born_on": None}, "age not known"),
    ],
)
def test_an_age_in_words(session: Session, uow: OpenUnit, changed: dict[str, object], words: str) -> None:
    values: dict[str, object] = {"kind": people.PersonKind.CHILD, "born_on": dt.date(2018, 5, 14)} | changed
    with uow() as unit:
        made = people.create_person(unit, people.NewPerson(**values))  # type: ignore[arg-type]
    assert age_words(people.get_person(session, made), dt.date(2026, 3, 3)) == words


def test_the_audit_trail_names_people_by_reference_only(session: Session) -> None:
    leah = a_person(session)
    reference = people.get_person(session, leah).reference
    keeper = an_actor(an_account(session, roles=[Role.DATA_PROTECTION]), Role.DATA_PROTECTION)
    bind_actor(session, keeper)
    subjects = AuditSubjects()
    assert subjects.find(session, reference) == leah
    assert subjects.references(session, [leah]) == {leah: reference}
    assert subjects.find(session, "PE-2222-222") is None
    assert people.summaries(session, [leah]) == {}
