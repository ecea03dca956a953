"""A front door officer who records a contact: what the tests of its draft begin with."""

import pytest
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from tests.factories.accounts import an_account
from tests.support.web import Browse

PATH = "/contacts/new"
TOLD = {
    "source": "2A", "given_name": "Tom", "family_name": "Quillfeather", "born_on-day": "9", "born_on-month": "8",
    "born_on-year": "2016", "what_said": "The whole story",
}  # fmt: skip


@pytest.fixture
def officer(session: Session, clock: object) -> Account:
    return an_account(session, roles=[Role.SPOC_OFFICER])


@pytest.fixture
def desk(browse: Browse, officer: Account) -> Browse:
    browse.sign_in(officer)
    return browse
