"""The caseload's line of an open episode, as the CAF room would have kept it."""

from locality.clusters.api import CaseFlag, CasePhase, WeightFacts, case_weight
from locality.demo import days
from locality.demo.assessing import answers_in_all
from locality.demo.batch import EMPTY, NULL, array, flag
from locality.demo.helping import Episode, management_of_cluster
from locality.demo.ledger import Ledger
from locality.demo.teller import Teller

_DRIFT_DAYS = 365
_ACCOUNTED = {"team_member", "allocated_worker", "volunteer", "chair"}


def write_case(t: Teller, episode: Episode, ledgers: dict[str, Ledger]) -> None:
    """The line and the names behind it."""
    lead = episode.lead.worker if episode.lead else None
    stage = max(ledgers[child.id].stage or 1 for child in episode.children)
    seen = max((day for day in (episode.last_voice, episode.last_review) if day), default=None)
    visible = [episode.cluster.id, management_of_cluster(episode.cluster.id), *([lead.id] if lead else [])]
    flags = [flag_.value for flag_, applies in _flags(t, episode).items() if applies]
    t.add(
        "caseload_entry", episode.id, episode.reference, episode.cluster.id, NULL, lead.id if lead else NULL,
        lead.name if lead else NULL, str(len(episode.children)), str(stage), NULL if seen is None else days.text(seen),
        NULL if episode.planned_review is None else days.text(episode.planned_review), next_step(episode),
        str(_weight(episode, stage)), array(flags) if flags else EMPTY, flag(episode.shares_with_cluster),
        array(visible),
    )  # fmt: skip
    ordered = sorted(episode.children, key=lambda child: (child.born or 10**7 + (child.due or 0), child.id))
    names = ", ".join(child.called for child in ordered)
    t.add("caseload_name", episode.id, t.family.name, names, episode.about)


def next_step(episode: Episode) -> str:
    """What the case needs first, in the CAF room's words."""
    if episode.lead is None:
        return "Name a lead professional"
    if episode.agreed_on is None:
        return "Record the family’s agreement"
    if episode.draft_answers is not None:
        return f"Finish the CAF: {episode.draft_answers} of {answers_in_all(episode.children)} answered"
    if episode.completed_on is None:
        return "Start the CAF"
    if not episode.actions:
        return "Agree the plan with the family"
    return "Plan the next review" if episode.planned_review is None else "Hold the review"


def _weight(episode: Episode, stage: int) -> int:
    phase = CasePhase.ASSESSMENT if episode.completed_on is None else CasePhase.PLAN
    return case_weight(WeightFacts(stage=stage, children=len(episode.children), is_lead=True, phase=phase))


def _flags(t: Teller, episode: Episode) -> dict[CaseFlag, bool]:
    complete = episode.completed_on is not None
    return {
        CaseFlag.NO_AGREEMENT: episode.agreed_on is None,
        CaseFlag.NO_VOICE: complete and episode.last_voice is None,
        CaseFlag.NO_TEAM: complete and not any(role.kind in _ACCOUNTED for role in episode.team),
        CaseFlag.DRIFT: t.today - episode.opened >= _DRIFT_DAYS,
        CaseFlag.UNBORN: any(child.due is not None for child in episode.children),
    }
