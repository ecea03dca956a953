"""What can be asked of the front door: one frozen command for each verb that takes more than an id."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from locality.kernel.ids import (
    AccountId,
    AgencyId,
    ClusterId,
    ContactId,
    FamilyId,
    PersonId,
    ReferralId,
    ServiceId,
    TeamId,
    new_id,
)
from locality.people.api import Told, Topic
from locality.referrals.rules.codes import (
    AgreementBasis,
    AgreementKnown,
    AreaKind,
    ContactReason,
    Outcome,
    ReferralKind,
    ShareGround,
    Source,
    Urgency,
)
from locality.referrals.rules.directory import Access, Day
from locality.referrals.rules.wishes import NO_WISHES, Wishes


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who got in touch. ``keep_private``: the family must not learn who.

    ``safe_contact``: how and when they are reached without danger; ``sharing``: whom they agree that we talk to.
    """

    name: str
    role: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    keep_private: bool = False
    wants_feedback: bool = True
    safe_contact: str = ""
    sharing: str = ""


@dataclass(frozen=True, slots=True)
class NamedChild:
    """A child named in a contact; the person exists by now. ``known_before``: we knew them already."""

    person_id: PersonId
    known_before: bool = False


@dataclass(frozen=True, slots=True)
class NewContact:
    """An approach about one or more children. ``contact_id`` is made by the form: it inserts once.

    ``shown``: the known line that stood in the field of what was said or wanted, by topic, when the form was opened.
    ``known_told``: what was known, as it was confirmed or put right, each with the line that stood there.
    ``answers_told``: whoever records it tells the story itself, answer by answer, so that the account is not told too.
    """

    contact_id: ContactId
    received_at: dt.datetime
    source: Source
    children: tuple[NamedChild, ...]
    what_said: str
    reasons: tuple[ContactReason, ...] = ()
    main_reason: ContactReason | None = None
    family_wants: str = ""
    source_agency: str | None = None
    agreement_known: AgreementKnown = AgreementKnown.UNKNOWN
    safeguarding_concern: bool = False
    immediate_danger: bool = False
    referrer: Referrer | None = None
    shown: Mapping[Topic, uuid.UUID] = field(default_factory=dict)
    known_told: tuple[Told, ...] = ()
    answers_told: bool = False


@dataclass(frozen=True, slots=True)
class DecideChild:
    """A named officer's decision for one child of a contact. ``decision_id`` is made by the form: it decides once."""

    contact_id: ContactId
    person_id: PersonId
    outcome: Outcome
    reason: str
    stage: int | None = None
    need_codes: tuple[str, ...] = ()
    agreed: bool = False
    ground: ShareGround | None = None
    family_told: bool | None = None
    urgency: Urgency = Urgency.ROUTINE
    summary: str = ""
    manager_consulted: str = ""
    why_not_told: str = ""
    shared_with: str = ""
    wishes: Wishes = NO_WISHES
    decision_id: uuid.UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class AskPartner:
    """A question to a partner agency about one child. ``enquiry_id`` is made by the form: it asks once."""

    contact_id: ContactId
    person_id: PersonId
    agency_id: AgencyId
    question: str
    enquiry_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class RecordReply:
    """What a partner answered. ``told_by`` is the person there; ``is_known_there`` whether they know the child."""

    contact_id: ContactId
    enquiry_id: uuid.UUID
    is_known_there: bool
    note: str = ""
    told_by: str = ""


