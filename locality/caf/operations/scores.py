"""Scores of children and the scales behind them. A score never changes: a mistake is struck out and stays readable."""

import re
import uuid

from sqlalchemy import func, insert, select, update

from locality.audit import log as audit
from locality.caf.models import Scale, ScaleVersion, Score
from locality.caf.operations.commands_team import DefineScale, RecordScore
from locality.caf.operations.loading import child_of, open_episode_row, raise_if
from locality.caf.operations.telling import tell
from locality.caf.queries.scores import get_version
from locality.caf.rules.answers import too_long
from locality.caf.rules.scales import ScaleDraft, reasons_against_scale, reasons_against_score, total_of
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import EpisodeId, new_id
from locality.kernel.uow import UnitOfWork


def record_score(uow: UnitOfWork, command: RecordScore) -> None:
    """Keep a score; sending it twice keeps it once.

    Raises ``NotFound`` for a child or scale that is not there, ``RuleBroken`` with a reason for each number.
    """
    episode = open_episode_row(uow, command.episode_id)
    child = child_of(episode.about, command.child_id)
    version = get_version(uow.session, command.version_id)
    if not version.is_in_use:
        raise RuleBroken([Reason(None, f"{version.name} is not used any more. Choose another scale")])
    raise_if(
        reasons_against_score(
            version.facts, command.points, respondent=command.respondent, scored_on=command.scored_on, today=uow.today
        )
        + too_long("note", command.note)
    )
    known = select(Score.id).where(Score.id == command.score_id, Score.episode_id == command.episode_id)
    if uow.session.execute(known).first() is not None:
        return
    points = {item.code: int(command.points[item.code] or 0) for item in version.facts.items}
    row = {
        "id": command.score_id, "episode_id": command.episode_id, "person_id": child,
        "scale_version_id": version.id, "respondent": command.respondent, "scored_on": command.scored_on,
        "points": points, "total": total_of(version.facts.items, points), "note": command.note,
        "recorded_at": uow.now, "recorded_by": uow.actor.account_id, "recorded_by_name": uow.actor.name,
        "struck_at": None, "struck_by_name": "", "struck_why": "",
    }  # fmt: skip
    uow.session.execute(insert(Score), [row])
    detail: audit.Detail = {"scale": version.code, "version": version.number, "respondent": command.respondent.value}
    tell(uow, "score.recorded", about=[child], record=("score", command.score_id), detail=detail)


def strike_score(uow: UnitOfWork, *, episode_id: EpisodeId, score_id: uuid.UUID, why: str) -> None:
    """Strike a score out that was entered by mistake. Raises ``NotFound``, ``RuleBroken`` without a reason."""
    open_episode_row(uow, episode_id)
    if not why:
        raise RuleBroken([Reason("why", "Enter what was wrong with it")])
    raise_if(too_long("why", why))
    done = uow.session.execute(
        update(Score)
        .where(Score.id == score_id, Score.episode_id == episode_id, Score.struck_at.is_(None))
        .values(struck_at=uow.now, struck_by_name=uow.actor.name, struck_why=why)
        .returning(Score.person_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if done is None:
        raise NotFound("There is no such score, or it is struck out already")
    tell(uow, "score.struck", about=[done.person_id], record=("score", score_id))


def define_scale(uow: UnitOfWork, command: DefineScale) -> None:
    """Define a local scale, or the next version of one; scores on the earlier version stay as they are.

    Raises ``RuleBroken`` with a reason for each field, ``NotFound`` for a scale that is not there.
    """
    draft = ScaleDraft(command.name, command.items, command.respondents, command.licence)
    raise_if(reasons_against_scale(draft) + too_long("licence", command.licence))
    known = uow.session.execute(select(ScaleVersion.id).where(ScaleVersion.id == command.version_id)).first()
    if known is not None:
        return
    scale_id = _new_scale(uow, command) if command.scale_id is None else _local(uow, command.scale_id)
    latest = uow.session.scalar(select(func.max(ScaleVersion.number)).where(ScaleVersion.scale_id == scale_id)) or 0
    uow.session.execute(
        update(ScaleVersion)
        .where(ScaleVersion.scale_id == scale_id)
        .values(is_in_use=False)
        .execution_options(synchronize_session=False)
    )
    items = [
        {
            "code": f"i{place}",
            "label": label,
            "lowest": lowest,
            "highest": highest,
            "counts": True,
            "better": command.better.value,
        }
        for place, (label, lowest, highest) in enumerate(command.items, start=1)
    ]
    row = {
        "id": command.version_id, "scale_id": scale_id, "number": latest + 1, "label": f"Version {latest + 1}",
        "items": items, "better": command.better, "respondents": [one.value for one in command.respondents],
        "bands": {}, "source": "", "licence": command.licence, "is_in_use": True, "created_at": uow.now,
        "created_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(ScaleVersion), [row])
    audit.record(uow, "scale.defined", record=("scale", scale_id), detail={"version": latest + 1})


def use_scale(uow: UnitOfWork, version_id: uuid.UUID, *, is_in_use: bool) -> None:
    """Offer a version of a scale, or stop offering it; its scores stay. Raises ``NotFound``."""
    done = uow.session.execute(
        update(ScaleVersion)
        .where(ScaleVersion.id == version_id)
        .values(is_in_use=is_in_use)
        .returning(ScaleVersion.scale_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if done is None:
        raise NotFound("There is no such scale")
    audit.record(uow, "scale.offered" if is_in_use else "scale.put_away", record=("scale", done.scale_id))


def _new_scale(uow: UnitOfWork, command: DefineScale) -> uuid.UUID:
    code = re.sub(r"[^a-z0-9]+", "-", command.name.casefold()).strip("-")[:60] or "scale"
    if uow.session.execute(select(Scale.id).where(Scale.code == code)).first() is not None:
        raise RuleBroken([Reason("name", "There is a scale of this name. Make a next version of it instead")])
    scale_id = new_id()
    row = {
        "id": scale_id, "code": code, "name": command.name, "is_built_in": False, "created_at": uow.now,
        "created_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(Scale), [row])
    return scale_id


def _local(uow: UnitOfWork, scale_id: uuid.UUID) -> uuid.UUID:
    scale = uow.session.execute(select(Scale).where(Scale.id == scale_id).with_for_update()).scalar_one_or_none()
    if scale is None:
        raise NotFound("There is no such scale")
    if scale.is_built_in:
        raise RuleBroken("This scale comes with the product and is not changed here")
    return scale_id
