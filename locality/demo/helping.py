"""What the CAF room would have written of an episode: opened, led, agreed, assessed, planned, reviewed, closed."""

import uuid
from dataclasses import dataclass, field
from functools import cache

from locality.access.parts import GrantReason, management_of
from locality.demo import days
from locality.demo.batch import NULL, array
from locality.demo.chance import between, one_of
from locality.demo.families import Person
from locality.demo.ledger import Ledger
from locality.demo.referral import Referral
from locality.demo.script import Script
from locality.demo.teller import Agreed, Teller
from locality.demo.world import Cluster, Worker, World

_SHARE_OF_THE_NAMED_LEAD = 0.2  # of the families of one cluster: about what one worker can hold, and no others
CASE_ROLES = {"team_member": "team member", "volunteer": "volunteer", "family": "family member",
              "allocated_worker": "allocated worker"}  # fmt: skip


@dataclass(slots=True)
class Role:
    """Somebody's part in an episode; ``worker`` None for a family member or somebody only named."""

    id: str
    kind: str
    name: str
    job_title: str
    organisation: str
    from_on: int
    worker: Worker | None = None
    person: Person | None = None
    until_on: int | None = None


@dataclass(slots=True)
class Sight:
    """Whom a principal sees because of an episode, from an instant; ``ended`` says on which day and when it closed."""

    people: list[Person]
    principal: str
    reason: GrantReason
    record: str
    since: str
    just_who: bool = False
    ended: tuple[int, str] | None = None


@dataclass(slots=True)
class Episode:
    """An episode as it goes."""

    id: str
    reference: str
    referral: Referral
    children: list[Person]
    cluster: Cluster
    opened: int
    minute: int
    opener: Worker
    stage: int
    about: str  # the children, as rows name them
    lead: Role | None = None
    team: list[Role] = field(default_factory=list)
    draft_answers: int | None = None
    completed_on: int | None = None
    actions: int = 0
    open_actions: list[tuple[str, str]] = field(default_factory=list)
    last_voice: int | None = None
    voices: list[tuple[str, str, int]] = field(default_factory=list)  # record, child and day of each
    unheard: dict[str, tuple[Person, int]] = field(default_factory=dict)  # and the day of the next try
    last_review: int | None = None
    planned_review: int | None = None
    closed_on: int | None = None
    seen: list[Sight] = field(default_factory=list)

    @property
    def worker(self) -> Worker:
        """Who writes: the lead professional, or whoever opened it."""
        return self.lead.worker if self.lead and self.lead.worker else self.opener


def open_episode(t: Teller, referral: Referral, ledgers: dict[str, Ledger]) -> Episode:
    """The service accepted: early help begins."""
    opener = referral.worker or t.officer()
    episode = Episode(
        id=t.id(),
        reference=t.batch.reference("EH"),
        referral=referral,
        children=list(referral.children),
        cluster=referral.cluster,
        opened=referral.day,
        minute=referral.minute,
        opener=opener,
        stage=referral.decision.stage or 2,
        about=array(child.id for child in referral.children),
    )
    at = (episode.opened, episode.minute)
    service = referral.service
    why = f"{service.name} accepted the referral" if service else "The referral was accepted"
    for child in episode.children:
        t.add("episode_child", episode.id, child.id, days.text(episode.opened), NULL)
        ledger = ledgers.setdefault(child.id, Ledger(child))
        ledger.episode_id = episode.id
        if ledger.stage is None:
            ledger.enter(t, episode.stage, episode.cluster, at, opener, why)
    line = f"Early help began at stage {episode.stage}"
    tell(t, episode, at, "plan", line, ("episode", episode.id), by=opener)
    stamp = days.stamp(*at)
    management = management_of_cluster(episode.cluster.id)
    _let_see(t, episode, management, GrantReason.MANAGEMENT, record=episode.id, since=stamp)
    if service is not None:
        t.add("episode_referral", referral.id, episode.id, service.id, episode.about, stamp)
        children = list(episode.children)
        episode.seen.append(Sight(children, service.id, GrantReason.RECEIVING_SERVICE, episode.id, stamp))
    if t.agreement is not None:
        agreed(t, episode, t.agreement, stamp)
    return episode


def agreed(t: Teller, episode: Episode, agreement: Agreed | None, stamp: str) -> None:
    """An agreement is in force for the episode (or none any more): the cluster team sees what it covers."""
    t.agreement = agreement
    episode.seen = [sight for sight in episode.seen if sight.reason is not GrantReason.CLUSTER_AGREEMENT]
    if agreement is not None and agreement.shares_with_cluster:
        children, cluster = list(episode.children), episode.cluster.id
        episode.seen.append(Sight(children, cluster, GrantReason.CLUSTER_AGREEMENT, episode.id, stamp))


def end_by_agreement(t: Teller, episode: Episode, at: tuple[int, int]) -> None:
    """The family agrees to nothing any more: members of the team go, and the service sees no more; the lead stays."""
    over = (at[0], days.stamp(*at))
    for role in episode.team:
        if role.worker is not None:
            role.until_on = at[0]
            tell(t, episode, at, "team", f"{role.name} left the team", ("episode", episode.id))
    for sight in episode.seen:
        if sight.reason in {GrantReason.TEAM_AROUND_CHILD, GrantReason.RECEIVING_SERVICE}:
            sight.ended = over
    referral = episode.referral
    referral.offer_seen = [
        (offer, service, since, ended or over[0], until or over[1])
        for offer, service, since, ended, until in referral.offer_seen
    ]


