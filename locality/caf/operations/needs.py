"""Needs under the ten outcome headings, and looking at them at the start, at reviews and at the end."""

from sqlalchemy import insert, select

from locality.caf.models import FamilyNeed, NeedCheck
from locality.caf.operations.commands_team import CheckNeed, RecordNeed
from locality.caf.operations.goals import children_of
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.rules.answers import too_long
from locality.caf.rules.outcomes import Achieved, reasons_against_check, reasons_against_need
from locality.caf.rules.words import OUTCOME_LABELS
from locality.kernel.errors import NotFound
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


def record_need(uow: UnitOfWork, command: RecordNeed) -> None:
    """Keep a need with its evidence; sending it twice keeps it once. Raises ``RuleBroken`` with reasons."""
    episode = open_episode_row(uow, command.episode_id)
    raise_if(
        reasons_against_need(command.outcome_code, command.need, command.evidence)
        + too_long("need", command.need)
        + too_long("evidence", command.evidence)
    )
    about = children_of(episode, command.children)
    known = select(FamilyNeed.id).where(FamilyNeed.id == command.need_id, FamilyNeed.episode_id == command.episode_id)
    if uow.session.execute(known).first() is not None:
        return
    row = {
        "id": command.need_id, "episode_id": command.episode_id, "about": about,
        "outcome_code": command.outcome_code, "need": command.need, "evidence": command.evidence,
        "identified_on": command.identified_on, "created_at": uow.now, "created_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(FamilyNeed), [row])
    detail = {"outcome": command.outcome_code}
    tell(uow, "need.recorded", about=about, record=("family_need", command.need_id), detail=detail)


def check_need(uow: UnitOfWork, command: CheckNeed) -> None:
    """Keep how far a need is met; what was found before stays. Raises ``NotFound``, ``RuleBroken`` with reasons."""
    episode = open_episode_row(uow, command.episode_id)
    need = uow.session.execute(
        select(FamilyNeed).where(FamilyNeed.id == command.need_id, FamilyNeed.episode_id == command.episode_id)
    ).scalar_one_or_none()
    if need is None:
        raise NotFound("There is no such need, or none that you may see")
    raise_if(
        reasons_against_check(
            command.evidence, checked_on=command.checked_on, opened_on=episode.opened_on, today=uow.today
        )
        + too_long("evidence", command.evidence)
    )
    known = select(NeedCheck.id).where(NeedCheck.id == command.check_id, NeedCheck.need_id == command.need_id)
    if uow.session.execute(known).first() is not None:
        return
    row = {
        "id": command.check_id, "need_id": need.id, "about": need.about, "occasion": command.occasion,
        "achieved": command.achieved, "evidence": command.evidence, "checked_on": command.checked_on,
        "recorded_at": uow.now, "recorded_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(NeedCheck), [row])
    outcome = OUTCOME_LABELS[need.outcome_code]
    words = Line(people.StoryKind.PLAN, f"Achieved: {outcome.lower()}", command.checked_on)
    tell(
        uow,
        "need.checked",
        about=need.about,
        record=("need_check", command.check_id),
        line=words if command.achieved is Achieved.ACHIEVED else None,
        detail={"occasion": command.occasion.value, "achieved": command.achieved.value},
    )
