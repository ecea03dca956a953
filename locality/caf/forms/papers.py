"""Forms of papers: for whom and what, and what was read before it is given."""

import uuid
from collections.abc import Iterable, Sequence

from locality.caf.operations.papers.giving import Give
from locality.caf.operations.papers.preparing import Prepare
from locality.caf.queries.children import ChildRow
from locality.caf.queries.team import RoleRow
from locality.caf.rules.papers import PaperKind
from locality.caf.rules.words import CaseRoleKind
from locality.kernel.ids import EpisodeId, PersonId
from locality.people.api import PersonSummary
from locality.web.fields import Checkbox, Checkboxes, Choice, Radios
from locality.web.form import Form, FormWithId


class PrepareForm(FormWithId):
    """Who a paper is for, and what they get."""

    recipients = Checkboxes(
        "Who is it for?",
        hint="Everybody gets a copy of their own, with what they may know and no more",
        coerce=str,
        required="Select who it is for",
    )
    what = Radios("What do they get?", coerce=str, required="Select what they get")

    def offer(
        self,
        members: Iterable[PersonSummary],
        team: Iterable[RoleRow],
        children: Sequence[ChildRow],
        *,
        caf: str | None,
    ) -> None:
        """Offer the family and the team; ``caf`` is what the assessment is called, None where there is none."""
        born = [Choice(str(one.id), one.name, "Family") for one in members if not one.is_unborn]
        workers = [
            Choice(str(one.id), one.name, ", ".join(part for part in (one.job_title, one.organisation) if part))
            for one in team
            if one.is_open and one.kind is not CaseRoleKind.FAMILY
        ]
        self.recipients.choices = [*born, *workers]
        whole = [Choice(PaperKind.CAF.value, caf, "Everything that was found together")] if caf else []
        plain = PaperKind.CHILD_PLAN.value
        plans = [Choice(f"{plain}:{one.id}", f"{one.called}’s plan, in plain words") for one in children]
        self.what.choices = [*whole, Choice(PaperKind.PLAN.value, "The plan", "Who does what by when"), *plans]

    def to_command(self, episode_id: EpisodeId, *, label: str) -> Prepare:
        """What was chosen."""
        kind, _, child = str(self.what.data).partition(":")
        return Prepare(
            batch_id=self.form_id.data,
            episode_id=episode_id,
            kind=PaperKind(kind),
            recipients=tuple(uuid.UUID(one) for one in self.recipients.data),
            label=label,
            child_id=PersonId(uuid.UUID(child)) if child else None,
        )


class GiveForm(Form):
    """What was read is given; sections may be left out first."""

    leave_out = Checkboxes(
        "Leave anything out?",
        hint="Tick what they should not get. It goes from every copy",
        coerce=str,
    )
    was_read = Checkbox(
        "I have read it. It says nothing that they must not know", required="Read it, then tick this box"
    )

    def offer(self, sections: Iterable[tuple[str, str]]) -> None:
        """Offer the sections by key and title."""
        self.leave_out.choices = [Choice(key, title) for key, title in sections]

    def to_command(self, batch_id: uuid.UUID) -> Give:
        """What was decided."""
        return Give(batch_id, tuple(self.leave_out.data or ()))
