"""Links between records: what joins, what stays, who sees more and who does not, and that undoing leaves no trace."""

import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR, GrantReason, Part
from locality.kernel.actor import SYSTEM, Actor, Reach, Role
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.db import bind_actor
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.models import LinkReturn
from locality.people.operations.linking import NewDecision, Returned, decide_link, undo_link
from locality.people.queries.linking import (
    decisions_about,
    lead_of,
    list_decisions,
    recorded_since,
    same_person_ids,
    told_apart,
)
from locality.people.rules.linking import LinkKind
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_family, a_grant, a_line, a_person, a_telephone, a_unit, an_address, an_adult

SAME, HOME, APART = LinkKind.SAME_PERSON, LinkKind.SAME_HOUSEHOLD, LinkKind.NOT_SAME


def decide(
    session: Session, one: PersonId, other: PersonId, kind: LinkKind = SAME, *, despite_numbers: bool = False
) -> uuid.UUID:
    """A decision of the system's, with a reason."""
    new = NewDecision(
        id=new_id(), one_id=one, other_id=other, kind=kind, reason="Same mother", despite_numbers=despite_numbers
    )
    return decide_link(a_unit(session), new)


def undo(session: Session, decision: uuid.UUID, returned: Sequence[Returned] = ()) -> None:
    """Take it back."""
    undo_link(a_unit(session), decision, reason="Two girls of one name", returned=returned)


@pytest.fixture
def officer(session: Session) -> Actor:
    """A front-door officer."""
    return an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)


@pytest.fixture
def worker(session: Session) -> Actor:
    """A lead professional."""
    return an_actor(an_account(session, roles=[Role.LEAD_PROFESSIONAL]), Role.LEAD_PROFESSIONAL)


def parts_of(session: Session, actor: Actor, person: PersonId) -> set[str]:
    """What an actor's open grants open of somebody."""
    rows = session.execute(
        select(AccessGrant.parts).where(
            AccessGrant.person_id == person,
            AccessGrant.principal_id.in_(actor.principals),
            AccessGrant.until_at.is_(None),
        )
    )
    return {part for parts in rows.scalars() for part in parts}


def test_linked_records_are_read_as_one_and_the_first_entered_leads(session: Session) -> None:
    one, two, three, alone = (a_person(session) for _ in range(4))
    decide(session, two, one)
    decide(session, three, two)
    same = same_person_ids(session, [one, three, alone])
    assert same[one][0] == one
    assert set(same[one]) == {one, two, three}
    assert same[three][0] == three
    assert same[alone] == (alone,)
    assert lead_of(session, three) == one
    assert lead_of(session, alone) == alone
    assert {record.id for record in people.get_person(session, one).linked} == {two, three}


def test_undoing_a_link_in_the_middle_splits_the_set_where_it_was_held(session: Session) -> None:
    one, two, three, four = (a_person(session) for _ in range(4))
    decide(session, one, two)
    middle = decide(session, two, three)
    decide(session, three, four)
    undo(session, middle)
    same = same_person_ids(session, [one, four])
    assert set(same[one]) == {one, two}
    assert set(same[four]) == {three, four}


def test_two_records_that_are_linked_through_a_third_are_not_linked_again(session: Session) -> None:
    one, two, three = (a_person(session) for _ in range(3))
    decide(session, one, two)
    decide(session, two, three)
    with pytest.raises(RuleBroken, match="linked already"):
        decide(session, three, one)
    with pytest.raises(RuleBroken, match="Undo that link first"):
        decide(session, three, one, APART)
    with pytest.raises(RuleBroken, match="Undo that link first"):
        decide(session, three, one, HOME)


def test_a_chain_does_not_go_round_a_decision_that_two_are_not_the_same(session: Session) -> None:
    one, two, three = (a_person(session) for _ in range(3))
    apart = decide(session, one, three, APART)
    decide(session, one, two)
    with pytest.raises(RuleBroken, match="not to be the same person"):
        decide(session, two, three)
    undo(session, apart)
    decide(session, two, three)


def test_different_traced_nhs_numbers_need_a_tick(session: Session) -> None:
    one, two, three = a_person(session), a_person(session), a_person(session)
    for person, number in ((one, "9990000018"), (two, "9990000026")):
        session.execute(
            text("UPDATE person SET nhs_number = :n, nhs_status = 'PRESENT_TRACED' WHERE id = :p"),
            {"n": number, "p": person},
        )
    with pytest.raises(RuleBroken, match="NHS numbers"):
        decide(session, one, two)
    decide(session, two, three)
    with pytest.raises(RuleBroken, match="NHS numbers"):
        decide(session, three, one)
    decide(session, three, one, despite_numbers=True)