def name_lead(t: Teller, episode: Episode, day: int, *, is_first: bool) -> None:
    """A lead professional is named, and sees the children from then on, and who else belongs to the family.

    ``is_first``: it is the one whom the documentation names first.
    """
    worker = first_lead(t.world) if is_first else _pick_lead(t, episode, day)
    episode.lead = _role(t, episode, "lead_professional", day, worker)
    at = (day, t.at_work())
    tell(t, episode, at, "team", f"{worker.name} became lead professional", ("episode", episode.id), by=worker)
    since = days.stamp(*at)
    _let_see(t, episode, worker.id, GrantReason.LEAD_PROFESSIONAL, record=episode.lead.id, since=since)


def _let_see(t: Teller, episode: Episode, principal: str, reason: GrantReason, *, record: str, since: str) -> None:
    """The children of the episode in full; of everybody else in the family just who they are."""
    others = [person for person in t.family.members if person not in episode.children]
    episode.seen.append(Sight(list(episode.children), principal, reason, record, since))
    episode.seen.append(Sight(others, principal, reason, record, since, just_who=True))


def gather_team(t: Teller, episode: Episode, day: int) -> None:
    """Others join: school, a service, somebody of the family, a doctor who is only named."""
    rng = t.rng
    workers = [w for w in t.world.leads[episode.cluster.slug] if w is not episode.worker]
    if workers and rng.random() < 0.7:
        _join(t, episode, _role(t, episode, "team_member", day, one_of(rng, workers)))
    service = episode.referral.service
    if service is not None and rng.random() < 0.35:
        helper = one_of(rng, t.world.answering[service.name])
        if helper is not episode.worker and all(role.worker is not helper for role in episode.team):
            _join(t, episode, _role(t, episode, "allocated_worker", day, helper))
    if rng.random() < 0.3:
        named = Role(t.id(), "team_member", f"Dr {one_of(rng, ('Okoro', 'Lund', 'Patel', 'Whitby', 'Sato'))}", "Doctor",
                     "Seafront Surgery", day)  # fmt: skip
        _join(t, episode, named)
    if any(action[2] == "volunteer" for action in t.family.theme.actions) and rng.random() < 0.6:
        name = one_of(rng, ("Maureen", "Desmond", "Agnieszka", "Harbhajan", "Lorna"))
        volunteer = Role(t.id(), "volunteer", name, "Volunteer", "Neighbour Hands", day)
        _join(t, episode, volunteer)
    carer = t.family.carer.person
    if rng.random() < 0.35:
        _join(t, episode, Role(t.id(), "family", carer.name, "", "", day, person=carer))


def _join(t: Teller, episode: Episode, role: Role) -> None:
    episode.team.append(role)
    at = (role.from_on, t.at_work())
    label = CASE_ROLES[role.kind]
    tell(t, episode, at, "team", f"{role.name} joined the team ({label})", ("episode", episode.id))
    if role.worker is not None:
        children, since = list(episode.children), days.stamp(*at)
        episode.seen.append(Sight(children, role.worker.id, GrantReason.TEAM_AROUND_CHILD, role.id, since))


def write_roles(t: Teller, episode: Episode, ended: str) -> None:
    """The rows of lead and team; ``ended`` says why they stopped, when the episode is closed."""
    for role in (*([episode.lead] if episode.lead else []), *episode.team):
        reason = "Knows the family" if role.kind == "lead_professional" else ""
        last = episode.closed_on if role.until_on is None else role.until_on
        why = ended if role.until_on is None else "The family’s agreement was withdrawn"
        t.add(
            "case_role", role.id, episode.id, episode.about, role.kind, role.worker.id if role.worker else NULL,
            role.person.id if role.person else NULL, role.name, role.job_title, role.organisation, "", reason,
            days.text(role.from_on), NULL if last is None else days.text(last), why if last is not None else "",
            days.stamp(role.from_on, 9 * 60),
            episode.worker.name, NULL, NULL,
        )  # fmt: skip


def tell(
    t: Teller,
    episode: Episode,
    at: tuple[int, int],
    kind: str,
    line: str,
    record: tuple[str, str],
    *,
    by: Worker | None = None,
) -> None:
    """A line in the story of each child of the episode."""
    worker = by or episode.worker
    t.story(episode.children, at[0], days.stamp(*at), kind, line, f"{worker.name}, {worker.job_title}", record)


def family_of(t: Teller, episode: Episode) -> list[Person]:
    """The children of the episode and everybody who belongs to the family."""
    others = [person for person in t.family.members if person not in episode.children]
    return [*episode.children, *others]


@cache
def management_of_cluster(cluster_id: str) -> str:
    """The principal of a cluster's supervisors and managers."""
    return str(management_of(uuid.UUID(cluster_id)))


def lead_day(t: Teller, episode: Episode, script: Script) -> int:
    """When somebody is named to lead."""
    return days.working_after(episode.opened, between(t.rng, 0, 5 if script.is_late else 3))


def _role(t: Teller, episode: Episode, kind: str, day: int, worker: Worker) -> Role:
    return Role(t.id(), kind, worker.name, worker.job_title, worker.agency, day, worker=worker)


def first_lead(world: World) -> Worker:
    """The lead professional whom the documentation names first."""
    return world.nurses["west"][0]


def _pick_lead(t: Teller, episode: Episode, day: int) -> Worker:
    leads = t.world.leads[episode.cluster.slug]
    named = first_lead(t.world)
    if t.is_scene and t.rng.random() < _SHARE_OF_THE_NAMED_LEAD:
        return named
    young = any((child.age_on(day) or 0) < 5 for child in episode.children)
    nurses = [nurse for nurse in t.world.nurses[episode.cluster.locality] if nurse is not named]
    # As many families for each nurse as for each of the others, however large the register.
    share = 0.75 / (0.75 + len(leads)) / 0.35
    if young and nurses and t.rng.random() < min(0.45, share):
        return one_of(t.rng, nurses)
    return one_of(t.rng, leads)
