"""Keeping the caseload: what higher rooms push when a family's work changes, and the counts kept beside it.

An entry and its counts change in the caller's transaction, so a page never has to count a growing table.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, text

from locality.access.parts import management_of
from locality.access.scope import elevated
from locality.clusters.models import CaseloadEntry, CaseloadName, CaseloadTally
from locality.clusters.rules import NO_LEAD, CaseFlag
from locality.kernel import direct
from locality.kernel.ids import AccountId, ClusterId, EpisodeId, TeamId
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class CaseNote:
    """All that the caseload shows of one open family. ``stage`` is that of the child who stands highest.

    ``about`` are the children and adults of the episode, for the names' protection; ``next_step`` says what happens
    next without naming anybody; ``shared_with_cluster`` whether the family's agreement covers the cluster team.
    """

    episode_id: EpisodeId
    reference: str
    cluster_id: ClusterId
    family_name: str
    child_names: Sequence[str]
    stage: int
    weight: int
    about: Sequence[uuid.UUID]
    team_id: TeamId | None = None
    lead_account_id: AccountId | None = None
    lead_name: str | None = None
    last_seen_on: dt.date | None = None
    next_review_on: dt.date | None = None
    next_step: str = ""
    flags: Sequence[CaseFlag] = ()
    shared_with_cluster: bool = False


@dataclass(frozen=True, slots=True)
class _Share:
    """What one entry adds to the kept counts, and where."""

    cluster_id: uuid.UUID
    lead_key: uuid.UUID
    stage: int
    lead_name: str | None
    children: int


def note_case(uow: UnitOfWork, note: CaseNote) -> None:
    """Put a family into its cluster's caseload, or bring its entry up to date; takes the whole picture each time."""
    with elevated(uow.session, "the caseload's own entry, which the actor's cluster may not show"):
        before = _locked_share(uow, note.episode_id)
        direct.rows(uow.session, _PUT_ENTRY, _entry_values(note))
        names = {"family_name": note.family_name, "child_names": ", ".join(note.child_names), "about": list(note.about)}
        direct.rows(uow.session, _PUT_NAMES, {"episode_id": note.episode_id, **names})
        after = _Share(note.cluster_id, _lead_key(note), note.stage, _lead_name(note), len(note.child_names))
        if after != before:
            _count(uow, before=before, after=after)


_PUT_ENTRY: Final = """
  INSERT INTO caseload_entry (episode_id, reference, cluster_id, team_id, lead_account_id, lead_name, children, stage,
    last_seen_on, next_review_on, next_step, weight, flags, shared_with_cluster, visible_to)
  VALUES (%(episode_id)s, %(reference)s, %(cluster_id)s, %(team_id)s, %(lead_account_id)s, %(lead_name)s, %(children)s,
    %(stage)s, %(last_seen_on)s, %(next_review_on)s, %(next_step)s, %(weight)s, %(flags)s, %(shared_with_cluster)s,
    %(visible_to)s)
  ON CONFLICT (episode_id) DO UPDATE
  SET reference = excluded.reference, cluster_id = excluded.cluster_id, team_id = excluded.team_id,
    lead_account_id = excluded.lead_account_id, lead_name = excluded.lead_name, children = excluded.children,
    stage = excluded.stage, last_seen_on = excluded.last_seen_on, next_review_on = excluded.next_review_on,
    next_step = excluded.next_step, weight = excluded.weight, flags = excluded.flags,
    shared_with_cluster = excluded.shared_with_cluster, visible_to = excluded.visible_to
"""
_PUT_NAMES: Final = """
  INSERT INTO caseload_name (episode_id, family_name, child_names, about)
  VALUES (%(episode_id)s, %(family_name)s, %(child_names)s, %(about)s)
  ON CONFLICT (episode_id) DO UPDATE
  SET family_name = excluded.family_name, child_names = excluded.child_names, about = excluded.about
"""


