"""Who opens the pages: a lead professional of one family, and a front-door officer."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import FamilyId, PersonId
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_family, a_grant, a_line, a_person, an_address, an_adult
from tests.support.layers import layer
from tests.support.web import Browse


@dataclass(frozen=True, slots=True)
class Home:
    """A family with its lead professional signed in."""

    leah: PersonId
    mother: PersonId
    family: FamilyId
    lead: Account


@layer
def household(session: Session) -> Home:
    """Leah, her mother and their lead professional."""
    leah, mother = a_person(session), an_adult(session)
    family = a_family(session, leah, mother)
    a_line(session, leah, line="Review held at school")
    an_address(session, leah, mother, line="12 Sample Street")
    lead = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(lead), leah, mother)
    return Home(leah, mother, family, lead)


@pytest.fixture
def home(household: Home, browse: Browse) -> Home:
    """Leah and her mother, whose lead professional looks."""
    browse.sign_in(household.lead)
    return household


@layer
def officer(session: Session) -> Account:
    """A front-door officer."""
    return an_account(session, name="Jo Ward", roles=[Role.SPOC_OFFICER])
