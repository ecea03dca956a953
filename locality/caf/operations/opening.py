"""Early help begins: an episode is opened, children are placed, and those who help are let in."""

from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select, update

from locality.access import grants
from locality.access.parts import GrantReason, management_of
from locality.access.scope import elevated
from locality.caf.models import Assessment, CaseRole, Episode, EpisodeChild, EpisodeReferral, Review
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import OpenEpisode
from locality.caf.operations.roles import JUST_WHO, let_see
from locality.caf.operations.telling import tell
from locality.caf.queries.cases import open_episode_of
from locality.caf.rules.words import AssessmentState, EpisodeOrigin, EpisodeState, ReviewState
from locality.clusters import api as clusters
from locality.consent import api as consent
from locality.kernel.errors import NotFound
from locality.kernel.ids import ClusterId, EpisodeId, PersonId, new_id, next_reference
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.stages import api as stages


def open_episode(uow: UnitOfWork, command: OpenEpisode, *, origin: EpisodeOrigin = EpisodeOrigin.REFERRAL) -> EpisodeId:
    """Open an episode, or let the children join the one that is open for their family.

    Places each child on the triangle, lets the cluster's management, the accepting service and (where the family
    agreed) the cluster team in, and notes the caseload and the story. Raises ``NotFound`` for a cluster that is not
    there, ``RuleBroken`` for a stage that does not exist.
    """
    with elevated(uow.session, "opening an episode for a family to whom access is about to be given"):
        present = open_episode_of(uow.session, command.family_id)
        episode_id = present or _insert_episode(uow, command, origin=origin)
        before, newcomers = _join(uow, episode_id, command)
        if newcomers:
            _let_in(uow, episode_id, command, newcomers)
            if not before:
                _introduce_family(uow, episode_id, command)
        _link(uow, episode_id, command, about=[*before, *newcomers])
        for child in newcomers:
            _place(uow, episode_id, command, child)
    tell(
        uow,
        "episode.opened" if present is None else "episode.joined",
        about=command.children,
        record=("episode", episode_id),
        detail={"stage": command.stage, "origin": origin.value},
    )
    keep_caseload(uow, episode_id)
    return episode_id


def _insert_episode(uow: UnitOfWork, command: OpenEpisode, *, origin: EpisodeOrigin) -> EpisodeId:
    cluster = clusters.find_cluster(uow.session, cluster_id=command.cluster_id)
    if cluster is None:
        raise NotFound("There is no such cluster")
    episode_id = EpisodeId(new_id())
    row = {
        "id": episode_id, "reference": next_reference(uow.session, "EH"), "family_id": command.family_id,
        "cluster_id": cluster.id, "locality_id": cluster.locality_id, "origin": origin, "about": [],
        "state": EpisodeState.OPEN, "opened_on": command.opened_on or uow.today, "closed_on": None,
        "next_step": None, "next_step_line": "", "next_step_on": None,
        "created_at": uow.now, "version": 1,
    }  # fmt: skip
    uow.session.execute(insert(Episode), [row])
    return episode_id


def _join(uow: UnitOfWork, episode_id: EpisodeId, command: OpenEpisode) -> tuple[list[PersonId], list[PersonId]]:
    """Add the children who are not in the episode yet; gives back who was in it and who is new."""
    before: list[PersonId] = uow.session.execute(
        select(Episode.about).where(Episode.id == episode_id).with_for_update()
    ).scalar_one()
    newcomers: list[PersonId] = [child for child in dict.fromkeys(command.children) if child not in before]
    if newcomers:
        from_on = command.opened_on or uow.today
        rows = [
            {"episode_id": episode_id, "person_id": child, "from_on": from_on, "until_on": None} for child in newcomers
        ]
        uow.session.execute(insert(EpisodeChild), rows)
        _widen(uow, episode_id, [*before, *newcomers])
        _let_team_in(uow, episode_id, newcomers)
    return before, newcomers


def _widen(uow: UnitOfWork, episode_id: EpisodeId, about: list[PersonId]) -> None:
    """The episode and what is open in it are about these children from now on; what is over stays as it was."""
    changes = (
        update(Episode).where(Episode.id == episode_id).values(about=about, version=Episode.version + 1),
        update(CaseRole).where(CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None)).values(about=about),
        update(Assessment)
        .where(Assessment.episode_id == episode_id, Assessment.state == AssessmentState.DRAFT)
        .values(about=about),
        update(Review).where(Review.episode_id == episode_id, Review.state == ReviewState.PLANNED).values(about=about),
    )
    for change in changes:
        uow.session.execute(change.execution_options(synchronize_session=False))


def _let_team_in(uow: UnitOfWork, episode_id: EpisodeId, newcomers: Sequence[PersonId]) -> None:
    """Those who help the family already see the child who joins."""
    roles = uow.session.execute(
        select(CaseRole.id, CaseRole.account_id, CaseRole.kind).where(
            CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None)
        )
    )
    for role_id, account_id, kind in roles.all():
        if account_id is None:
            continue
        let_see(uow, newcomers, kind=kind, account_id=account_id, role_id=role_id)


def _introduce_family(uow: UnitOfWork, episode_id: EpisodeId, command: OpenEpisode) -> None:
    """Those who manage the help know who belongs to the family; the others' own records stay closed."""
    members = people.family_members(uow.session, command.family_id)
    others = [member.id for member in members if member.id not in command.children]
    principal = management_of(command.cluster_id)
    grants.give(uow, others, principal=principal, reason=GrantReason.MANAGEMENT, record=episode_id, parts=JUST_WHO)


def _let_in(uow: UnitOfWork, episode_id: EpisodeId, command: OpenEpisode, newcomers: Sequence[PersonId]) -> None:
    grants.give(
        uow,
        newcomers,
        principal=management_of(command.cluster_id),
        reason=GrantReason.MANAGEMENT,
        record=episode_id,
    )
    agreement = consent.open_agreement(uow.session, command.children, today=uow.today)
    if agreement is not None and agreement.covers_cluster_team:
        let_cluster_in(uow, episode_id, cluster_id=command.cluster_id, people_in=command.children)


def let_cluster_in(
    uow: UnitOfWork, episode_id: EpisodeId, *, cluster_id: ClusterId, people_in: Iterable[PersonId]
) -> None:
    """Let the cluster team see these children, as far as an agreement to share opens them."""
    grants.give(uow, people_in, principal=cluster_id, reason=GrantReason.CLUSTER_AGREEMENT, record=episode_id)


def _link(uow: UnitOfWork, episode_id: EpisodeId, command: OpenEpisode, *, about: list[PersonId]) -> None:
    """Tie the accepted referral to the episode, and let the service that accepted it in."""
    accepted = command.referral
    if accepted is None:
        return
    row = {
        "referral_id": accepted.referral_id, "episode_id": episode_id, "service_id": accepted.service_id,
        "about": about, "accepted_at": uow.now,
    }  # fmt: skip
    uow.session.execute(insert(EpisodeReferral), [row])
    grants.give(
        uow,
        command.children,
        principal=accepted.service_id,
        reason=GrantReason.RECEIVING_SERVICE,
        record=episode_id,
    )


def _place(uow: UnitOfWork, episode_id: EpisodeId, command: OpenEpisode, child: PersonId) -> None:
    stages.place_child(
        uow,
        stages.PlaceChild(
            person_id=child,
            stage=command.stage,
            cluster_id=command.cluster_id,
            episode_id=episode_id,
            on=command.opened_on,
            why=command.why,
        ),
    )
