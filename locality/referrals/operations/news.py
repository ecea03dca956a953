"""News about a child in an open case, which whoever is behind the case sees to."""

import uuid

from sqlalchemy import select, update

from locality.audit import log as audit
from locality.kernel.errors import NotFound
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import CaseNews
from locality.referrals.queries.standing import news_misplaced

_QUIETLY = {"synchronize_session": False}


def see_to_news(uow: UnitOfWork, news_id: uuid.UUID) -> None:
    """Say that one has read the news and taken it into the plan. Raises ``NotFound`` for somebody else's."""
    news = uow.session.execute(
        select(CaseNews.about).where(CaseNews.id == news_id, CaseNews.waits_principal.in_(uow.actor.principals))
    ).one_or_none()
    if news is None:
        raise NotFound("There is no such news, or it is for somebody else")
    uow.session.execute(
        update(CaseNews).where(CaseNews.id == news_id, CaseNews.seen_at.is_(None)).values(seen_at=uow.now),
        execution_options=_QUIETLY,
    )
    audit.record(uow, "news.seen", subjects=news.about, record=("case_news", news_id))


def pass_news_on(uow: UnitOfWork) -> None:
    """Let news that nobody has seen to wait for whoever is behind its case now; safe any number of times."""
    for one in news_misplaced(uow.session, today=uow.today):
        uow.session.execute(
            update(CaseNews)
            .where(CaseNews.id == one.id, CaseNews.seen_at.is_(None))
            .values(waits_principal=one.behind.principal, waits_name=one.behind.name),
            execution_options=_QUIETLY,
        )
        audit.record(uow, "news.passed_on", subjects=one.about, record=("case_news", one.id))
