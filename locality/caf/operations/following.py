"""What the CAF room does, in the same transaction, when other rooms tell it that something happened."""

import uuid
from collections.abc import Collection, Sequence
from functools import partial

from sqlalchemy import select

from locality.access import grants
from locality.access.parts import GrantReason
from locality.access.scope import elevated
from locality.caf.models import Episode
from locality.caf.operations.auditing import end_invitations
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import AcceptedFrom, AddTeamMember, NameLead, OpenEpisode
from locality.caf.operations.membership import end_by_agreement, join_by_move
from locality.caf.operations.opening import let_cluster_in, open_episode
from locality.caf.operations.placing import cluster_for, family_for
from locality.caf.operations.roles import is_in_team, name_lead
from locality.caf.queries.agreement import Sharing, sharing_of
from locality.caf.queries.cases import open_episode_about, with_children
from locality.caf.queries.moves import said_for
from locality.caf.rules.words import CaseRoleKind
from locality.clusters import api as clusters
from locality.consent import api as consent
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import AccountId, ClusterId, EpisodeId, FamilyId, PersonId, ReferralId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals import api as referrals
from locality.stages import api as stages

_USUAL_STAGE = 2
_SOCIAL_CARE_STAGE = 4


def when_accepted(uow: UnitOfWork, accepted: referrals.AcceptedReferral) -> None:
    """A service accepted a referral for early help: the episode begins with the acceptance.

    Raises ``RuleBroken`` when no cluster is known, in words that say what to record.
    """
    if accepted.kind is not referrals.ReferralKind.EARLY_HELP:
        return
    with elevated(uow.session, "the family of referred children, to open their episode"):
        family_id = accepted.family_id or family_for(uow, accepted.children)
        cluster_id = accepted.cluster_id or _cluster_of(uow, accepted.children)
    open_episode(
        uow,
        OpenEpisode(
            family_id=family_id,
            children=accepted.children,
            stage=accepted.stage or _USUAL_STAGE,
            cluster_id=cluster_id,
            why=f"{accepted.service_name} accepted referral {accepted.reference}",
            referral=AcceptedFrom(accepted.referral_id, accepted.service_id),
        ),
    )


def when_moved(uow: UnitOfWork, moved: stages.Moved) -> None:
    """A child moved on the triangle: the caseload follows, and whoever took the child over takes part.

    A move up to stage 4 that was accepted makes the referral to social care. A child's first place is part of opening
    an episode, which sees to the caseload itself.
    """
    if moved.direction is stages.Direction.ENTER:
        return
    with elevated(uow.session, "the open episode of a child who moved"):
        episode_id = open_episode_about(uow.session, moved.person_id)
        if episode_id is None:
            return
        if moved.direction is stages.Direction.UP and moved.stage == _SOCIAL_CARE_STAGE:
            _refer_up(uow, moved, episode_id)
        _hand_over(uow, moved, episode_id)
    keep_caseload(uow, episode_id)


def when_agreed(uow: UnitOfWork, agreed: consent.Agreed) -> None:
    """An agreement or a refusal was recorded: who helps sees what it covers, and nobody sees more.

    The cluster team comes in where it may. Workers and services whose agency it leaves out, or everybody whose access
    rests on agreement when none is left, go.
    """
    said = frozenset(agreed.terms.people)
    for episode_id, cluster_id, about in _open_episodes(uow, agreed.terms.people):
        _set_cluster_access(uow, episode_id, cluster_id=cluster_id, about=about)
        keep_caseload(uow, episode_id)
        with elevated(uow.session, "agreements in force, to set the team's access by them"):
            sharing = sharing_of(uow.session, episode_id, about, today=uow.today)
        end_by_agreement(
            uow,
            episode_id,
            out_of=partial(_not_covered, said, sharing),
            why="The family does not agree that their agency is told",
        )
        end_invitations(uow, episode_id, about, sharing=sharing)


def when_withdrawn(uow: UnitOfWork, withdrawn: consent.Withdrawn) -> None:
    """An agreement was withdrawn: what rested on it ends at once, and the case says what is missing.

    Taking all of it back ends the parts of the whole team but those who lead and supervise, and of services that
    accepted a referral; taking one agency back those of its workers and services. Whoever leads stays until the help
    is closed, to bring it to its end with the family.
    """
    for episode_id, cluster_id, about in _open_episodes(uow, withdrawn.people):
        _set_cluster_access(uow, episode_id, cluster_id=cluster_id, about=about)
        keep_caseload(uow, episode_id)
        end_by_agreement(
            uow, episode_id, out_of=partial(_taken_back, withdrawn), why="The family’s agreement was withdrawn"
        )
        with elevated(uow.session, "agreements still in force, for those who read an assessment by them"):
            sharing = sharing_of(uow.session, episode_id, about, today=uow.today)
        end_invitations(uow, episode_id, about, sharing=sharing)


