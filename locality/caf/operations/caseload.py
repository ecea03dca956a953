"""Keeping the caseload's line of an episode right, in the transaction that changes the work."""

from typing import Final

from locality.access.scope import elevated
from locality.caf.queries.cases import FullCase, get_full_case
from locality.caf.queries.children import ChildRow, list_children
from locality.caf.rules.steps import NextStep, Phase, phase_of, wants_fresh_look
from locality.clusters import api as clusters
from locality.kernel import direct
from locality.kernel.ids import EpisodeId
from locality.kernel.uow import UnitOfWork

_LOWEST_STAGE = 1


def keep_caseload(uow: UnitOfWork, episode_id: EpisodeId) -> None:
    """Bring the caseload's line up to date with the episode; the only place that computes it.

    Looks beyond the actor's grants: a team member's update must not blank what a supervisor sees.
    """
    uow.session.flush()
    with elevated(uow.session, "the whole picture of a case for its line in the caseload"):
        case = get_full_case(uow.session, episode_id, today=uow.today)
        step = case.next_step
        if step is not None:
            _keep_step(uow, case, step)
            _note(uow, case, step)


def _note(uow: UnitOfWork, case: FullCase, step: NextStep) -> None:
    children = list_children(uow.session, case.about)
    stage = max((child.stage or _LOWEST_STAGE for child in children), default=_LOWEST_STAGE)
    clusters.note_case(
        uow,
        clusters.CaseNote(
            episode_id=case.id,
            reference=case.reference,
            cluster_id=case.cluster_id,
            family_name=case.family_name,
            child_names=[child.called for child in children],
            stage=stage,
            weight=weight_of(case, children, stage=stage),
            about=case.about,
            lead_account_id=case.lead_account_id,
            lead_name=case.lead_name,
            last_seen_on=max((day for day in (case.last_voice_on, case.last_review_on) if day), default=None),
            next_review_on=case.planned_review_on,
            next_step=step.line,
            flags=flags_of(uow, case, children),
            shared_with_cluster=case.shares_with_cluster,
        ),
    )


def _keep_step(uow: UnitOfWork, case: FullCase, step: NextStep) -> None:
    if (case.kept_line, case.kept_on) == (step.line, step.due_on):
        return
    values = {"id": case.id, "step": step.step, "line": step.line, "due_on": step.due_on}
    direct.rows(uow.session, _KEEP_STEP, values)


_KEEP_STEP: Final = (
    "UPDATE episode SET next_step = %(step)s, next_step_line = %(line)s, next_step_on = %(due_on)s WHERE id = %(id)s"
)


def weight_of(case: FullCase, children: tuple[ChildRow, ...], *, stage: int) -> int:
    """What the case weighs in its lead professional's caseload, in points."""
    phase = clusters.CasePhase.PLAN if phase_of(case.facts) is Phase.PLAN else clusters.CasePhase.ASSESSMENT
    return clusters.case_weight(
        clusters.WeightFacts(
            stage=stage,
            children=len(children),
            is_lead=True,
            interpreter=any(child.interpreter_needed for child in children),
            phase=phase,
        )
    )


def flags_of(uow: UnitOfWork, case: FullCase, children: tuple[ChildRow, ...]) -> tuple[clusters.CaseFlag, ...]:
    """The words beside the family in the caseload, each with its reason in the record."""
    flag = clusters.CaseFlag
    applies = {
        flag.NO_AGREEMENT: case.agreed_on is None,
        flag.NO_VOICE: case.completed_on is not None and case.last_voice_on is None,
        flag.NO_TEAM: case.completed_on is not None and case.team_size == 0,
        flag.DRIFT: wants_fresh_look(case.facts, today=uow.today),
        flag.UNBORN: any(child.is_unborn for child in children),
        flag.INTERPRETER: any(child.interpreter_needed for child in children),
    }
    return tuple(name for name, is_so in applies.items() if is_so)
