"""Where the help goes on that a service began by accepting a referral."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import Episode, EpisodeReferral
from locality.caf.rules.words import EpisodeState
from locality.kernel.ids import ReferralId
from locality.people.models import Family
from locality.referrals import api as referrals


def fill_helped(session: Session, found: Mapping[ReferralId, referrals.Helped]) -> None:
    """Say of accepted referrals whose family it is and what the help needs next; one statement."""
    rows = session.execute(
        select(EpisodeReferral.referral_id, Episode.id, Episode.next_step_line, Episode.next_step_on, Family.name)
        .join(Episode, Episode.id == EpisodeReferral.episode_id)
        .join(Family, Family.id == Episode.family_id)
        .where(EpisodeReferral.referral_id.in_(list(found)), Episode.state == EpisodeState.OPEN)
    )
    for row in rows:
        one = found[ReferralId(row.referral_id)]
        one.label = f"{row.name} family"
        one.line, one.due_on = row.next_step_line, row.next_step_on
        one.endpoint, one.values = "caf.episode", {"episode_id": row.id}