def _not_covered(said: frozenset[PersonId], sharing: Sharing, agencies: Collection[uuid.UUID]) -> frozenset[PersonId]:
    return said - sharing.covered(agencies)


def _taken_back(withdrawn: consent.Withdrawn, agencies: Collection[uuid.UUID]) -> frozenset[PersonId]:
    whole = withdrawn.scope is consent.Scope.WHOLE
    theirs = withdrawn.scope is consent.Scope.AGENCY and withdrawn.agency_id in agencies
    return frozenset(withdrawn.people) if whole or theirs else frozenset()


def _set_cluster_access(
    uow: UnitOfWork, episode_id: EpisodeId, *, cluster_id: ClusterId, about: list[PersonId]
) -> None:
    """Give the cluster team exactly what agreements in force cover."""
    grants.end(uow, record=episode_id, principal=cluster_id, reason=GrantReason.CLUSTER_AGREEMENT)
    with elevated(uow.session, "agreements in force, to set the cluster team's access by them"):
        found = consent.open_agreements(uow.session, about, today=uow.today)
    covered = {person for one in found if one.covers_cluster_team for person in one.terms.people}
    if covered & set(about):
        let_cluster_in(uow, episode_id, cluster_id=cluster_id, people_in=[child for child in about if child in covered])


def _open_episodes(uow: UnitOfWork, people_in: Sequence[PersonId]) -> list[tuple[EpisodeId, ClusterId, list[PersonId]]]:
    """The open episodes about any of these people, of whichever of their families."""
    with elevated(uow.session, "the open episodes of people whose agreement changed"):
        rows = uow.session.execute(
            select(Episode.id, Episode.cluster_id, Episode.about).where(
                Episode.id.in_(with_children(people_in)), Episode.closed_on.is_(None)
            )
        ).all()
    return [(EpisodeId(row.id), ClusterId(row.cluster_id), list(row.about)) for row in rows]


def _cluster_of(uow: UnitOfWork, children: tuple[PersonId, ...]) -> ClusterId:
    cluster_id, how = cluster_for(uow, children)
    if cluster_id is None:
        raise RuleBroken([Reason(None, f"{how} Record the school or the home postcode, then accept")])
    return cluster_id


def _refer_up(uow: UnitOfWork, moved: stages.Moved, episode_id: EpisodeId) -> None:
    said = said_for(uow.session, moved.move_id)
    agreed = said.parents is stages.Agreement.AGREED
    family_id = uow.session.scalar(select(Episode.family_id).where(Episode.id == episode_id))
    referrals.refer_to_social_care(
        uow,
        referrals.NewSocialCareReferral(
            referral_id=ReferralId(moved.move_id),
            children=(moved.person_id,),
            summary=said.evidence or "Early help steps this child up to social care",
            agreement=referrals.AgreementBasis.AGREED if agreed else referrals.AgreementBasis.SHARED_WITHOUT,
            ground=None if agreed else referrals.ShareGround.CHILD_AT_RISK,
            sharing=referrals.Sharing(
                # Parents who said no know of it.
                family_told=said.parents is stages.Agreement.NOT_AGREED,
                why_not_told=said.parents_why,
            ),
            source=referrals.Source.EARLY_HELP,
            family_id=None if family_id is None else FamilyId(family_id),
        ),
    )


def _hand_over(uow: UnitOfWork, moved: stages.Moved, episode_id: EpisodeId) -> None:
    """Who accepted a step-down leads when the whole episode moved to them; any other receiver joins the team."""
    if moved.receiver_id is None:
        return
    worker = clusters.find_worker(uow.session, AccountId(moved.receiver_id))
    if worker is None:
        return
    about = uow.session.execute(select(Episode.about).where(Episode.id == episode_id)).scalar_one()
    standing = stages.current_stages(uow.session, about)
    whole = all(now.stage <= (moved.stage or now.stage) for now in standing.values())
    if whole and moved.direction is stages.Direction.DOWN:
        try:
            name_lead(uow, NameLead(episode_id, worker.account_id, "Accepted the step-down"))
        except RuleBroken:
            return
    elif not is_in_team(uow, episode_id, worker.account_id):
        join_by_move(
            uow,
            AddTeamMember(
                role_id=new_id(),
                episode_id=episode_id,
                kind=CaseRoleKind.ALLOCATED_WORKER,
                account_id=worker.account_id,
            ),
        )
