"""Scores, local scales, needs under the ten outcomes, the audit of quality, and the chasing of reviews."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import (
    Assessment,
    NeedCheck,
    QualityAudit,
    QualityItemMonth,
    QualityMonth,
    Review,
    ReviewChase,
    ScaleVersion,
    Score,
)
from locality.caf.operations.chasing import chase_review, owe_chasing
from locality.caf.operations.commands_team import (
    AuditQuality,
    CheckNeed,
    DefineScale,
    RecordNeed,
    RecordScore,
)
from locality.caf.operations.needs import check_need, record_need
from locality.caf.operations.quality import answer_feedback, audit_caf, change_form
from locality.caf.operations.scores import define_scale, record_score, strike_score
from locality.caf.queries.quality import current_form
from locality.caf.queries.scores import get_version, lines_of, list_scores, list_versions
from locality.caf.rules.chasing import ChaseStep
from locality.caf.rules.outcomes import Achieved, Occasion
from locality.caf.rules.quality import Answer, QualityItem
from locality.caf.rules.scales import Better, Respondent
from locality.kernel.errors import NotFound, RuleBroken
from locality.kernel.ids import AssessmentId, EpisodeId, new_id
from locality.kernel.outbox import OutboxMessage
from locality.messages.models import MessageText
from tests.factories.caf import Helpers, Household, a_complete_caf, a_led_episode
from tests.support.database import OpenUnit
from tests.support.layers import layer

TODAY = dt.date(2026, 3, 3)
Case = tuple[EpisodeId, Household, AssessmentId]
POINTS: dict[str, int | None] = {"emotional": 7, "conduct": 3, "hyperactivity": 8, "peer": 4, "prosocial": 9}


@layer
def case(uow: OpenUnit, at_work: Helpers) -> Case:
    """An episode with a complete CAF that Amira Khan wrote."""
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        assessment_id = a_complete_caf(unit, episode_id, family.children)
    return episode_id, family, assessment_id


def _version(session: Session, number: int = 2) -> uuid.UUID:
    return next(one.id for one in list_versions(session) if one.code == "sdq" and one.number == number)


def _score(case: Case, version_id: uuid.UUID, **changes: object) -> RecordScore:
    usual: dict[str, object] = {
        "score_id": new_id(), "episode_id": case[0], "child_id": case[1].children[0], "version_id": version_id,
        "respondent": Respondent.TEACHER, "scored_on": TODAY, "points": POINTS,
    }  # fmt: skip
    return RecordScore(**(usual | changes))  # type: ignore[arg-type]


# --- Scores ---------------------------------------------------------------------------------------------------------


def test_a_score_keeps_its_numbers_total_and_band(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _score(case, _version(session))
    with uow(at_work.lead) as unit:
        record_score(unit, command)
        record_score(unit, command)
    (score,) = list_scores(session, case[0])
    assert (score.total, score.band, score.points["prosocial"]) == (22, "Very high", 9)


def test_only_like_is_set_beside_like(uow: OpenUnit, session: Session, at_work: Helpers, case: Case) -> None:
    four, three = _version(session, 2), _version(session, 1)
    better = POINTS | {"emotional": 2}
    with uow(at_work.lead) as unit:
        record_score(unit, _score(case, four, scored_on=dt.date(2026, 1, 12)))
        record_score(unit, _score(case, four, points=better))
        record_score(unit, _score(case, four, respondent=Respondent.PARENT))
        record_score(unit, _score(case, three))
    lines = {(line.version_id, line.respondent): line for line in lines_of(list_scores(session, case[0]))}
    assert len(lines) == 3
    assert lines[four, Respondent.TEACHER].gain == 5
    assert lines[four, Respondent.PARENT].gain is None


def test_a_mistake_is_struck_out_and_stays_readable(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _score(case, _version(session))
    with uow(at_work.lead) as unit:
        record_score(unit, command)
        strike_score(unit, episode_id=case[0], score_id=command.score_id, why="Another child’s form")
    (score,) = list_scores(session, case[0])
    assert (score.total, score.struck_why) == (22, "Another child’s form")
    assert lines_of([score]) == ()
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        strike_score(unit, episode_id=case[0], score_id=command.score_id, why="Twice")


def test_a_child_of_another_family_cannot_be_scored(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow() as unit:
        _other, family = a_led_episode(unit, at_work, names=("Mia",))
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        record_score(unit, _score(case, _version(session), child_id=family.children[0]))


def test_strangers_neither_write_nor_read_scores(uow: OpenUnit, session: Session, at_work: Helpers, case: Case) -> None:
    with uow(at_work.lead) as unit:
        record_score(unit, _score(case, _version(session)))
    with pytest.raises(NotFound), uow(at_work.colleague) as unit:
        record_score(unit, _score(case, _version(session)))
    with uow(at_work.colleague) as unit:
        assert unit.session.scalars(select(Score.id)).all() == []


def _scale(**changes: object) -> DefineScale:
    usual: dict[str, object] = {
        "version_id": new_id(), "name": "Mornings", "items": (("Getting up", 0, 10), ("On time", 0, 5)),
        "better": Better.HIGHER, "respondents": (Respondent.PARENT,), "licence": "Our own",
    }  # fmt: skip
    return DefineScale(**(usual | changes))  # type: ignore[arg-type]


def test_a_local_scale_gets_a_next_version_and_never_changes(uow: OpenUnit, session: Session) -> None:
    first = _scale()
    with uow() as unit:
        define_scale(unit, first)
    scale_id = get_version(session, first.version_id).scale_id
    with uow() as unit:
        define_scale(unit, _scale(scale_id=scale_id, items=(("Getting up", 0, 4),)))
    versions = [one for one in list_versions(session) if one.scale_id == scale_id]
    assert [(one.number, one.facts.highest, one.is_in_use) for one in versions] == [(2, 4, True), (1, 15, False)]


def test_a_scale_that_is_put_away_takes_no_more_scores(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow() as unit:
        unit.session.execute(update(ScaleVersion).values(is_in_use=False))
    with pytest.raises(RuleBroken, match="not used any more"), uow(at_work.lead) as unit:
        record_score(unit, _score(case, _version(session)))


def test_what_comes_with_the_product_is_not_changed(uow: OpenUnit, session: Session) -> None:
    sdq = next(one.scale_id for one in list_versions(session) if one.code == "sdq")
    with pytest.raises(RuleBroken, match="comes with the product"), uow() as unit:
        define_scale(unit, _scale(scale_id=sdq))
    with uow() as unit:
        define_scale(unit, _scale())
    with pytest.raises(RuleBroken, match="a scale of this name"), uow() as unit:
        define_scale(unit, _scale())


# --- Needs ----------------------------------------------------------------------------------------------------------


def _need(case: Case, **changes: object) -> RecordNeed:
    usual: dict[str, object] = {
        "need_id": new_id(), "episode_id": case[0], "outcome_code": 1, "need": "Leah misses mornings",
        "evidence": "Attendance of 82%", "identified_on": TODAY,
    }  # fmt: skip
    return RecordNeed(**(usual | changes))  # type: ignore[arg-type]


def test_needs_are_looked_at_again_and_block_the_end_until_then(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    need = _need(case)
    closing = caf.CloseEpisode(
        case[0], caf.ClosureReason.NEEDS_MET_UNIVERSAL, TODAY, rating=caf.ClosureRating.ALL, child_views="Good",
        parent_views="Good", universal_service="School", way_back="Ring us",
    )  # fmt: skip
    with uow(at_work.lead) as unit:
        record_need(unit, need)
        check_need(unit, _look(case, need, Occasion.BASELINE, Achieved.NOT_YET))
    with pytest.raises(RuleBroken, match="1 need has not been looked at"), uow(at_work.lead) as unit:
        caf.close_episode(unit, closing)
    with uow(at_work.lead) as unit:
        check_need(unit, _look(case, need, Occasion.CLOSURE, Achieved.ACHIEVED))
        caf.close_episode(unit, closing)
    assert len(session.scalars(select(NeedCheck.id)).all()) == 2


def _look(case: Case, need: RecordNeed, occasion: Occasion, achieved: Achieved) -> CheckNeed:
    return CheckNeed(new_id(), case[0], need.need_id, occasion, achieved, "Attendance of 96%", TODAY)


def test_a_need_of_another_family_is_not_there(uow: OpenUnit, at_work: Helpers, case: Case) -> None:
    with uow() as unit:
        other, family = a_led_episode(unit, at_work, names=("Mia",))
    need = _need((other, family, case[2]))
    with uow(at_work.lead) as unit:
        record_need(unit, need)
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        check_need(unit, _look(case, need, Occasion.REVIEW, Achieved.PARTLY))


# --- Quality --------------------------------------------------------------------------------------------------------


def _audit(session: Session, case: Case, **answers: Answer) -> AuditQuality:
    form = current_form(session)
    said: dict[str, Answer | None] = {item.code: Answer.YES for item in form.items}
    said |= {code.strip("i").replace("_", "."): answer for code, answer in answers.items()}
    return AuditQuality(new_id(), case[2], form.id, said, "Warm words", "More of the child’s own day")


def test_a_manager_audits_and_the_author_reads_and_answers(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _audit(session, case, i1_1=Answer.NO, i1_2=Answer.NOT_APPLICABLE)
    with uow(at_work.manager) as unit:
        score = audit_caf(unit, command)
        audit_caf(unit, command)
    assert (score.yes, score.not_applicable, score.items) == (37, 1, 39)
    month = session.scalars(select(QualityMonth)).one()
    assert (month.cluster_id, month.audits, month.yes, month.asked) == (at_work.cluster.id, 1, 37, 38)
    item = session.scalars(select(QualityItemMonth).where(QualityItemMonth.item == "1.1")).one()
    assert (item.yes, item.no) == (0, 1)
    assert "Leah" not in session.scalars(select(MessageText.body)).one()
    with uow(at_work.lead) as unit:
        answer_feedback(unit, command.audit_id, reply="Thank you")
    assert session.scalars(select(QualityAudit.reply)).all() == ["Thank you"]


def test_nobody_audits_what_they_wrote_not_even_by_the_database(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with pytest.raises(RuleBroken, match="You wrote this CAF"), uow(at_work.lead) as unit:
        audit_caf(unit, _audit(session, case))
    with uow(at_work.manager) as unit:
        audit_caf(unit, _audit(session, case))
    change = "UPDATE quality_audit SET auditor_id = author_id"
    with pytest.raises(Exception, match="quality_audit_not_by_its_author_check"), session.begin_nested():
        session.execute(text(change))


def test_a_draft_and_a_strangers_caf_are_not_audited(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with pytest.raises(NotFound), uow(at_work.colleague) as unit:
        audit_caf(unit, _audit(session, case))
    session.execute(update(Assessment).values(state="draft"))
    with pytest.raises(RuleBroken, match="Only a complete CAF"), uow(at_work.manager) as unit:
        audit_caf(unit, _audit(session, case))


def test_feedback_is_answered_by_its_author_alone(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    command = _audit(session, case)
    with uow(at_work.manager) as unit:
        audit_caf(unit, command)
    for other in (at_work.manager, at_work.colleague):
        with pytest.raises(NotFound), uow(other) as unit:
            answer_feedback(unit, command.audit_id, reply="Not mine")


def test_other_items_are_asked_from_now_on_and_earlier_audits_keep_theirs(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    with uow(at_work.manager) as unit:
        audit_caf(unit, _audit(session, case))
    with uow() as unit:
        change_form(unit, [QualityItem("1.1", "Plan", "Each action has a date")], form_id=new_id())
    assert (current_form(session).number, len(current_form(session).items)) == (2, 1)
    assert session.scalars(select(QualityAudit.items)).all() == [39]


# --- Chasing --------------------------------------------------------------------------------------------------------


def _planned(session: Session, due_on: dt.date) -> uuid.UUID:
    review = session.scalars(select(Review).where(Review.state == caf.ReviewState.PLANNED)).one()
    review.due_on = due_on
    session.flush()
    return review.id


@pytest.mark.parametrize(
    ("due_on", "step", "told"),
    [
        (dt.date(2026, 3, 10), ChaseStep.REMIND, "lead"),
        (dt.date(2026, 3, 2), ChaseStep.DUE, "lead"),
        (dt.date(2026, 2, 20), ChaseStep.SUPERVISOR, "manager"),
        (dt.date(2026, 3, 20), None, ""),
    ],
    ids=["due in a week", "late by a day", "late by more than a week", "far ahead"],
)
def test_a_review_is_chased_once_for_each_step(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case, due_on: dt.date, step: ChaseStep | None, told: str
) -> None:
    review_id = _planned(session, due_on)
    with uow() as unit:
        owed = owe_chasing(unit)
        taken = [chase_review(unit, review_id) for _ in range(2)]
    assert (owed, taken) == (int(step is not None), [step, None])
    to = {"lead": at_work.lead_account.email, "manager": at_work.manager_account.email}.get(told)
    assert session.scalars(select(MessageText.to_address)).all() == ([to] if to else [])
    assert len(session.scalars(select(OutboxMessage.id).where(OutboxMessage.task == "caf.chase_review")).all()) == owed
    with uow() as unit:
        assert owe_chasing(unit) == 0


def test_a_review_that_was_held_is_not_chased(uow: OpenUnit, session: Session, at_work: Helpers, case: Case) -> None:
    review_id = _planned(session, dt.date(2026, 3, 2))
    session.execute(update(Review).values(state=caf.ReviewState.REPLACED))
    with uow() as unit:
        assert chase_review(unit, review_id) is None
    assert session.scalars(select(ReviewChase.step)).all() == []


def test_without_a_lead_those_who_supervise_are_told(
    uow: OpenUnit, session: Session, at_work: Helpers, case: Case
) -> None:
    review_id = _planned(session, dt.date(2026, 3, 10))
    session.execute(text("UPDATE case_role SET until_on = from_on WHERE kind = 'lead_professional'"))
    with uow() as unit:
        chase_review(unit, review_id)
    assert session.scalars(select(MessageText.to_address)).all() == [at_work.manager_account.email]
