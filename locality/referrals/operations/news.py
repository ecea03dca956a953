"""News about a child in an open case, which its lead professional sees to."""

import uuid

from sqlalchemy import select, update

from locality.audit import log as audit
from locality.kernel.errors import NotFound
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import CaseNews


def see_to_news(uow: UnitOfWork, news_id: uuid.UUID) -> None:
    """Say that one has read the news and taken it into the plan. Raises ``NotFound`` for somebody else's."""
    news = uow.session.execute(
        select(CaseNews.about).where(CaseNews.id == news_id, CaseNews.lead_account_id == uow.actor.account_id)
    ).one_or_none()
    if news is None:
        raise NotFound("There is no such news, or it is for somebody else")
    uow.session.execute(
        update(CaseNews).where(CaseNews.id == news_id, CaseNews.seen_at.is_(None)).values(seen_at=uow.now),
        execution_options={"synchronize_session": False},
    )
    audit.record(uow, "news.seen", subjects=news.about, record=("case_news", news_id))
