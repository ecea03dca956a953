"""The statement of one agreement by itself: as a page to print and sign, as a PDF, and in large print."""

import datetime as dt

from flask import Response, make_response
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.consent.queries import get_agreement
from locality.consent.rules import TOPICS, Purpose, Terms, Topic
from locality.consent.views.about import about_family, agencies_offered, namer_of, today
from locality.consent.views.blueprint import blueprint
from locality.consent.views.cards import Card, card_of
from locality.kernel.db import db
from locality.kernel.errors import NotFound
from locality.kernel.ids import AgreementId, FamilyId
from locality.papers.paper import Block, Facts, Items, Lines, Paper, Section, Text
from locality.papers.typeset import pdf_of
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import requires
from locality.web.formats import day

_RULE = "/families/<uuid:family_id>/agreement/<uuid:agreement_id>/statement"
# The three exceptions of which families are told (domain 1.2).
_EXCEPTIONS = (
    "Somebody must know at once whether a child is at risk, or to help a child who is.",
    "To help an adult who is at risk.",
    "To prevent a serious crime or find out who did it.",
)
_RIGHTS = (
    "You do not have to agree. You can agree to some of it and not to the rest.",
    "You can change your mind at any time. Tell anybody who helps you. From then on nothing more is shared.",
    "You can say which people or services must not be told, and which topics are kept out.",
    "You can ask to see what is written about you, and who has looked at it.",
    "If you say no, nobody will think less of you. Help may be harder to arrange.",
)


@blueprint.get(_RULE)
@requires(Permission.AGREEMENT_VIEW, facts=people.family_facts, reads=Part.IDENTITY)
def statement(family_id: FamilyId, agreement_id: AgreementId) -> ResponseReturnValue:
    """The statement as a page to read, print and sign."""
    paper = _statement(family_id, agreement_id)
    return page.render("consent/statement.html", paper=paper, family_id=family_id, agreement_id=agreement_id)


@blueprint.get(f"{_RULE}.pdf")
@requires(Permission.AGREEMENT_VIEW, facts=people.family_facts, reads=Part.IDENTITY)
def statement_pdf(family_id: FamilyId, agreement_id: AgreementId) -> ResponseReturnValue:
    """The statement as a PDF."""
    return _file(_statement(family_id, agreement_id), large=False)


@blueprint.get(f"{_RULE}-large-print.pdf")
@requires(Permission.AGREEMENT_VIEW, facts=people.family_facts, reads=Part.IDENTITY)
def statement_large(family_id: FamilyId, agreement_id: AgreementId) -> ResponseReturnValue:
    """The statement as a PDF in large print."""
    return _file(_statement(family_id, agreement_id), large=True)


def _file(paper: Paper, *, large: bool) -> Response:
    answer: Response = make_response(pdf_of(paper, made_on=today(), large=large))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = 'attachment; filename="agreement.pdf"'
    return answer


def _statement(family_id: FamilyId, agreement_id: AgreementId) -> Paper:
    about = about_family(family_id)
    standing = get_agreement(db.session(), agreement_id, today=about["today"])
    if standing.family_id != family_id:
        raise NotFound("There is no such agreement")
    card = card_of(standing, namer_of(about, agencies_offered()))
    return paper_of(card, standing.terms, family_name=about["family"].name, on=about["today"])


def paper_of(card: Card, terms: Terms, *, family_name: str, on: dt.date) -> Paper:
    """The statement of an agreement in plain words, with room to sign."""
    title = f"What the {family_name} family {'did not agree to' if terms.refused else 'agreed to'}"
    sections = [
        Section("answer", "The answer", (Facts(card.rows), *(Text(words, "Taken back:") for words in card.taken_back))),
        Section("rights", "What you can do", (Items(_RIGHTS),)),
        Section(
            "exceptions",
            "When we may share without asking you",
            (
                Text("Keeping a child safe comes first. We would tell you, unless that made it worse. It is only:"),
                Items(_EXCEPTIONS),
            ),
        ),
        Section("signed", "Signed", _signatures(terms)),
    ]
    facts = (("Who answered, and when", card.title), ("Status today", card.status), ("Printed on", day(on)))
    return Paper(title, title, facts, tuple(sections))


def _signatures(terms: Terms) -> tuple[Block, ...]:
    signed: tuple[Block, ...] = (Lines("Signed by whoever agrees"), Lines("Date"))
    if terms.refused or Purpose.SHARE_ADDITIONAL not in terms.purposes:
        return (*signed, Lines("Signed by the worker"))
    kept = [TOPICS[one].lower() for one in Topic if one in terms.topics_out]
    note = f"Kept out of everything that is shared: {', '.join(kept)}." if kept else "No topic is kept out."
    return (
        Text(note),
        *signed,
        Lines("Signed by the child or young person, if they wish"),
        Lines("Signed by the worker"),
    )
