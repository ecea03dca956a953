"""Every field of every form of a child's stages: what is wrong is said beside it, and nothing is moved."""

import pytest
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason, management_of
from locality.accounts.models import Account
from locality.clusters.models import Cluster
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import PersonId, StageMoveId, new_id
from locality.stages import forms
from locality.stages.operations.proposing import propose_move
from locality.stages.operations.telling import Receiver
from locality.stages.queries.stages import list_moves
from tests.factories.accounts import an_account
from tests.factories.clusters import a_cluster, a_team, a_worker, an_agency
from tests.factories.stages import a_placed_child, a_proposal
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.refusals import Filled, forms_of, wrongs_of_page
from tests.support.web import Browse

pytestmark = pytest.mark.usefixtures("clock")

TRIED = {forms.ProposeMoveForm, forms.StepForm, forms.CorrectForm}


@layer
def lead(session: Session) -> Account:
    return an_account(session, roles=[Role.LEAD_PROFESSIONAL])


@layer
def receiver(session: Session) -> Account:
    """A worker of the child's cluster, who can take over."""
    return an_account(session, name="Nadia Rahman", roles=[Role.LEAD_PROFESSIONAL])


@layer
def cluster(session: Session) -> Cluster:
    return a_cluster(session)


@layer
def manager(session: Session, cluster: Cluster) -> Account:
    return an_account(session, name="Sam Okafor", roles=[Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cluster.id)])


@layer
def child(session: Session, uow: OpenUnit, cluster: Cluster, lead: Account, receiver: Account) -> PersonId:
    """A child with social care, who is led by the lead professional."""
    a_worker(session, receiver, team=a_team(session, agency=an_agency(session), cluster=cluster))
    with uow() as unit:
        made = a_placed_child(unit, cluster, stage=4)
        grants.give(unit, [made], principal=lead.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
        grants.give(unit, [made], principal=management_of(cluster.id), reason=GrantReason.SUPERVISOR, record=new_id())
    return made


@layer
def proposed(uow: OpenUnit, child: PersonId, receiver: Account) -> StageMoveId:
    """A move that waits for its receiver."""
    with uow() as unit:
        return propose_move(
            unit,
            a_proposal(
                child, to_stage=3, on_protection_plan=False, receiver=Receiver(receiver.id, "Nadia Rahman, nurse", "")
            ),
        )


def test_every_form_of_the_stages_is_tried_in_every_field() -> None:
    assert forms_of(forms) == TRIED


def test_a_proposal_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, child: PersonId, lead: Account, receiver: Account, manager: Account
) -> None:
    right = {
        "to_stage": "3",
        "reasons": ["outcomes_met", "progress_sustained"],
        "evidence": "Attendance has been 96 per cent\r\nsince January",
        "risks_remaining": "Bedtimes at weekends",
        "contingency": "Two missed appointments in a row",
        "child_agreement": "not_asked",
        "child_agreement_why": "She is two",
        "parent_agreement": "not_asked",
        "parent_agreement_why": "They are away until May",
        "on_protection_plan": "no",
        "receiver": str(receiver.id),
    }
    written = ("evidence", "risks_remaining", "contingency", "child_agreement_why", "parent_agreement_why")
    filled = Filled(
        answers=right,
        foreign={"receiver": str(manager.id), "to_stage": "4"},
        also=[
            (dict.fromkeys(written, "") | {"reasons": [], "receiver": ""}, (*written, "reasons", "receiver")),
            ({"child_agreement": "", "parent_agreement": ""}, ("child_agreement", "parent_agreement")),
            ({"on_protection_plan": ""}, ("on_protection_plan",)),
            ({"to_stage": ""}, ("to_stage",)),
        ],
    )
    browse.sign_in(lead)
    assert (
        wrongs_of_page(browse, session, "stages", forms.ProposeMoveForm, f"/people/{child}/stages/move", filled) == []
    )


@pytest.mark.parametrize(("step", "of_another"), [("decline", "withdraw"), ("ask", "accept")])
def test_a_step_is_refused_beside_what_is_wrong(
    browse: Browse,
    session: Session,
    proposed: StageMoveId,
    receiver: Account,
    manager: Account,
    step: str,
    of_another: str,
) -> None:
    # A manager asks; whoever receives the child declines. Neither takes a step of the other.
    browse.sign_in(manager if step == "ask" else receiver)
    filled = Filled(
        answers={"step": step, "note": "No room until May"},
        foreign={"step": of_another},
        also=[({"note": ""}, ("note",))],
    )
    assert wrongs_of_page(browse, session, "stages", forms.StepForm, f"/stage-moves/{proposed}", filled) == []


def test_taking_back_a_mistake_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, child: PersonId, manager: Account
) -> None:
    browse.sign_in(manager)
    path = f"/people/{child}/stages/{list_moves(session, child)[0].id}/correct"
    filled = Filled(answers={"why": "Meant for another child"})
    assert wrongs_of_page(browse, session, "stages", forms.CorrectForm, path, filled) == []
