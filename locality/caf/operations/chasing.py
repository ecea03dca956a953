"""Chasing reviews: reminding who leads, saying that it is late, telling the supervisor. Each step is taken once.

A step is claimed by its row, so that any number of workers, and a message that comes twice, take it once.
"""

import datetime as dt
import uuid

from sqlalchemy.dialects.postgresql import insert as insert_or

from locality.audit import log as audit
from locality.caf.models import ReviewChase
from locality.caf.queries.chasing import Chased, chased, reviews_to_chase, supervisors_of
from locality.caf.queries.reaching import address_of
from locality.caf.rules.chasing import ChaseStep, remind_up_to, step_due
from locality.kernel import outbox
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages

_MOST_A_RUN = 2_000


def owe_chasing(uow: UnitOfWork) -> int:
    """Owe a look at each planned review for which a step is due; how many. Safe to run at any time and often."""
    owed = 0
    for row in reviews_to_chase(uow.session, up_to=remind_up_to(uow.today), most=_MOST_A_RUN):
        step = step_due(row.due_on, today=uow.today)
        if step is not None and step not in row.taken:
            outbox.enqueue(uow, "caf.chase_review", key=f"{row.id}:{step.value}", review_id=row.id)
            owed += 1
    return owed


def chase_review(uow: UnitOfWork, review_id: uuid.UUID) -> ChaseStep | None:
    """Take the step that is due for a review, if any and not taken yet; gives it back."""
    review = chased(uow.session, review_id)
    step = None if review is None else step_due(review.due_on, today=uow.today)
    if review is None or step is None or not _claim(uow, review, step):
        return None
    upwards = step is ChaseStep.SUPERVISOR or review.lead_id is None
    told = supervisors_of(uow.session, review, today=uow.today) if upwards else (review.lead_id,)
    days = (uow.today - review.due_on).days
    for account_id in told:
        address = None if account_id is None else address_of(uow.session, account_id)
        if address is not None:
            messages.queue_message(
                uow, key=f"chase:{review_id}:{step.value}:{account_id}", to=address,
                template=f"worker_review_{step.value}", about=review.about,
                values={"reference": review.reference, "due": _day(review.due_on), "days": str(max(days, 0)),
                        "lead": review.lead_name or "nobody"},
                record=("review", review_id),
            )  # fmt: skip
    audit.record(uow, "review.chased", subjects=review.about, record=("review", review_id), detail={"step": step.value})
    return step


def _claim(uow: UnitOfWork, review: Chased, step: ChaseStep) -> bool:
    row = {
        "review_id": review.id, "step": step, "about": list(review.about), "chased_at": uow.now,
        "told": "supervisor" if step is ChaseStep.SUPERVISOR or review.lead_id is None else "lead",
    }  # fmt: skip
    done = uow.session.execute(
        insert_or(ReviewChase).values(row).on_conflict_do_nothing().returning(ReviewChase.review_id)
    )
    return done.first() is not None


def _day(on: dt.date) -> str:
    return f"{on.day} {on:%B %Y}"
