"""An episode as it stands today: its row, what it needs next, its line in the caseload."""

from locality.clusters.api import CaseFlag, CasePhase, WeightFacts, case_weight
from locality.demo import days
from locality.demo.assessing import answers_in_all
from locality.demo.batch import EMPTY, NULL, array, flag
from locality.demo.helping import Episode, management_of_cluster
from locality.demo.ledger import Ledger
from locality.demo.planning import FIRST_REVIEW_DAYS
from locality.demo.teller import Teller

_DRIFT_DAYS = 365
_ACCOUNTED = {"team_member", "allocated_worker", "volunteer", "chair"}


def write_case(t: Teller, episode: Episode, ledgers: dict[str, Ledger]) -> None:
    """The line and the names behind it."""
    lead = episode.lead.worker if episode.lead else None
    stage = max(ledgers[child.id].stage or 1 for child in episode.children)
    seen = max((day for day in (episode.last_voice, episode.last_review) if day), default=None)
    visible = [episode.cluster.id, management_of_cluster(episode.cluster.id), *([lead.id] if lead else [])]
    shares = t.agreement is not None and t.agreement.shares_with_cluster
    flags = [flag_.value for flag_, applies in _flags(t, episode).items() if applies]
    t.add(
        "caseload_entry", episode.id, episode.reference, episode.cluster.id, NULL, lead.id if lead else NULL,
        lead.name if lead else NULL, str(len(episode.children)), str(stage), NULL if seen is None else days.text(seen),
        NULL if episode.planned_review is None else days.text(episode.planned_review), next_step(t, episode)[1],
        str(_weight(episode, stage)), array(flags) if flags else EMPTY, flag(shares),
        array(visible),
    )  # fmt: skip
    ordered = sorted(episode.children, key=lambda child: (child.born or 10**7 + (child.due or 0), child.id))
    names = ", ".join(child.called for child in ordered)
    t.add("caseload_name", episode.id, t.family.name, names, episode.about)


def next_step(t: Teller, episode: Episode) -> tuple[str, str, str]:
    """What the case needs first: its code, its words and the day, as rows hold them."""
    opened, agreed = episode.opened, t.agreement
    if episode.lead is None:
        return "name_lead", "Name a lead professional", _due(opened, 2)
    if agreed is None:
        return "record_agreement", "Record the family’s agreement", _due(opened, 5)
    if episode.draft_answers is not None:
        line = f"Finish the CAF: {episode.draft_answers} of {answers_in_all(episode.children)} answered"
        return "finish_caf", line, _due(agreed.day, 20)
    if episode.completed_on is None:
        return "start_caf", "Start the CAF", _due(agreed.day, 20)
    if not episode.actions:
        return "agree_plan", "Agree the plan with the family", _due(episode.completed_on, 15)
    if episode.planned_review is None:
        return "plan_review", "Plan the next review", days.text(days.working(episode.completed_on + FIRST_REVIEW_DAYS))
    return "hold_review", "Hold the review", days.text(episode.planned_review)


def _due(day: int, count: int) -> str:
    return days.text(days.working_after(day, count))


def write_episode(t: Teller, episode: Episode) -> None:
    """The episode's own row, and who may see the family because of it."""
    closed = episode.closed_on
    step, line, due = (NULL, "", NULL) if closed is not None else next_step(t, episode)
    t.add(
        "episode", episode.id, episode.reference, t.family.id, episode.cluster.id, episode.cluster.locality_id,
        "referral", episode.about, "open" if closed is None else "closed", days.text(episode.opened),
        NULL if closed is None else days.text(closed), step, line, due, days.stamp(episode.opened, episode.minute), "2",
    )  # fmt: skip
    closing = None if closed is None else (closed, days.stamp(closed, 16 * 60))
    for sight in episode.seen:
        ended, until = sight.ended or closing or (0, None)
        span = (sight.since, ended, until)
        t.grant(sight.people, sight.principal, sight.reason, sight.record, span, just_who=sight.just_who)


def _weight(episode: Episode, stage: int) -> int:
    phase = CasePhase.ASSESSMENT if episode.completed_on is None else CasePhase.PLAN
    return case_weight(WeightFacts(stage=stage, children=len(episode.children), is_lead=True, phase=phase))


def _flags(t: Teller, episode: Episode) -> dict[CaseFlag, bool]:
    complete = episode.completed_on is not None
    return {
        CaseFlag.NO_AGREEMENT: t.agreement is None,
        CaseFlag.NO_VOICE: complete and episode.last_voice is None,
        CaseFlag.NO_TEAM: complete
        and not any(role.kind in _ACCOUNTED and role.until_on is None for role in episode.team),
        CaseFlag.DRIFT: t.today - episode.opened >= _DRIFT_DAYS,
        CaseFlag.UNBORN: any(child.due is not None for child in episode.children),
    }