def test_a_reason_is_needed_both_ways(session: Session) -> None:
    one, two = a_person(session), a_person(session)
    with pytest.raises(RuleBroken, match="Say why"):
        decide_link(a_unit(session), NewDecision(id=new_id(), one_id=one, other_id=two, kind=SAME, reason=" \n"))
    made = decide(session, one, two)
    with pytest.raises(RuleBroken, match="Say why"):
        undo_link(a_unit(session), made, reason="  ")


def test_a_form_sent_twice_decides_once_and_anothers_id_is_refused(session: Session) -> None:
    one, two, three = (a_person(session) for _ in range(3))
    made = decide(session, one, two)
    again = NewDecision(id=made, one_id=two, other_id=one, kind=SAME, reason="Same")
    assert decide_link(a_unit(session), again) == made
    assert len(decisions_about(session, [one])) == 1
    with pytest.raises(Conflict):
        decide_link(a_unit(session), NewDecision(id=made, one_id=one, other_id=three, kind=SAME, reason="Same"))


def test_a_decision_is_undone_once_and_its_history_is_kept(session: Session) -> None:
    one, two = a_person(session), a_person(session, given_name="Lea")
    first = decide(session, one, two)
    undo(session, first)
    with pytest.raises(Conflict, match="undone this decision already"):
        undo(session, first)
    second = decide(session, one, two, APART)
    newest, oldest = sorted(decisions_about(session, [two]), key=lambda row: row.stands, reverse=True)
    assert (newest.id, oldest.id) == (second, first)
    assert oldest.undone_reason == "Two girls of one name"
    assert "first name" in oldest.found
    assert "nearly agreed: first name" in oldest.found


def test_nobody_who_was_told_apart_is_offered_again_until_that_is_undone(session: Session) -> None:
    one, two, three, four = (a_person(session) for _ in range(4))
    apart = decide(session, one, two, APART)
    decide(session, one, three)
    assert told_apart(session, one) == {one, two, three}
    assert told_apart(session, three) >= {one, two}
    assert told_apart(session, four) == {four}
    undo(session, apart)
    assert two not in told_apart(session, one)


def test_whoever_holds_one_record_sees_the_other_while_the_link_stands(session: Session, worker: Actor) -> None:
    one, two = a_person(session), a_person(session)
    a_grant(session, worker, one, parts=frozenset({Part.IDENTITY, Part.STORY}))
    made = decide(session, one, two)
    assert parts_of(session, worker, two) == {"identity", "story"}
    undo(session, made)
    assert parts_of(session, worker, two) == set()
    assert parts_of(session, worker, one) == {"identity", "story"}


def test_a_grant_given_while_linked_reaches_the_set_and_ends_with_what_gave_it(session: Session, worker: Actor) -> None:
    one, two, three = (a_person(session) for _ in range(3))
    decide(session, one, two)
    decide(session, two, three)
    record = new_id()
    assert worker.account_id is not None
    unit = a_unit(session)
    grants.give(unit, [one], principal=worker.account_id, reason=GrantReason.LEAD_PROFESSIONAL, record=record)
    assert "plan" in parts_of(session, worker, three)
    grants.end(unit, record=record, people=[one])
    assert parts_of(session, worker, two) == parts_of(session, worker, three) == set()


def test_splitting_a_set_ends_only_what_went_across(session: Session, worker: Actor) -> None:
    one, two, three = (a_person(session) for _ in range(3))
    decide(session, one, two)
    across = decide(session, two, three)
    a_grant(session, worker, one)
    undo(session, across)
    assert parts_of(session, worker, two)
    assert not parts_of(session, worker, three)


@pytest.mark.parametrize("reason", [GrantReason.BREAK_GLASS, GrantReason.RECORDED_IT])
def test_an_emergency_and_ones_own_note_stay_with_the_record_that_they_opened(
    session: Session, worker: Actor, reason: GrantReason
) -> None:
    one, two = a_person(session), a_person(session)
    a_grant(session, worker, one, reason=reason)
    decide(session, one, two)
    a_grant(session, worker, one, reason=reason)
    assert parts_of(session, worker, two) == set()


