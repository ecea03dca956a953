"""Who opens the pages: a lead professional of one family, and a front-door officer."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import FamilyId, PersonId
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_family, a_grant, a_line, a_person, an_address, an_adult, settle
from tests.support.web import Browse


@dataclass(frozen=True, slots=True)
class Home:
    """A family with its lead professional signed in."""

    leah: PersonId
    mother: PersonId
    family: FamilyId
    lead: Account


@pytest.fixture
def home(session: Session, browse: Browse) -> Home:
    """Leah and her mother, whose lead professional looks."""
    leah, mother = a_person(session), an_adult(session)
    family = a_family(session, leah, mother)
    a_line(session, leah, line="Review held at school")
    an_address(session, leah, mother, line="12 Sample Street")
    lead = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(lead), leah, mother)
    settle(session)
    browse.sign_in(lead)
    for _ in range(2):  # the first pages of a session write to it; later ones do not
        browse.get("/search")
    return Home(leah, mother, family, lead)


@pytest.fixture
def officer(session: Session) -> Account:
    """A front-door officer."""
    return an_account(session, name="Jo Ward", roles=[Role.SPOC_OFFICER])
