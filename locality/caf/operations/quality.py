"""The audit of a CAF's quality by a peer or a manager, and what its author makes of it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from locality.audit import log as audit
from locality.caf.models import QualityAudit, QualityForm, QualityItemMonth, QualityMonth
from locality.caf.operations.commands_team import AuditQuality
from locality.caf.operations.loading import raise_if
from locality.caf.operations.telling import tell
from locality.caf.queries.quality import FormRow, Subject, get_form, get_subject
from locality.caf.queries.reaching import address_of
from locality.caf.rules.answers import too_long
from locality.caf.rules.quality import (
    Answer,
    QualityItem,
    QualityScore,
    Standing,
    reasons_against_audit,
    score_of,
)
from locality.caf.rules.words import AssessmentState
from locality.kernel.actor import Role
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages


def audit_caf(uow: UnitOfWork, command: AuditQuality, *, standing: Standing | None = None) -> QualityScore:
    """Keep an audit of a complete CAF, count it for the managers' page, and tell the author.

    Nobody audits what they wrote. ``standing`` is as whom they audit, where it does not follow from their role. Raises
    ``NotFound``, ``RuleBroken`` with a reason for each item without an answer.
    """
    subject = get_subject(uow.session, command.assessment_id)
    form = get_form(uow.session, command.form_id)
    if subject.state is not AssessmentState.COMPLETE:
        raise RuleBroken("Only a complete CAF is audited")
    raise_if(
        reasons_against_audit(
            form.items, command.answers, is_author=_wrote(uow, subject), to_improve=command.to_improve
        )
        + too_long("done_well", command.done_well)
        + too_long("to_improve", command.to_improve)
    )
    answers = {item.code: Answer(command.answers[item.code] or Answer.NOT_APPLICABLE) for item in form.items}
    score = score_of(form.items, answers)
    if _is_known(uow, command):
        return score
    row = _row(uow, command, subject, score=score, answers=answers, standing=standing)
    uow.session.execute(insert(QualityAudit), [row])
    _count(uow, subject, form, score=score, answers=answers)
    tell(
        uow,
        "quality.audited",
        about=subject.about,
        record=("quality_audit", command.audit_id),
        detail={"yes": score.yes, "not_applicable": score.not_applicable, "items": score.items},
    )
    _write_to_author(uow, command.audit_id, subject)
    return score


def answer_feedback(uow: UnitOfWork, audit_id: uuid.UUID, *, reply: str) -> None:
    """The author has read the feedback, and may say something to it. Raises ``NotFound`` for somebody else's."""
    raise_if(too_long("reply", reply))
    done = uow.session.execute(
        update(QualityAudit)
        .where(QualityAudit.id == audit_id, QualityAudit.author_id == uow.actor.account_id)
        .values(read_at=uow.now, reply=reply)
        .returning(QualityAudit.about)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if done is None:
        raise NotFound("There is no such feedback, or none for you")
    audit.record(uow, "quality.read", subjects=done.about, record=("quality_audit", audit_id))


def change_form(uow: UnitOfWork, items: Sequence[QualityItem], *, form_id: uuid.UUID) -> None:
    """Ask other items from now on, as a next form; audits made before keep theirs. Raises ``RuleBroken``."""
    if not items or len({item.code for item in items}) < len(items):
        raise RuleBroken([Reason("items", "Enter at least one item, one a line, under its heading")])
    number = uow.session.scalar(select(QualityForm.number).order_by(QualityForm.number.desc()).limit(1)) or 0
    row = {
        "id": form_id, "number": number + 1, "created_at": uow.now, "created_by_name": uow.actor.name,
        "items": [{"code": item.code, "section": item.section, "label": item.label} for item in items],
    }  # fmt: skip
    uow.session.execute(insert(QualityForm), [row])
    audit.record(uow, "quality.form_changed", record=("quality_form", form_id), detail={"items": len(items)})


def _row(
    uow: UnitOfWork, command: AuditQuality, subject: Subject, *, score: QualityScore, answers: dict[str, Answer],
    standing: Standing | None,
) -> dict[str, object]:  # fmt: skip
    is_manager = uow.actor.has(Role.SUPERVISOR, Role.MANAGER)
    return {
        "id": command.audit_id, "assessment_id": subject.id, "about": list(subject.about),
        "caf_reference": subject.reference, "version_no": subject.version_no, "cluster_id": subject.cluster_id,
        "form_id": command.form_id, "author_id": subject.author_id, "author_name": subject.author_name,
        "auditor_id": uow.actor.account_id, "auditor_name": uow.actor.name,
        "standing": standing or (Standing.MANAGER if is_manager else Standing.PEER),
        "answers": {code: answer.value for code, answer in answers.items()}, "yes": score.yes,
        "not_applicable": score.not_applicable, "items": score.items, "done_well": command.done_well,
        "to_improve": command.to_improve, "audited_on": uow.today, "recorded_at": uow.now, "read_at": None, "reply": "",
    }  # fmt: skip


def _count(
    uow: UnitOfWork, subject: Subject, form: FormRow, *, score: QualityScore, answers: dict[str, Answer]
) -> None:
    """Add the audit to the counts by month, in an order that is the same for everybody."""
    month = uow.today.replace(day=1)
    row = insert_or(QualityMonth).values(
        cluster_id=subject.cluster_id, month=month, audits=1, yes=score.yes, asked=score.asked
    )
    uow.session.execute(
        row.on_conflict_do_update(
            index_elements=["cluster_id", "month"],
            set_={
                "audits": QualityMonth.audits + 1,
                "yes": QualityMonth.yes + row.excluded.yes,
                "asked": QualityMonth.asked + row.excluded.asked,
            },
        )
    )
    said = [
        {"form_id": form.id, "item": item.code, "month": month, "yes": int(answers[item.code] is Answer.YES),
         "no": int(answers[item.code] is Answer.NO)}
        for item in form.items
        if answers[item.code] is not Answer.NOT_APPLICABLE
    ]  # fmt: skip
    if not said:
        return
    items = insert_or(QualityItemMonth).values(said)
    uow.session.execute(
        items.on_conflict_do_update(
            index_elements=["form_id", "item", "month"],
            set_={"yes": QualityItemMonth.yes + items.excluded.yes, "no": QualityItemMonth.no + items.excluded.no},
        )
    )


def _write_to_author(uow: UnitOfWork, audit_id: uuid.UUID, subject: Subject) -> None:
    address = None if subject.author_id is None else address_of(uow.session, subject.author_id)
    if address is not None:
        messages.queue_message(
            uow, key=f"quality:{audit_id}", to=address, template="worker_quality_feedback", about=subject.about,
            values={"reference": subject.reference}, record=("quality_audit", audit_id),
        )  # fmt: skip


def _wrote(uow: UnitOfWork, subject: Subject) -> bool:
    return uow.actor.account_id is None or uow.actor.account_id in subject.writers


def _is_known(uow: UnitOfWork, command: AuditQuality) -> bool:
    found = select(QualityAudit.id).where(QualityAudit.id == command.audit_id)
    return uow.session.execute(found).first() is not None