def test_hidden_whereabouts_never_pass_by_a_link(session: Session) -> None:
    supervisor = an_actor(an_account(session, roles=[Role.SUPERVISOR]))
    one, two = a_person(session), a_person(session)
    a_grant(session, supervisor, one, reason=GrantReason.SUPERVISOR)
    decide(session, one, two)
    a_grant(session, supervisor, one, reason=GrantReason.SUPERVISOR)
    assert "whereabouts" in parts_of(session, supervisor, two)
    assert "hidden_whereabouts" not in parts_of(session, supervisor, two)


@pytest.mark.parametrize("when", ["before", "after", "later hidden"])
@pytest.mark.parametrize("whose", ["theirs", "mine"])
def test_whereabouts_do_not_pass_where_anybody_in_the_set_is_hidden(
    session: Session, worker: Actor, when: str, whose: str
) -> None:
    mine, theirs = a_person(session), a_person(session)
    an_address(session, theirs, line="4 Quiet Lane", postcode="SS3 9ZZ", hidden=False)
    a_grant(session, worker, mine)
    hidden = mine if whose == "mine" else theirs
    if when == "before":
        an_address(session, hidden, line="1 Refuge Row", postcode="SS1 1AA", hidden=True)
    decide(session, mine, theirs)
    if when == "after":
        a_telephone(session, hidden, hidden=True)
    if when == "later hidden":
        an_address(session, hidden, line="2 Refuge Row", postcode="SS1 1AA")
        row = session.execute(text("SELECT id FROM address WHERE lines[1] = '2 Refuge Row'")).scalar_one()
        people.hide_address(a_unit(session), row, person_id=hidden)
    assert "whereabouts" not in parts_of(session, worker, theirs)
    assert "whereabouts" in parts_of(session, worker, mine)
    bind_actor(session, worker)
    seen = [address.lines for address in people.whereabouts(session, theirs).addresses]
    assert seen == []


def test_the_other_parents_worker_learns_no_address_and_no_household(session: Session, worker: Actor) -> None:
    """One child on record twice: with the father, whose team sees no whereabouts, and with the mother, who fled."""
    with_father, with_mother, mother = a_person(session), a_person(session), an_adult(session)
    a_grant(session, worker, with_father, reason=GrantReason.TEAM_AROUND_CHILD)
    an_address(session, with_mother, mother, line="4 Quiet Lane", postcode="SS3 9ZZ")
    people.create_household(a_unit(session), name="Mum’s home", members=[with_mother, mother])
    decide(session, with_father, with_mother)
    bind_actor(session, worker)
    found = people.whereabouts(session, with_mother)
    assert (found.addresses, found.contact_points, found.households) == ((), (), ())
    assert not people.person_exists(session, mother)


def test_a_newcomer_to_the_family_is_not_opened_to_who_came_by_a_link(session: Session, worker: Actor) -> None:
    one, two = a_person(session), a_person(session)
    family = a_family(session, two)
    a_grant(session, worker, one)
    decide(session, one, two)
    sister = a_person(session, given_name="Ola")
    people.add_to_family(a_unit(session), family, sister, newly_entered=True)
    assert parts_of(session, worker, sister) == set()


def test_one_household_is_made_and_taken_back(session: Session, worker: Actor) -> None:
    one, two = a_person(session), a_person(session, given_name="Ola")
    made = decide(session, one, two, HOME)
    homes = people.whereabouts(session, one).households
    assert [home.name for home in homes] == ["Shared home"]
    assert {person for person, _name in homes[0].people} == {one, two}
    undo(session, made)
    assert people.whereabouts(session, one).households == ()


def test_no_household_is_made_with_somebody_who_must_not_be_found(session: Session) -> None:
    one, two = a_person(session), a_person(session, given_name="Ola")
    an_address(session, one, hidden=True)
    made = decide(session, one, two, HOME)
    assert people.whereabouts(session, two).households == ()
    undo(session, made)


def test_that_two_share_a_household_is_told_to_nobody_by_a_grant(session: Session, worker: Actor) -> None:
    one, two = a_person(session), a_person(session, given_name="Ola")
    a_grant(session, worker, one, two, parts=frozenset({Part.IDENTITY, Part.STORY}))
    decide(session, one, two, HOME)
    bind_actor(session, worker)
    assert decisions_about(session, [one, two]) == ()
    lines = [row.line for row in people.list_story(session, one).rows]
    assert lines
    assert not any("PE-" in line for line in lines)


