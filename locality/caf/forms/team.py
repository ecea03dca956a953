"""Forms for who does what in an episode."""

import uuid
from collections.abc import Iterable

from locality.caf.operations.commands import AddTeamMember, WithoutAgreement
from locality.caf.operations.commands_team import AnswerLead, AskToLead
from locality.caf.rules.words import CASE_ROLE_LABELS, TEAM_ROLES, CaseRoleKind
from locality.clusters import api as clusters
from locality.consent import api as consent
from locality.kernel.ids import AccountId, EpisodeId, PersonId
from locality.people import api as people
from locality.web.fields import Choice, Radios, Select, TextArea, TextField, YesNo
from locality.web.form import Form, FormWithId

_ONE_LINE = 300


def worker_choices(workers: Iterable[clusters.WorkerRow]) -> list[Choice]:
    """Workers to choose from, grouped by their employer."""
    return [
        Choice(str(worker.account_id), f"{worker.name}, {worker.job_title}", group=worker.employer_name)
        for worker in sorted(workers, key=lambda worker: (worker.employer_name, worker.name))
    ]


class LeadForm(FormWithId):
    """Naming a lead professional, or asking somebody to take over."""

    keeps_draft = True

    account_id = Select(
        "Who will be the lead professional?",
        hint="Ask the child and the parents whom they want",
        required="Select a worker",
        called="The worker",
        coerce=uuid.UUID,
    )
    reason = TextArea("Why?", hint="Needed when somebody else leads now", called="The reason", max_length=2_000, rows=3)

    def to_command(self, episode_id: EpisodeId) -> AskToLead:
        """The question as typed."""
        return AskToLead(self.form_id.data, episode_id, AccountId(self.account_id.data), self.reason.data or "")


class AnswerLeadForm(Form):
    """Whether one will lead."""

    keeps_draft = True

    accepts = YesNo(
        "Will you be the lead professional?",
        required="Select yes or no",
        yes="Yes, from today",
        no="No",
        called="Your answer",
    )
    answer = TextArea(
        "If not: why not?",
        hint="So that somebody else can be found. A full caseload is for you and your manager to talk about first",
        called="Why not",
        max_length=2_000,
        rows=3,
    )

    def to_command(self, request_id: uuid.UUID) -> AnswerLead:
        """The answer as given."""
        return AnswerLead(request_id, bool(self.accepts.data), self.answer.data or "")


class MemberForm(FormWithId):
    """Somebody joins the team: a worker, a member of the family, or somebody named only."""

    keeps_draft = True

    account_id = Select("A worker", blank="Nobody from this list", coerce=uuid.UUID)
    person_id = Select("Or somebody of the family", blank="Nobody from this list", coerce=uuid.UUID)
    name = TextField("Or the name of somebody else", max_length=_ONE_LINE, called="The name")
    job_title = TextField("Their job, or who they are to the family", max_length=_ONE_LINE, called="Their job")
    organisation = TextField("Their organisation", max_length=_ONE_LINE)
    contact_details = TextField("How to reach them", max_length=_ONE_LINE)
    kind = Radios(
        "What will they do?",
        hint="Family members belong to the team as they are: leave this empty for them",
        choices=[Choice(kind.value, CASE_ROLE_LABELS[kind]) for kind in TEAM_ROLES],
        coerce=CaseRoleKind,
        called="What they will do",
    )
    ground = Select(
        "Why do you share without the family’s agreement?",
        blank="The family agrees",
        choices=[Choice(ground.value, label) for ground, label in consent.GROUNDS.items()],
        coerce=consent.Ground,
        called="Why you share without agreement",
    )
    manager_consulted = TextField("Which manager did you ask?", max_length=200, hint="Or why there was no time to ask")
    family_told = YesNo("Was the family told?", called="Whether the family was told")
    why_not_told = TextArea("If not, why not?", called="Why not", max_length=1_000, rows=2)

    def offer(self, workers: Iterable[clusters.WorkerRow], members: Iterable[people.PersonSummary]) -> None:
        """Say which workers and which members of the family there are."""
        self.account_id.choices = worker_choices(workers)
        self.person_id.choices = [Choice(str(member.id), member.name) for member in members]

    def to_command(self, episode_id: EpisodeId) -> AddTeamMember:
        """The newcomer as typed; a worker chosen counts before a member of the family, and that before a name."""
        account_id, person_id = self.account_id.data, self.person_id.data
        is_family = account_id is None and person_id is not None
        return AddTeamMember(
            role_id=self.form_id.data,
            episode_id=episode_id,
            kind=CaseRoleKind.FAMILY if is_family else self.kind.data or CaseRoleKind.TEAM_MEMBER,
            name=self.name.data or "",
            account_id=None if account_id is None else AccountId(account_id),
            person_id=PersonId(person_id) if is_family else None,
            job_title=self.job_title.data or "",
            organisation=self.organisation.data or "",
            contact_details=self.contact_details.data or "",
            without=self._without(),
        )

    def _without(self) -> WithoutAgreement | None:
        if self.ground.data is None:
            return None
        return WithoutAgreement(
            ground=self.ground.data,
            manager_consulted=self.manager_consulted.data or "",
            family_told=bool(self.family_told.data),
            why_not_told=self.why_not_told.data or "",
        )


class EndRoleForm(Form):
    """Somebody leaves the team."""

    keeps_draft = True

    reason = TextArea(
        "Why do they leave?", required="Enter why they leave", called="The reason", max_length=2_000, rows=3
    )
