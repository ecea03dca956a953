"""An agreement in words, as its card on the family's page shows it."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from locality.consent.queries import AgreementSummary, WithdrawalRow
from locality.consent.rules import (
    CAPACITIES,
    METHODS,
    PURPOSES,
    RISK_VIEWS,
    SCOPES,
    SHARE_WITH,
    STATUSES,
    TOPICS,
    Purpose,
    Scope,
    Terms,
    Topic,
)
from locality.kernel.ids import AgreementId
from locality.web.formats import day, names

NameOf = Callable[[uuid.UUID], str]
_CLOSED = "an agency that has closed"


@dataclass(frozen=True, slots=True)
class Card:
    """One agreement: who answered and when, what it is worth, its terms, and what was taken back."""

    id: AgreementId
    title: str
    status: str
    is_open: bool
    late: str | None
    rows: tuple[tuple[str, str], ...]
    taken_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Namer:
    """Knows the names of people and agencies."""

    people: Mapping[uuid.UUID, str]
    agencies: Mapping[uuid.UUID, str]

    def person(self, person_id: uuid.UUID) -> str:
        """Somebody's name, where the reader may know it."""
        return self.people.get(person_id, "somebody whom you may not see")

    def everybody(self, people: Iterable[uuid.UUID]) -> str:
        """Names in a sentence."""
        return names([self.person(one) for one in people])

    def told(self, agencies: Iterable[uuid.UUID]) -> str:
        """Agencies in a sentence."""
        return names(sorted(self.agencies.get(one, _CLOSED) for one in agencies))


def card_of(agreement: AgreementSummary, namer: Namer) -> Card:
    """The card of an agreement."""
    terms = agreement.terms
    late = None
    if agreement.review_is_late:
        late = f"The review was due on {day(terms.review_due_on)}. Go over it with the family again."
    return Card(
        id=agreement.id,
        title=f"{namer.person(terms.given_by)}, {day(terms.signed_on)}",
        status=STATUSES[agreement.status],
        is_open=agreement.is_open,
        late=late,
        rows=tuple((key, value) for key, value in _rows(agreement, namer) if value),
        taken_back=tuple(_withdrawal(row, namer) for row in agreement.withdrawals),
    )


def _rows(agreement: AgreementSummary, namer: Namer) -> list[tuple[str, str]]:
    terms = agreement.terms
    rows = [
        ("About", namer.everybody(terms.people)),
        ("In what capacity", _capacity(terms)),
        ("Why the young person could decide", terms.gillick_reasons),
    ]
    if terms.refused:
        rows.append(("Why not", terms.refusal_reason))
    else:
        rows.extend(_agreed(terms, namer))
    rows.append(("Review", day(terms.review_due_on) if terms.review_due_on else ""))
    rows.append(("Recorded by", agreement.recorded_by_name))
    return rows


def _agreed(terms: Terms, namer: Namer) -> list[tuple[str, str]]:
    out = [namer.told(terms.agencies_out) if terms.agencies_out else "", terms.agencies_out_words]
    share = SHARE_WITH[terms.share_with]
    if terms.agencies_in:
        share = namer.told(terms.agencies_in)
    interpreter = f" Interpreter: {terms.interpreter}." if terms.interpreter else ""
    return [
        ("Agreed to", ". ".join(PURPOSES[one] for one in Purpose if one in terms.purposes)),
        ("Who may be told", share),
        ("Who must not be told", "; ".join(words for words in out if words)),
        ("Topics kept out", ", ".join(TOPICS[one] for one in Topic if one in terms.topics_out)),
        ("Cluster team", "May see the family’s plan" if terms.cluster_team else "May not see the family’s plan"),
        ("Explained", f"{terms.explained_how}{interpreter}"),
        ("How", METHODS[terms.method] if terms.method else ""),
    ]


def _capacity(terms: Terms) -> str:
    words = CAPACITIES[terms.capacity]
    if terms.capacity_words:
        words += f": {terms.capacity_words}"
    return f"{words}, judged by {terms.gillick_assessed_by}" if terms.gillick_assessed_by else words


def _withdrawal(row: WithdrawalRow, namer: Namer) -> str:
    what = withdrawn_words(row, namer)
    risk = RISK_VIEWS[row.risk]
    return f"{what}: withdrawn by {namer.person(row.withdrawn_by)} on {day(row.withdrawn_on)}. {row.reason} {risk}."


def withdrawn_words(row: WithdrawalRow, namer: Namer) -> str:
    """What was taken back: "Sharing with Sure Start", "All of it"."""
    if row.taken.scope is Scope.AGENCY and row.taken.agency_id is not None:
        return f"Sharing with {namer.told([row.taken.agency_id])}"
    if row.taken.scope is Scope.TOPIC and row.taken.topic is not None:
        return f"Sharing {TOPICS[row.taken.topic].lower()}"
    return SCOPES[row.taken.scope].split(":", maxsplit=1)[0]
