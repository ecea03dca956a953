"""What is typed into a CAF and not sent opens to a deputy with the part that it belongs to, and never beyond it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason, Part
from locality.accounts.models import Account
from locality.drafts.models import DraftField
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import new_id
from tests.factories.accounts import an_account, an_actor
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story


@pytest.fixture
def supervisor(session: Session, uow: OpenUnit, story: Story) -> Account:
    """Supervises Leah's help."""
    at = Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, story.at_work.cluster.id)
    account = an_account(session, name="Ola Berg", roles=[at])
    with uow() as unit:
        grants.give(unit, [story.leah], principal=account.id, reason=GrantReason.SUPERVISOR, record=new_id())
    return account


def leave(browse: Browse, story: Story, path: str, **typed: str) -> None:
    """Type into a form, lose the session, and send it: what was typed is kept, nothing is recorded."""
    browse.sign_in(story.at_work.lead_account)
    sent = {**browse.get(path).form(), **typed}
    browse.sign_out()
    assert browse.raw("POST", path, data=sent).status_code == 302


def test_a_supervisor_never_finds_words_that_may_be_for_the_lead_alone(
    browse: Browse, session: Session, uow: OpenUnit, story: Story, supervisor: Account
) -> None:
    path = f"{story.caf}/voice/{story.leah}/add"
    leave(browse, story, path, own_words="I am afraid at night", readers="lead_only")
    browse.sign_in(supervisor)
    page = browse.get(path)
    assert "has not sent this page" not in page.text
    assert "afraid" not in page.html
    with uow(an_actor(supervisor, Role.SUPERVISOR)) as unit:
        assert unit.session.scalars(select(DraftField.texts)).all() == []
    browse.sign_in(story.at_work.lead_account)
    assert "I am afraid at night" in browse.get(path).html


def test_a_deputy_finds_a_draft_with_the_part_it_writes_and_not_without(
    browse: Browse, session: Session, uow: OpenUnit, story: Story, supervisor: Account
) -> None:
    path = f"{story.caf}/about"
    leave(browse, story, path, what_led="Mornings are hard")
    without = an_account(session, name="Jo Bell")
    with uow() as unit:
        parts = frozenset({Part.IDENTITY, Part.STORY, Part.PLAN})
        grants.give(
            unit, [story.leah], principal=without.id, reason=GrantReason.SUPERVISOR, record=new_id(), parts=parts
        )
    for account, found in ((supervisor, True), (without, False)):
        with uow(an_actor(account, Role.SUPERVISOR)) as unit:
            kept = unit.session.scalars(select(DraftField.texts)).all()
            assert (["Mornings are hard"] in kept) is found
