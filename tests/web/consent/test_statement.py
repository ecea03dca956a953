"""The statement of an agreement by itself: to read, to print and sign, as a PDF, in large print."""

import io

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.audit.models import AuditEvent
from locality.consent.models import Agreement
from locality.kernel.ids import FamilyId, PersonId, new_id
from tests.support.web import Browse
from tests.web.consent.test_agreement import answers, family, leah, led, mother

__all__ = ["family", "leah", "led", "mother"]

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def statement(family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId) -> str:
    page = browse.get(f"/families/{family}/agreement/record")
    browse.send(page, answers(leah, mother))
    return f"/families/{family}/agreement/{session.scalars(select(Agreement.id)).one()}/statement"


def test_the_statement_says_what_was_agreed_the_exceptions_and_the_way_back(statement: str, browse: Browse) -> None:
    page = browse.get(statement, most_queries=8)
    assert page.heading == "What the Adeyemi family agreed to"
    for words in (
        "Keeping a child safe comes first",
        "You can change your mind at any time",
        "With the leaflet",
        "Kept out of everything that is shared: money and work",
        "Signed by the child or young person",
    ):
        assert words in page.main


@pytest.mark.parametrize("ending", [".pdf", "-large-print.pdf"])
def test_the_statement_is_a_tagged_pdf_and_noted_as_read(
    statement: str, browse: Browse, session: Session, ending: str
) -> None:
    answer = browse.raw("GET", statement + ending)
    reader = pypdf.PdfReader(io.BytesIO(answer.data))
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]
    assert "Ngozi Adeyemi, 1 March 2026" in " ".join(page.extract_text() for page in reader.pages)
    assert any("statement_" in action for action in session.scalars(select(AuditEvent.action)))


def test_a_statement_belongs_to_its_family(statement: str, browse: Browse) -> None:
    browse.get(f"/families/{new_id()}/agreement/{statement.split('/')[4]}/statement", status=404)