def test_a_decision_shows_to_who_may_see_both_ends(session: Session, officer: Actor, worker: Actor) -> None:
    one, two = a_person(session), a_person(session)
    decide(session, one, two, APART)
    a_grant(session, worker, one)
    bind_actor(session, worker)
    assert decisions_about(session, [one]) == ()
    bind_actor(session, officer)
    assert len(decisions_about(session, [one])) == 1


def test_the_data_protection_lead_sees_references_and_undoes(session: Session) -> None:
    watcher = an_actor(an_account(session, roles=[Role.DATA_PROTECTION]), Role.DATA_PROTECTION)
    assert watcher.reach is Reach.AUDIT
    one, two = a_person(session), a_person(session)
    made = decide(session, one, two)
    bind_actor(session, watcher)
    (row,) = list_decisions(session).rows
    assert row.one.reference.startswith("PE-")
    assert row.one.name is row.other.name is None
    undo_link(a_unit(session, watcher), made, reason="A complaint was right")
    bind_actor(session, SYSTEM)
    assert same_person_ids(session, [one])[one] == (one,)


def test_somebody_without_the_index_cannot_decide_about_a_record_that_they_do_not_see(
    session: Session, worker: Actor
) -> None:
    one, two = a_person(session), a_person(session)
    a_grant(session, worker, one)
    bind_actor(session, worker)
    with pytest.raises(NotFound):
        decide_link(
            a_unit(session, worker), NewDecision(id=new_id(), one_id=one, other_id=two, kind=SAME, reason="Same")
        )


def test_what_was_recorded_since_is_listed_and_given_to_whom_it_belongs(session: Session, worker: Actor) -> None:
    one, two = a_person(session), a_person(session)
    a_line(session, one, line="Said before the link")
    since = SYSTEM_CLOCK.now()
    made = decide(session, one, two)
    a_line(session, one, line="Review of the other girl")
    a_line(session, two, line="Stays here")
    a_telephone(session, two)
    an_address(session, one, hidden=True)
    rows = recorded_since(session, [one, two], since=since)
    assert [row.words for row in rows if row.kind == "story"] == ["Review of the other girl", "Stays here"]
    assert not [row for row in rows if row.kind == "address"]
    wrong = next(row for row in rows if row.words == "Review of the other girl")
    undo(session, made, [Returned(wrong.kind, wrong.id, two)])
    lines = {person: {row.line for row in people.list_story(session, person).rows} for person in (one, two)}
    assert "Review of the other girl" in lines[two] - lines[one]
    (kept,) = session.execute(select(LinkReturn)).scalars()
    assert (kept.from_id, kept.to_id, kept.record_id) == (one, two, wrong.id)


@pytest.mark.parametrize("kind", ["story", "person", ""])
def test_only_what_stands_on_the_linked_records_can_be_given_back(session: Session, kind: str) -> None:
    one, two, stranger = (a_person(session) for _ in range(3))
    a_line(session, stranger)
    row = session.execute(text("SELECT id FROM chronology_entry WHERE person_id = :p"), {"p": stranger}).scalar_one()
    made = decide(session, one, two)
    with pytest.raises(NotFound):
        undo(session, made, [Returned(kind, row, two)])


def test_the_front_door_as_a_whole_sees_the_joined_story_while_it_works_on_a_contact(
    session: Session, officer: Actor
) -> None:
    one, two = a_person(session), a_person(session)
    unit = a_unit(session)
    grants.give(unit, [two], principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=new_id())
    a_line(session, one, line="Told two years ago")
    decide(session, one, two)
    bind_actor(session, officer)
    assert "Told two years ago" in [row.line for row in people.list_story(session, one).rows]


def test_the_table_of_decisions_is_written_by_nobody_else(session: Session, worker: Actor) -> None:
    one, two = sorted((a_person(session), a_person(session)))
    decide(session, one, two, APART)
    a_grant(session, worker, one, two)
    bind_actor(session, worker)
    with pytest.raises(ProgrammingError, match="row-level security"), session.begin_nested():
        session.execute(text("UPDATE link_decision SET reason = 'x' WHERE one_id = :p"), {"p": one})
    with pytest.raises(ProgrammingError, match="row-level security"), session.begin_nested():
        session.execute(text("INSERT INTO linked_person VALUES (:p, :p)"), {"p": one})
