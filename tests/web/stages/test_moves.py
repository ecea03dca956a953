"""The pages of a child's stages, for those who may and against those who may not."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason, management_of
from locality.accounts.models import Account
from locality.clusters.models import Cluster
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import PersonId, StageMoveId, new_id
from locality.stages import api as stages
from locality.stages.queries.stages import current_stages, list_moves
from tests.factories.accounts import an_account
from tests.factories.clusters import a_cluster, a_team, a_worker, an_agency
from tests.factories.stages import a_placed_child, a_proposal
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse

HOSTILE = ["x" * 5_000, "\x00", "\u202eevil", "' OR 1=1 --", "<script>alert(1)</script>", "💥" * 300]


@dataclass(frozen=True)
class Cast:
    """Who is in it."""

    cluster: Cluster
    child: PersonId
    lead: Account
    receiver: Account
    manager: Account
    stranger: Account


@layer
def cast(session: Session, uow: OpenUnit) -> Cast:
    cluster = a_cluster(session)
    team = a_team(session, agency=an_agency(session), cluster=cluster)
    people = {
        "lead": an_account(session, name="Amira Khan", roles=[Role.LEAD_PROFESSIONAL]),
        "receiver": an_account(session, name="Nadia Rahman", job_title="School nurse", roles=[Role.LEAD_PROFESSIONAL]),
        "manager": an_account(
            session, name="Sam Okafor", roles=[Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cluster.id)]
        ),
        "stranger": an_account(session, name="Jo Bloggs", roles=[Role.LEAD_PROFESSIONAL]),
    }
    a_worker(session, people["receiver"], team=team)
    session.commit()
    return Cast(cluster, _child(uow, cluster, people["lead"]), **people)


def _child(uow: OpenUnit, cluster: Cluster, lead: Account, *, stage: int = 3) -> PersonId:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=stage)
        grants.give(unit, [child], principal=lead.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
        grants.give(unit, [child], principal=management_of(cluster.id), reason=GrantReason.SUPERVISOR, record=new_id())
    return child


FULL = {
    "to_stage": "2",
    "reasons": ["outcomes_met", "progress_sustained"],
    "evidence": "Attendance has been 96 per cent since January",
    "risks_remaining": "Bedtimes at weekends",
    "contingency": "Two missed appointments in a row",
    "child_agreement": "agreed",
    "parent_agreement": "agreed",
}


def _propose(browse: Browse, cast: Cast, *, status: int = 302, **changes: object) -> Page:
    browse.sign_in(cast.lead)
    page = browse.get(f"/people/{cast.child}/stages/move")
    return browse.send(page, FULL | {"receiver": str(cast.receiver.id)} | changes, status=status)


def test_a_lead_professional_proposes_and_the_receiver_accepts(browse: Browse, session: Session, cast: Cast) -> None:
    proposed = browse.follow(_propose(browse, cast))
    assert proposed.heading == "Move from stage 3 to stage 2"
    assert "waits for Nadia Rahman, School nurse, Estuary Community Health to accept" in proposed.main
    browse.sign_in(cast.receiver)
    page = browse.get(proposed_path(session, cast))
    assert page.options("step") == ["Accept: from today this child is with us", "Decline"]
    # Nobody gave the receiver a part in this child's help, so there is nothing to show after the proposal.
    assert browse.send(page, {"step": "accept"}).location == "/"
    browse.sign_in(cast.lead)
    assert "Moved down from stage 3 to stage 2" in browse.get(f"/people/{cast.child}/stages").main
    assert current_stages(session, [cast.child])[cast.child].stage == 2


def proposed_path(session: Session, cast: Cast) -> str:
    return f"/stage-moves/{list_moves(session, cast.child)[0].id}"


def test_declining_asks_why_and_leaves_the_child_where_it_was(browse: Browse, session: Session, cast: Cast) -> None:
    _propose(browse, cast)
    browse.sign_in(cast.receiver)
    page = browse.get(proposed_path(session, cast))
    refused = browse.send(page, {"step": "decline"}, status=422)
    assert refused.errors == [("note", "Enter why you decline")]
    assert browse.send(page, {"step": "decline", "note": "No room until May"}).location == "/"
    assert current_stages(session, [cast.child])[cast.child].stage == 3


def test_a_manager_agrees_before_a_child_leaves_social_care(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast
) -> None:
    child = _child(uow, cast.cluster, cast.lead, stage=4)
    browse.sign_in(cast.lead)
    page = browse.get(f"/people/{child}/stages/move")
    wanted = FULL | {"to_stage": "3", "receiver": str(cast.receiver.id)}
    assert browse.send(page, wanted, status=422).errors == [
        ("on_protection_plan", "Select yes if the child is on a child protection plan")
    ]
    shown = browse.follow(browse.send(page, wanted | {"on_protection_plan": "no"}))
    assert "waits for a supervisor or manager to agree" in shown.main
    browse.sign_in(cast.manager)
    page = browse.get(f"/stage-moves/{list_moves(session, child)[0].id}")
    assert "Agree to this move" in page.options("step")
    assert "waits for Nadia Rahman" in browse.follow(browse.send(page, {"step": "agree"})).main


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(browse: Browse, cast: Cast) -> None:
    page = _propose(browse, cast, status=422, to_stage="", receiver="", reasons=[])
    assert page.errors == [("to_stage", "Select a stage other than the present one")]
    page = _propose(browse, cast, status=422, evidence="", parent_agreement="not_asked", receiver="")
    assert [field for field, _message in page.errors] == ["evidence", "parent_agreement_why", "receiver"]
    assert page.form()["contingency"] == FULL["contingency"]


def test_an_urgent_step_up_can_be_sent_with_nothing_else(browse: Browse, session: Session, cast: Cast) -> None:
    browse.sign_in(cast.lead)
    page = browse.get(f"/people/{cast.child}/stages/move")
    shown = browse.follow(browse.send(page, {"urgent": "y"}))
    assert (shown.heading, shown.row("Kind")) == ("Move from stage 3 to stage 4", "Urgent")


@pytest.mark.parametrize("field", ["evidence", "contingency", "child_agreement_why"])
def test_hostile_text_is_kept_or_refused_beside_its_field(browse: Browse, cast: Cast, field: str) -> None:
    browse.sign_in(cast.lead)
    page = browse.get(f"/people/{cast.child}/stages/move")
    for text in HOSTILE:
        answer = browse.send(page, FULL | {"to_stage": "3", field: text}, status=422)
        assert answer.errors, text[:20]
        assert "<script>alert" not in answer.html


def test_foreign_choices_are_refused(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.lead)
    page = browse.get(f"/people/{cast.child}/stages/move")
    for foreign in (
        {"to_stage": "9"},
        {"to_stage": "two"},
        {"reasons": "because"},
        {"receiver": "00000000-0000-4000-8000-000000000001"},
        {"receiver": "nobody"},
        {"child_agreement": "perhaps"},
        {"form_id": "1; DROP TABLE"},
    ):
        assert browse.send(page, FULL | {"receiver": str(cast.receiver.id)} | foreign, status=422).errors, foreign


def test_the_move_takes_only_a_step_that_is_offered(browse: Browse, session: Session, cast: Cast) -> None:
    _propose(browse, cast)
    page = browse.get(proposed_path(session, cast))
    assert page.options("step") == ["Withdraw this proposal"]
    assert browse.send(page, {"step": "accept", "note": "x"}, status=422).errors


def test_the_history_lists_moves_and_what_is_proposed(browse: Browse, session: Session, cast: Cast) -> None:
    browse.sign_in(cast.lead)
    page = browse.get(f"/people/{cast.child}/stages", most_queries=8)
    assert page.heading == "Stages of Leah Adeyemi"
    assert "Help began at stage 3" in page.main
    assert page.has_button("Propose a move")
    _propose(browse, cast)
    page = browse.get(f"/people/{cast.child}/stages")
    assert "It counts when Nadia Rahman" in page.main
    assert not page.has_button("Propose a move")


def test_a_supervisor_takes_back_a_mistake(browse: Browse, session: Session, uow: OpenUnit, cast: Cast) -> None:
    with uow() as unit:
        stages.place_child(unit, stages.PlaceChild(cast.child, 4, cast.cluster.id))
    browse.sign_in(cast.manager)
    page = browse.get(f"/people/{cast.child}/stages")
    form = browse.get(page.links["This was a mistake: take it back"])
    assert browse.send(form, {"why": ""}, status=422).errors == [("why", "Enter what was wrong")]
    assert "taken back" in browse.follow(browse.send(form, {"why": "Meant for another child"})).banner
    assert current_stages(session, [cast.child])[cast.child].stage == 3


def test_what_has_been_taken_back_is_not_offered_again_but_the_move_before_it(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast
) -> None:
    words = "This was a mistake: take it back"
    with uow() as unit:
        stages.place_child(unit, stages.PlaceChild(cast.child, 4, cast.cluster.id))
    browse.sign_in(cast.manager)
    later, earlier = (f"/people/{cast.child}/stages/{move.id}/correct" for move in list_moves(session, cast.child))
    for offered in (later, earlier):
        page = browse.get(f"/people/{cast.child}/stages", most_queries=8)
        assert page.links[words] == offered
        assert browse.follow(browse.send(browse.get(offered), {"why": "Meant for another child"})).banner
    assert words not in browse.get(f"/people/{cast.child}/stages").links
    assert current_stages(session, [cast.child]) == {}


def test_a_child_off_the_triangle_has_no_stage_to_move_from(browse: Browse, uow: OpenUnit, cast: Cast) -> None:
    with uow() as unit:
        stages.leave(unit, person_id=cast.child)
    browse.sign_in(cast.lead)
    assert browse.get(f"/people/{cast.child}/stages/move").heading == "No stage to move from"


def test_strangers_cannot_tell_a_child_or_a_move_from_none(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast
) -> None:
    with uow() as unit:
        move = stages.propose_move(unit, a_proposal(cast.child))
    browse.sign_in(cast.stranger)
    for path in (
        f"/people/{cast.child}/stages",
        f"/people/{cast.child}/stages/move",
        f"/people/{new_id()}/stages",
        f"/stage-moves/{move}",
        f"/stage-moves/{StageMoveId(new_id())}",
        f"/people/{cast.child}/stages/{move}/correct",
    ):
        browse.get(path, status=404)
    browse.post(f"/stage-moves/{move}", {"step": "accept"}, status=404)


def test_another_childs_move_cannot_be_taken_back_through_this_one(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast
) -> None:
    other = _child(uow, cast.cluster, cast.lead)
    move = list_moves(session, other)[0].id
    browse.sign_in(cast.manager)
    browse.get(f"/people/{cast.child}/stages/{move}/correct", status=404)


def test_pages_cost_the_same_number_of_statements(browse: Browse, session: Session, cast: Cast) -> None:
    _propose(browse, cast)
    browse.get(f"/people/{cast.child}/stages/move")  # says once that the move was proposed, which is one more
    for path in (f"/people/{cast.child}/stages/move", proposed_path(session, cast)):
        browse.get(path, most_queries=8)


def test_a_move_is_listed_for_whoever_it_waits_for(browse: Browse, session: Session, cast: Cast) -> None:
    _propose(browse, cast)
    browse.sign_in(cast.receiver)
    page = browse.get("/stage-moves", most_queries=5)
    (row,) = page.table("Moves that wait for you")
    assert (row["Child"], row["Move"], row["What to do"]) == (
        "Leah Adeyemi",
        "Stage 3 to stage 2",
        "Accept or decline",
    )
    assert page.links["Leah Adeyemi"] == proposed_path(session, cast)
    browse.sign_in(cast.stranger)
    assert browse.get("/stage-moves").table("Moves that wait for you") == []


def test_an_urgent_move_without_a_receiver_waits_for_the_front_door(
    browse: Browse, session: Session, cast: Cast
) -> None:
    browse.sign_in(cast.lead)
    browse.send(browse.get(f"/people/{cast.child}/stages/move"), {"urgent": "y"})
    browse.sign_in(an_account(session, name="Olu Ade", roles=[Role.SPOC_OFFICER]))
    (row,) = browse.get("/stage-moves").table("Moves that wait for you")
    assert row["Move"] == "Stage 3 to stage 4 Urgent"
    page = browse.get(proposed_path(session, cast))
    assert "Accept: from today this child is with us" in page.options("step")
