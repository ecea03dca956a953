"""Forms of agreement: recording it, taking it back, sharing without it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from locality.consent.operations import Override, Withdraw
from locality.consent.queries import AgencyChoice
from locality.consent.rules import (
    CAPACITIES,
    GROUNDS,
    METHODS,
    PURPOSES,
    RISK_VIEWS,
    SCOPES,
    SHARE_WITH,
    TOPICS,
    Capacity,
    Ground,
    Method,
    Purpose,
    RiskView,
    Scope,
    ShareWith,
    Terms,
    Topic,
)
from locality.kernel.ids import AgencyId, AgreementId, FamilyId, PersonId
from locality.people.api import PersonSummary
from locality.people.api import Topic as StoryTopic
from locality.web.fields import Checkboxes, Choice, DateParts, Radios, Select, TextArea, TextField, YesNo
from locality.web.form import FormWithId
from locality.web.prefill import Prefilled

_AGREED, _REFUSED = "agreed", "refused"


def _choices(words: Mapping[Any, str]) -> tuple[Choice, ...]:
    return tuple(Choice(str(code.value), label) for code, label in words.items())


def _people(members: Iterable[PersonSummary]) -> tuple[Choice, ...]:
    return tuple(Choice(str(member.id), member.name, member.reference) for member in members)


def _agencies(agencies: Iterable[AgencyChoice]) -> tuple[Choice, ...]:
    return tuple(Choice(str(agency.id), agency.name) for agency in agencies)


def _ids(values: Iterable[str]) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(value) for value in values)


class AgreementForm(Prefilled, FormWithId):
    """What somebody agreed to, or refused, for members of a family."""

    keeps_draft = True
    topics = {"interpreter": StoryTopic.INTERPRETER}  # noqa: RUF012

    answer = Radios(
        "Did they agree?",
        choices=(Choice(_AGREED, "Yes, to some or all of it"), Choice(_REFUSED, "No")),
        required="Select whether they agreed",
    )
    given_by = Radios("Who gave the answer?", coerce=str, required="Select who gave the answer")
    capacity = Radios(
        "In what capacity?", choices=_choices(CAPACITIES), coerce=Capacity, required="Select in what capacity"
    )
    capacity_words = TextField("Which court and order, or what other capacity", max_length=300)
    gillick_assessed_by = TextField("Who judged that the young person can decide this", max_length=200)
    gillick_reasons = TextArea(
        "Why the young person can decide this",
        hint="What they understand of the purpose, what follows from it, the risks and what else could be done. "
        "It is judged for this decision and this time, never by age alone.",
        max_length=2_000,
    )
    people = Checkboxes("Whom is it about?", coerce=str, required="Select the people whom the agreement is about")
    purposes = Checkboxes("What did they agree to?", choices=_choices(PURPOSES), coerce=Purpose)
    share_with = Radios("Who may be told?", choices=_choices(SHARE_WITH), coerce=ShareWith)
    agencies_in = Checkboxes("Agencies that may be told", coerce=str)
    agencies_out = Checkboxes("Agencies that must not be told", coerce=str)
    agencies_out_words = TextField(
        "Anybody else who must not be told", max_length=300, hint="In their words, like “nobody at Dad’s work”"
    )
    topics_out = Checkboxes("Topics to keep out of what is shared", choices=_choices(TOPICS), coerce=Topic)
    cluster_team = YesNo("May the cluster team see the family’s plan when it meets?", called="The cluster team")
    explained_how = TextArea(
        "How did you explain it?",
        hint="Words, pictures, symbols, a leaflet; and the three exceptions: a child at risk, an adult at risk, "
        "serious crime",
        max_length=2_000,
        rows=3,
    )
    interpreter = TextField("Interpreter or signer, if there was one", max_length=200)
    method = Radios("How did they agree?", choices=_choices(METHODS), coerce=Method)
    refusal_reason = TextArea("If they did not agree: why, in their words", max_length=2_000, rows=3)
    signed_on = DateParts("Date of the answer", required="Enter the date of the answer")
    review_due_on = DateParts("When will you go over it again?", called="The date", hint="Within a year")

    def offer(self, members: Sequence[PersonSummary], agencies: Sequence[AgencyChoice]) -> None:
        """Offer the members of the family and the agencies there are."""
        self.given_by.choices = self.people.choices = _people(members)
        self.agencies_in.choices = self.agencies_out.choices = _agencies(agencies)

    def to_terms(self) -> Terms:
        """What was agreed or refused."""
        refused = self.answer.data == _REFUSED
        return Terms(
            people=tuple(PersonId(uuid.UUID(value)) for value in self.people.data),
            given_by=uuid.UUID(self.given_by.data),
            capacity=self.capacity.data,
            capacity_words=self.capacity_words.data,
            gillick_assessed_by=self.gillick_assessed_by.data,
            gillick_reasons=self.gillick_reasons.data,
            refused=refused,
            refusal_reason=self.refusal_reason.data if refused else "",
            purposes=frozenset() if refused else frozenset(self.purposes.data),
            share_with=ShareWith.NOBODY if refused else self.share_with.data or ShareWith.HELPING,
            agencies_in=_ids(self.agencies_in.data),
            agencies_out=_ids(self.agencies_out.data),
            agencies_out_words=self.agencies_out_words.data,
            topics_out=frozenset(self.topics_out.data),
            cluster_team=bool(self.cluster_team.data) and not refused,
            explained_how=self.explained_how.data,
            interpreter=self.interpreter.data,
            method=None if refused else self.method.data,
            signed_on=self.signed_on.data,
            review_due_on=self.review_due_on.data,
        )

    @property
    def agreement_id(self) -> AgreementId:
        """The new agreement's id."""
        return AgreementId(self.form_id.data)


