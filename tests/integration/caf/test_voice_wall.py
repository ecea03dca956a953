"""Row-level security alone keeps what a child keeps: words, pictures, readings and sittings, whatever the pages do."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import (
    VoiceAlert,
    VoiceAnswer,
    VoiceEntry,
    VoiceFile,
    VoiceReader,
    VoiceReading,
    VoiceSitting,
)
from locality.caf.operations.commands import RecordReading
from locality.caf.operations.sittings import (
    KeepDrawing,
    StartSitting,
    keep_drawing,
    save_answer,
    start_sitting,
    tell_first,
)
from locality.caf.operations.voice_choices import finish_sitting
from locality.caf.operations.voices import record_reading
from locality.caf.rules.drawings import Stroke
from locality.caf.rules.seeing import Seeing
from locality.caf.rules.sittings import Answer
from locality.caf.rules.voices import SeeingChoice
from locality.caf.rules.words import VoiceReaders, VoiceTool
from locality.kernel.actor import Actor
from locality.kernel.db import bind_actor
from locality.kernel.errors import NotFound
from locality.kernel.handover import HandedOver
from locality.kernel.ids import AccountId, AssessmentId, PersonId, VoiceEntryId, new_id
from locality.people.models import Person
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import Helpers, a_draft, a_led_episode, helpers
from tests.support.database import OpenUnit
from tests.support.layers import layer

TABLES = (VoiceEntry, VoiceFile, VoiceAnswer, VoiceSitting, VoiceReading, VoiceAlert, VoiceReader)


@layer
def at_work(session: Session, clock: dt.datetime) -> Helpers:
    """A lead professional and two colleagues."""
    return helpers(session)


@layer
def made(uow: OpenUnit, at_work: Helpers) -> tuple[AssessmentId, PersonId, uuid.UUID]:
    """A CAF, its child, and a sitting that Amira has begun; Sean is in the team."""
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        caf_id = a_draft(unit, episode_id)
        account = AccountId(at_work.colleague_account.id)
        caf.add_team_member(
            unit, caf.AddTeamMember(new_id(), episode_id, caf.CaseRoleKind.TEAM_MEMBER, account_id=account)
        )
        leah = family.children[0]
        sitting = start_sitting(unit, StartSitting(new_id(), caf_id, leah, VoiceTool.THREE_HOUSES, "Nobody else"))
    return caf_id, leah, sitting


def the_child(at_work: Helpers, sitting: uuid.UUID) -> Actor:
    """Whoever holds the device."""
    return HandedOver(sitting, AccountId(at_work.lead_account.id), "Amira Khan", "/my-voice", "/").actor


def speak(uow: OpenUnit, child: Actor, sitting: uuid.UUID, words: SeeingChoice, files: SeeingChoice) -> VoiceEntryId:
    """Leah says and draws something, and chooses who may see it."""
    with uow(child) as unit:
        tell_first(unit, sitting)
        save_answer(unit, sitting, "worries.words", answer=Answer(words="I am scared at night"))
        keep_drawing(unit, KeepDrawing(sitting, "worries.draw", (Stroke(0, 0, (1, 1)),), 0))
        return finish_sitting(unit, sitting, seeing=Seeing(words, files, family_may_see=False))


def rows_of(session: Session, actor: Actor) -> dict[str, int]:
    """How many rows of each table an actor reads, straight from the tables."""
    bind_actor(session, actor)
    session.expire_all()
    return {table.__name__: len(session.execute(select(table.person_id)).all()) for table in TABLES}


TEAM, ALONE = SeeingChoice(VoiceReaders.TEAM), SeeingChoice(VoiceReaders.LEAD_ONLY)


@pytest.mark.parametrize(
    ("words", "files", "entries", "pictures"),
    [
        (lambda _sean: TEAM, lambda _sean: ALONE, 1, 0),
        (lambda _sean: ALONE, lambda _sean: TEAM, 0, 1),
        (lambda sean: SeeingChoice(VoiceReaders.CHOSEN, frozenset({sean})), lambda _sean: ALONE, 1, 0),
        (lambda _sean: ALONE, lambda sean: SeeingChoice(VoiceReaders.CHOSEN, frozenset({sean})), 0, 1),
    ],
    ids=["words to all", "pictures to all", "words to him", "pictures to him"],
)
def test_a_team_member_sees_exactly_what_the_child_lets_him_see(
    uow: OpenUnit,
    session: Session,
    at_work: Helpers,
    made: tuple[AssessmentId, PersonId, uuid.UUID],
    words: Callable[[str], SeeingChoice],
    files: Callable[[str], SeeingChoice],
    entries: int,
    pictures: int,
) -> None:
    sean = str(at_work.colleague_account.id)
    speak(uow, the_child(at_work, made[2]), made[2], words(sean), files(sean))
    seen = rows_of(session, at_work.colleague)
    assert (seen["VoiceEntry"], seen["VoiceFile"]) == (entries, pictures)
    assert (seen["VoiceAnswer"], seen["VoiceSitting"], seen["VoiceAlert"]) == (entries, 0, 0)


def test_nobody_else_sees_anything_and_the_lead_sees_all(
    uow: OpenUnit, session: Session, at_work: Helpers, made: tuple[AssessmentId, PersonId, uuid.UUID]
) -> None:
    entry = speak(uow, the_child(at_work, made[2]), made[2], ALONE, ALONE)
    with uow(at_work.lead) as unit:
        record_reading(unit, RecordReading(new_id(), made[0], made[1], entry, "Nights are hard"))
    parent = an_actor(an_account(session, name="Grace Adeyemi"))
    for other in (parent, an_actor(an_account(session, name="Another Lead"))):
        assert set(rows_of(session, other).values()) == {0}
    assert {name for name, count in rows_of(session, at_work.colleague).items() if count} == set()
    seen = rows_of(session, at_work.manager)
    assert (seen["VoiceEntry"], seen["VoiceFile"], seen["VoiceAnswer"], seen["VoiceReading"]) == (0, 0, 0, 0)
    assert all(rows_of(session, at_work.lead)[table] for table in ("VoiceEntry", "VoiceFile", "VoiceReading"))


def test_the_device_sees_its_own_sitting_and_nothing_else_of_the_record(
    uow: OpenUnit, session: Session, at_work: Helpers, made: tuple[AssessmentId, PersonId, uuid.UUID]
) -> None:
    with uow(at_work.lead) as unit:
        other = start_sitting(unit, StartSitting(new_id(), made[0], made[1], VoiceTool.STATEMENTS, "Mum"))
    child = the_child(at_work, made[2])
    seen = rows_of(session, child)
    assert (seen["VoiceSitting"], seen["VoiceEntry"]) == (1, 0)
    assert session.execute(select(Person.id)).all() == []
    with pytest.raises(NotFound), uow(child) as unit:
        save_answer(unit, other, "say.sleep", answer=Answer(choice="yes"))


def test_before_the_child_has_chosen_only_who_sits_with_them_and_who_leads_sees_it(
    uow: OpenUnit, session: Session, at_work: Helpers, made: tuple[AssessmentId, PersonId, uuid.UUID]
) -> None:
    child = the_child(at_work, made[2])
    with uow(child) as unit:
        keep_drawing(unit, KeepDrawing(made[2], "worries.draw", (Stroke(0, 0, (1, 1)),), 0))
    assert rows_of(session, at_work.colleague)["VoiceFile"] == 0
    assert rows_of(session, at_work.manager)["VoiceFile"] == 0
    assert rows_of(session, at_work.lead)["VoiceFile"] == 1


def test_a_sheet_on_which_everything_was_undone_is_no_drawing(
    uow: OpenUnit, session: Session, at_work: Helpers, made: tuple[AssessmentId, PersonId, uuid.UUID]
) -> None:
    child = the_child(at_work, made[2])
    with uow(child) as unit:
        keep_drawing(unit, KeepDrawing(made[2], "good.draw", (), 0))
    speak(uow, child, made[2], TEAM, TEAM)
    bind_actor(session, at_work.lead)
    assert session.scalars(select(VoiceFile.question)).all() == ["worries.draw"]