def drop_case(uow: UnitOfWork, episode_id: EpisodeId) -> None:
    """Take a family out of the caseload: its episode is closed. Nothing happens when it is not there."""
    with elevated(uow.session, "the caseload's own entry, which the actor's cluster may not show"):
        before = _locked_share(uow, episode_id)
        uow.session.execute(delete(CaseloadName).where(CaseloadName.episode_id == episode_id))
        uow.session.execute(delete(CaseloadEntry).where(CaseloadEntry.episode_id == episode_id))
        _count(uow, before=before, after=None)


def rebuild_caseload_tally(uow: UnitOfWork) -> None:
    """Count the whole caseload anew, in one pass; for after a bulk load. Never within a request."""
    uow.session.flush()
    uow.session.execute(delete(CaseloadTally))
    uow.session.execute(
        text(
            "INSERT INTO caseload_tally (cluster_id, lead_key, stage, lead_name, families, children)"
            " SELECT cluster_id, coalesce(lead_account_id, :no_lead), stage, max(lead_name), count(*), sum(children)"
            " FROM caseload_entry GROUP BY 1, 2, 3"
        ),
        {"no_lead": NO_LEAD},
    )


def visible_to(cluster_id: ClusterId, lead_account_id: AccountId | None) -> list[uuid.UUID]:
    """The principals to whom an entry, without its names, is open: cluster team, cluster management, its lead."""
    principals = [cluster_id, management_of(cluster_id)]
    return [*principals, lead_account_id] if lead_account_id is not None else principals


def _entry_values(note: CaseNote) -> dict[str, object]:
    return {
        "episode_id": note.episode_id, "reference": note.reference, "cluster_id": note.cluster_id,
        "team_id": note.team_id, "lead_account_id": note.lead_account_id, "lead_name": _lead_name(note),
        "children": len(note.child_names), "stage": note.stage, "last_seen_on": note.last_seen_on,
        "next_review_on": note.next_review_on, "next_step": note.next_step, "weight": note.weight,
        "flags": [flag.value for flag in note.flags], "shared_with_cluster": note.shared_with_cluster,
        "visible_to": visible_to(note.cluster_id, note.lead_account_id),
    }  # fmt: skip


def _lead_key(note: CaseNote) -> uuid.UUID:
    return note.lead_account_id or NO_LEAD


def _lead_name(note: CaseNote) -> str | None:
    return note.lead_name if note.lead_account_id is not None else None


def _locked_share(uow: UnitOfWork, episode_id: uuid.UUID) -> _Share | None:
    row = direct.one_or_none(uow.session, _LOCKED_SHARE, {"episode_id": episode_id, "no_lead": NO_LEAD})
    return None if row is None else _Share(*row)


_LOCKED_SHARE: Final = (
    "SELECT cluster_id, coalesce(lead_account_id, %(no_lead)s), stage, lead_name, children"
    " FROM caseload_entry WHERE episode_id = %(episode_id)s FOR UPDATE"
)


def _count(uow: UnitOfWork, *, before: _Share | None, after: _Share | None) -> None:
    changes = [(share, sign) for share, sign in ((before, -1), (after, 1)) if share is not None]
    # One order for all, so that two operations that swap a family's lead cannot wait for each other.
    for share, sign in sorted(changes, key=lambda change: (str(change[0].lead_key), change[0].stage, -change[1])):
        _add(uow, share, sign)


def _add(uow: UnitOfWork, share: _Share, sign: int) -> None:
    values = {
        "cluster_id": share.cluster_id, "lead_key": share.lead_key, "stage": share.stage, "lead_name": share.lead_name,
        "families": sign, "children": sign * share.children,
    }  # fmt: skip
    direct.rows(uow.session, _ADD, values)


_ADD: Final = """
  INSERT INTO caseload_tally AS kept (cluster_id, lead_key, stage, lead_name, families, children)
  VALUES (%(cluster_id)s, %(lead_key)s, %(stage)s, %(lead_name)s, %(families)s, %(children)s)
  ON CONFLICT (cluster_id, lead_key, stage) DO UPDATE
  SET families = kept.families + excluded.families, children = kept.children + excluded.children,
    lead_name = CASE WHEN excluded.families > 0 THEN excluded.lead_name ELSE kept.lead_name END
"""
