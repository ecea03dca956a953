"""Whether children are heard by a way that suits them: numbers for managers, whatever the children keep."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import Assessment, VoiceEntry
from locality.caf.rules.words import VoiceReaders
from tests.factories.caf import a_draft, a_led_episode, a_voice, helpers
from tests.support.database import OpenUnit
from tests.support.web import Browse

NAMES = ("Ada", "Ben", "Cleo", "Dan", "Efe", "Flo")


def test_a_child_counts_as_heard_by_what_suits_them_and_small_numbers_are_hidden(
    browse: Browse, uow: OpenUnit, session: Session
) -> None:
    at_work = helpers(session)
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, names=NAMES)
    with uow(at_work.lead) as unit:
        caf_id = a_draft(unit, episode_id)
        for child in family.children:
            a_voice(unit, caf_id, child)
    _completed(session, caf_id)
    voices = session.scalars(select(VoiceEntry.id).order_by(VoiceEntry.person_id)).all()
    for suits, some in ((True, voices[:3]), (False, voices[3:5]), (None, voices[5:])):
        values = {"suits": suits, "readers": VoiceReaders.LEAD_ONLY}
        session.execute(update(VoiceEntry).where(VoiceEntry.id.in_(some)).values(values))
    browse.sign_in(at_work.manager_account)
    page = browse.get(browse.get("/triangle").links["Are children heard in a way that suits them?"], most_queries=8)
    assert "3 of 6 times" in page.main
    assert "Adeyemi" not in page.main
    (row,) = page.table("Children by month, newest first")
    assert (row["Where"], row["Should have been heard"], row["Heard by what suits"]) == ("CAFs", "6", "3")

    with uow() as unit:
        other, theirs = a_led_episode(unit, at_work, names=("Gus",))
    with uow(at_work.lead) as unit:
        a_voice(unit, second := a_draft(unit, other), theirs.children[0])
    _completed(session, second, on=dt.date(2026, 2, 20))
    hidden = browse.get("/insight/heard")
    # The total less the larger month would be one child: both are hidden.
    assert [row["Should have been heard"] for row in hidden.table("Children by month, newest first")] == ["Hidden"] * 2
    assert "3 of 7 times" in hidden.main


def test_a_whole_that_is_small_shows_no_number(browse: Browse, uow: OpenUnit, session: Session) -> None:
    at_work = helpers(session)
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        a_voice(unit, caf_id := a_draft(unit, episode_id), family.children[0])
    _completed(session, caf_id)
    browse.sign_in(at_work.manager_account)
    page = browse.get("/insight/heard")
    assert "fewer than 5 times" in page.main
    assert "1 of 1" not in page.main
    assert not page.tree.css("table")


def _completed(session: Session, caf_id: object, *, on: dt.date = dt.date(2026, 3, 3)) -> None:
    """The CAF is complete, as the ledger of months counts it; what else a CAF asks for is not what is counted."""
    values = {"state": caf.AssessmentState.COMPLETE, "started_on": on, "completed_on": on}
    session.execute(update(Assessment).where(Assessment.id == caf_id).values(values))