@dataclass(frozen=True, slots=True)
class WriteNote:
    """What somebody told the hub about one child. ``note_id`` is made by the form: it is kept once."""

    contact_id: ContactId
    person_id: PersonId
    told_by: str
    note: str
    note_id: uuid.UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Another officer's second look at the decision for one child. ``look_id`` is made by the form: it is kept once."""

    contact_id: ContactId
    person_id: PersonId
    agrees: bool
    note: str = ""
    look_id: uuid.UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a decision to share without agreement was made; asked for early help, never for social care."""

    manager_consulted: str = ""
    family_told: bool = False
    why_not_told: str = ""


@dataclass(frozen=True, slots=True)
class AgreementNow:
    """What a family says to a referral today, or on what ground it travels without that."""

    basis: AgreementBasis = AgreementBasis.NONE
    ground: ShareGround | None = None
    sharing: Sharing = Sharing()


@dataclass(frozen=True, slots=True)
class NewReferral:
    """A request for early help. ``summary`` is what the family agreed may travel to the service.

    ``sharing`` says how it was decided, where it travels without agreement.
    """

    referral_id: ReferralId
    children: tuple[PersonId, ...]
    need_codes: tuple[str, ...]
    stage: int
    summary: str
    agreement: AgreementBasis
    ground: ShareGround | None = None
    urgency: Urgency = Urgency.ROUTINE
    source: Source = Source.EARLY_HELP
    contact_id: ContactId | None = None
    family_id: FamilyId | None = None
    immediate_danger: bool = False
    sharing: Sharing = Sharing()
    wishes: Wishes = NO_WISHES


@dataclass(frozen=True, slots=True)
class NewSocialCareReferral:
    """A referral to children's social care; nothing but a reason may hold it up."""

    referral_id: ReferralId
    children: tuple[PersonId, ...]
    summary: str
    need_codes: tuple[str, ...] = ()
    agreement: AgreementBasis = AgreementBasis.SHARED_WITHOUT
    ground: ShareGround | None = ShareGround.CHILD_AT_RISK
    source: Source = Source.EARLY_HELP
    contact_id: ContactId | None = None
    family_id: FamilyId | None = None
    immediate_danger: bool = False
    sharing: Sharing = Sharing()


@dataclass(frozen=True, slots=True)
class ChangeReferral:
    """What a sent referral shall ask for from now on, and why; ``version`` is the one that its sender was shown."""

    referral_id: ReferralId
    need_codes: tuple[str, ...]
    stage: int | None
    summary: str
    urgency: Urgency
    why: str
    version: int


@dataclass(frozen=True, slots=True)
class AcceptedReferral:
    """What a higher room learns when a service accepts a referral for early help."""

    referral_id: ReferralId
    reference: str
    kind: ReferralKind
    service_id: ServiceId
    service_name: str
    agency_id: AgencyId
    team_id: TeamId | None
    children: tuple[PersonId, ...]
    family_id: FamilyId | None
    cluster_id: ClusterId | None
    stage: int | None
    need_codes: tuple[str, ...]
    summary: str
    agreement: AgreementBasis
    accepted_by: AccountId | None
    accepted_by_name: str
    accepted_at: dt.datetime


@dataclass(frozen=True, slots=True)
class NewService:
    """A service as the directory lists it. Ages in whole years, both included; no cost means that it is free."""

    name: str
    agency_id: AgencyId
    needs: tuple[str, ...]
    stages: tuple[int, ...]
    team_id: TeamId | None = None
    kind: ReferralKind = ReferralKind.EARLY_HELP
    summary: str = ""
    eligibility: str = ""
    eligible_needs: tuple[str, ...] = ()
    min_age: int = 0
    max_age: int = 18
    takes_unborn: bool = False
    area_kind: AreaKind = AreaKind.AUTHORITY
    area_id: uuid.UUID | None = None
    has_waiting_list: bool = True
    response_days: int = 5
    languages: tuple[str, ...] = ()
    days: tuple[Day, ...] = ()
    access: tuple[Access, ...] = ()
    hours: str = ""
    venue: str = ""
    address: str = ""
    town: str = ""
    postcode: str = ""
    cost: str = ""
    how_to_refer: str = ""
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""
    opens_on: dt.date | None = None
    service_id: ServiceId | None = None


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """One row of another system's list of contacts: one child, a date and a source.

    ``external_key`` names the row: a second import of the same key changes nothing.
    """

    external_key: str
    person_id: PersonId
    received_on: dt.date
    source: Source


@dataclass(frozen=True, slots=True)
class ImportedReferral:
    """One row of another system's list of referrals to social care: one child, a date, an outcome."""

    external_key: str
    person_id: PersonId
    referred_on: dt.date
    source: Source
    no_further_action: bool
    allocated_team: str
    allocated_worker: str
    family_id: FamilyId | None = None
    cluster_id: ClusterId | None = None
    need_codes: tuple[str, ...] = field(default=())
