"""What other rooms may call of agreement.

    record_agreement(uow, family_id, Terms(people=[...], given_by=..., capacity=Capacity..., purposes=frozenset({...}),
                     explained_how="...", method=Method..., signed_on=..., review_due_on=...)) -> AgreementId
    withdraw(uow, Withdraw(agreement_id=..., scope=Scope..., withdrawn_by=..., reason="...", withdrawn_on=...,
                           risk=RiskView...))
    share_override(uow, Override(people=[...], ground=Ground..., what=..., to_whom=..., manager_consulted=..., ...))
    open_agreement(session, people, today=...) -> AgreementSummary | None      in force and about all of these people
    open_agreements(session, people, today=...) -> (AgreementSummary, ...)     in force and about any of them
    agreements_cover(session, people, agency_id, today=..., topic=None) -> bool
    people_covered(agreements, agencies, helping=False) -> frozenset    of whom a worker of these agencies may be told

An ``AgreementSummary`` answers ``covers(agency_id, topic=None)``, ``covers_topic(topic)``, ``covers_cluster_team``,
``review_is_late`` and ``is_open``.

Slots: ``agreed(uow, Agreed)`` and ``withdrawn(uow, Withdrawn)`` let higher rooms give and end grants in the same
transaction; ``agency_choices(session, choices)`` lets the room of agencies append ``AgencyChoice`` rows for the forms.
"""

from locality.consent.operations import (
    Agreed,
    Override,
    Withdraw,
    Withdrawn,
    agreed,
    record_agreement,
    share_override,
    withdraw,
    withdrawn,
)
from locality.consent.queries import (
    AgencyChoice,
    AgreementSummary,
    agencies_told,
    agency_choices,
    agreements_cover,
    get_agreement,
    history,
    open_agreement,
    open_agreements,
    people_covered,
)
from locality.consent.rules import (
    CAPACITIES,
    GROUNDS,
    METHODS,
    SHARE_WITH,
    Capacity,
    Ground,
    Method,
    Purpose,
    RiskView,
    Scope,
    ShareWith,
    Status,
    Terms,
    Topic,
)

__all__ = [
    "CAPACITIES", "GROUNDS", "METHODS", "SHARE_WITH", "AgencyChoice", "Agreed", "AgreementSummary", "Capacity",
    "Ground", "Method", "Override", "Purpose", "RiskView", "Scope", "ShareWith", "Status", "Terms", "Topic", "Withdraw",
    "Withdrawn", "agencies_told", "agency_choices", "agreed", "agreements_cover", "get_agreement", "history",
    "open_agreement", "open_agreements", "people_covered", "record_agreement", "share_override", "withdraw",
    "withdrawn",
]  # fmt: skip
