"""What happened to a referral, in words for its readers and for the story of the children."""

import uuid
from collections.abc import Sequence

from sqlalchemy import insert

from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import ReferralEvent


def tell_story(uow: UnitOfWork, referral_id: uuid.UUID, about: Sequence[uuid.UUID], line: str) -> None:
    """Say in the story of each child what happened today to a referral about them."""
    people.note_story(
        uow,
        about,
        happened_on=uow.today,
        kind=people.StoryKind.REFERRAL,
        line=line,
        record=("referral", referral_id),
    )


def note_event(
    uow: UnitOfWork, referral_id: uuid.UUID, about: Sequence[uuid.UUID], line: str, *, words: str = ""
) -> None:
    """Add a line to the history of a referral; ``words`` is what somebody wrote with it."""
    row = {
        "id": new_id(),
        "referral_id": referral_id,
        "about": list(about),
        "at": uow.now,
        "by_name": uow.actor.name,
        "line": line,
        "words": words,
    }
    uow.session.execute(insert(ReferralEvent), [row])
