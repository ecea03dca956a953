"""Made-up contacts, services and referrals, made by the same operations that pages use."""

import datetime as dt

from locality.clusters import api as clusters
from locality.clusters.models import Agency, Cluster, School
from locality.kernel.ids import ContactId, PersonId, ReferralId, ServiceId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.operations.commands import (
    DecideChild,
    NamedChild,
    NewContact,
    NewReferral,
    NewService,
    NewSocialCareReferral,
    Referrer,
)
from locality.referrals.operations.contacts import create_contact
from locality.referrals.operations.routing import route_referral
from locality.referrals.operations.sending import refer
from locality.referrals.operations.services import add_service, set_capacity
from locality.referrals.rules.codes import AgreementBasis, AgreementKnown, ContactReason, Outcome, ReferralKind, Source

RECEIVED = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)
BORN = dt.date(2018, 2, 1)


def a_child(
    unit: UnitOfWork,
    *,
    given_name: str = "Leah",
    family_name: str = "Adeyemi",
    born_on: dt.date | None = BORN,
    due_on: dt.date | None = None,
    school: School | None = None,
) -> PersonId:
    """A child of eight, at a school when one is given."""
    child = people.create_person(
        unit,
        people.NewPerson(
            kind=people.PersonKind.CHILD,
            given_name=given_name,
            family_name=family_name,
            born_on=born_on,
            due_on=due_on,
        ),
    )
    if school is not None:
        clusters.enrol(unit, person_id=child, school_id=school.id, from_on=dt.date(2024, 9, 1))
    return child


def a_service(
    unit: UnitOfWork, agency: Agency, *, cluster: Cluster | None = None, places: int = 6, **changes: object
) -> ServiceId:
    """A service for attendance and parenting at stages 2 and 3, with places in a cluster when one is given."""
    usual: dict[str, object] = {
        "name": "Family support",
        "agency_id": agency.id,
        "needs": ("ATTENDANCE", "PARENTING_SUPPORT"),
        "stages": (2, 3),
        "summary": "A family worker visits at home every week.",
    }
    service_id = add_service(unit, NewService(**(usual | changes)))  # type: ignore[arg-type]
    if cluster is not None:
        set_capacity(unit, service_id, cluster_id=cluster.id, places=places)
    return service_id


def social_care(unit: UnitOfWork, agency: Agency) -> ServiceId:
    """Children's social care, for the whole area."""
    return a_service(
        unit,
        agency,
        name="Children’s social care",
        kind=ReferralKind.SOCIAL_CARE,
        needs=(),
        stages=(4,),
        response_days=1,
    )


def a_contact(unit: UnitOfWork, *children: PersonId, **changes: object) -> ContactId:
    """A school's contact about children, received on Tuesday 3 March 2026 at half past nine."""
    usual: dict[str, object] = {
        "contact_id": ContactId(new_id()),
        "received_at": RECEIVED,
        "source": Source.SCHOOL,
        "source_agency": "Garon Primary School",
        "children": tuple(NamedChild(child) for child in children),
        "what_said": "Leah comes to school late and tired, and Tom has stopped coming.",
        "family_wants": "Somebody to talk to",
        "reasons": (ContactReason.ATTENDANCE,),
        "main_reason": ContactReason.ATTENDANCE,
        "agreement_known": AgreementKnown.AGREED,
        "referrer": Referrer(name="Joan Fletcher", role="Head of year"),
    }
    return create_contact(unit, NewContact(**(usual | changes)))  # type: ignore[arg-type]


def a_decision(contact_id: ContactId, child: PersonId, **changes: object) -> DecideChild:
    """Early help from several services at stage 2, with the family's agreement."""
    usual: dict[str, object] = {
        "contact_id": contact_id,
        "person_id": child,
        "outcome": Outcome.EARLY_HELP_MULTI_AGENCY,
        "reason": "Several needs that have to be met together",
        "stage": 2,
        "need_codes": ("ATTENDANCE",),
        "agreed": True,
    }
    return DecideChild(**(usual | changes))  # type: ignore[arg-type]


def a_referral(unit: UnitOfWork, *children: PersonId, routed: bool = True, **changes: object) -> ReferralId:
    """A referral for attendance at stage 2, routed unless told otherwise."""
    usual: dict[str, object] = {
        "referral_id": ReferralId(new_id()),
        "children": children,
        "need_codes": ("ATTENDANCE",),
        "stage": 2,
        "summary": "Leah is late and tired. Her mother would like help with mornings.",
        "agreement": AgreementBasis.AGREED,
    }
    referral_id = refer(unit, NewReferral(**(usual | changes)))  # type: ignore[arg-type]
    if routed:
        route_referral(unit, referral_id)
    return referral_id


def a_social_care_referral(*children: PersonId, **changes: object) -> NewSocialCareReferral:
    """A referral to social care, not yet sent."""
    usual: dict[str, object] = {
        "referral_id": ReferralId(new_id()),
        "children": children,
        "summary": "Leah has bruises that she cannot explain.",
    }
    return NewSocialCareReferral(**(usual | changes))  # type: ignore[arg-type]
