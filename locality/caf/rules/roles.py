"""Who may take on a role in an episode, and what has to be said when it changes hands."""

from collections.abc import Sequence
from dataclasses import dataclass

from locality.caf.rules.words import TEAM_ROLES, CaseRoleKind
from locality.kernel.errors import Reason


@dataclass(frozen=True, slots=True)
class NewRole:
    """A person who is about to join the team."""

    kind: CaseRoleKind
    name: str
    job_title: str = ""
    organisation: str = ""


def reasons_against_lead(*, reason: str, is_change: bool, is_same: bool) -> tuple[Reason, ...]:
    """Why somebody cannot become lead professional; a change is recorded with its reason, a first naming may be."""
    if is_same:
        return (Reason("account_id", "This worker is the lead professional already"),)
    if is_change and not reason:
        return (Reason("reason", "Enter why the lead professional changes"),)
    return ()


def reasons_against_sharing(agency: str, children: Sequence[str], *, left_out: bool) -> tuple[Reason, ...]:
    """Why a worker cannot join by agreement, who can mend that and what else there is; ``children`` lack agreement."""
    if not children:
        return ()
    names = list(children)
    of_whom = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    why = (
        f"The family does not want {agency} to be told about {of_whom}."
        if left_out
        else f"The family has not agreed that {agency} is told about {of_whom}."
    )
    return (
        Reason(
            "account_id",
            f"{why} Ask them first: whoever leads or helps can record their agreement. If somebody is at risk, say"
            " below why you share without it",
        ),
    )


def reasons_against_member(role: NewRole, *, already: bool) -> tuple[Reason, ...]:
    """Why somebody cannot join the team like this."""
    if already:
        return (Reason("name", f"{role.name} is in the team already"),)
    if not role.name:
        return (Reason("name", "Enter a name, or select a worker or family member"),)
    if role.kind not in (*TEAM_ROLES, CaseRoleKind.FAMILY):
        return (Reason("kind", "Select what they do in the team"),)
    return ()