class WithdrawForm(FormWithId):
    """What is taken back, by whom and why, and what will happen without help."""

    keeps_draft = True

    scope = Radios("What is withdrawn?", choices=_choices(SCOPES), coerce=Scope, required="Select what is withdrawn")
    agency = Select("Which agency?", coerce=uuid.UUID, blank="Not about one agency")
    topic = Select("Which topic?", choices=_choices(TOPICS), coerce=Topic, blank="Not about one topic")
    withdrawn_by = Radios("Who withdraws it?", coerce=str, required="Select who withdraws it")
    reason = TextArea("Why, in their words if you can", max_length=2_000, rows=3, required="Enter why")
    withdrawn_on = DateParts("When?", called="The date", required="Enter when it was withdrawn")
    risk = Radios(
        "What do you think will happen without this?",
        choices=_choices(RISK_VIEWS),
        coerce=RiskView,
        required="Select what you think will happen",
    )
    risk_words = TextArea("What makes you think so", max_length=2_000, rows=3)

    def offer(self, members: Sequence[PersonSummary], agencies: Sequence[AgencyChoice]) -> None:
        """Offer the members of the family and the agencies there are."""
        self.withdrawn_by.choices = _people(members)
        self.agency.choices = _agencies(agencies)

    def to_command(self, agreement_id: AgreementId) -> Withdraw:
        """What is taken back."""
        agency = self.agency.data if self.scope.data is Scope.AGENCY else None
        return Withdraw(
            id=self.form_id.data,
            agreement_id=agreement_id,
            scope=self.scope.data,
            withdrawn_by=PersonId(uuid.UUID(self.withdrawn_by.data)),
            reason=self.reason.data,
            withdrawn_on=self.withdrawn_on.data,
            risk=self.risk.data,
            risk_words=self.risk_words.data,
            agency_id=AgencyId(agency) if agency else None,
            topic=self.topic.data if self.scope.data is Scope.TOPIC else None,
        )


class OverrideForm(FormWithId):
    """A decision to share without agreement."""

    keeps_draft = True

    people = Checkboxes("Whom is the information about?", coerce=str, required="Select whom the information is about")
    ground = Radios(
        "Why share without agreement?", choices=_choices(GROUNDS), coerce=Ground, required="Select why you share it"
    )
    what = TextArea("What was shared?", max_length=2_000, rows=4)
    to_whom = TextField("To whom?", max_length=200, hint="Name, agency and how they were reached")
    manager_consulted = TextField("Which manager did you ask?", max_length=200, hint="Or why there was no time to ask")
    family_told = YesNo("Was the family told?", required="Select whether the family was told")
    why_not_told = TextArea(
        "If not, why not?", max_length=1_000, rows=3, hint="For instance because telling them would put a child at risk"
    )

    def offer(self, members: Sequence[PersonSummary]) -> None:
        """Offer the members of the family."""
        self.people.choices = _people(members)

    def to_command(self, family_id: FamilyId) -> Override:
        """The decision."""
        return Override(
            id=self.form_id.data,
            family_id=family_id,
            people=tuple(PersonId(uuid.UUID(value)) for value in self.people.data),
            ground=self.ground.data,
            what=self.what.data,
            to_whom=self.to_whom.data,
            manager_consulted=self.manager_consulted.data,
            family_told=self.family_told.data,
            why_not_told=self.why_not_told.data,
        )
