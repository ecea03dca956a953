"""Giving papers: what was read is given and kept as a share; the files are made, many of them in the background."""

import datetime as dt
import uuid
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.access.scope import elevated
from locality.caf.models import PaperBatch, PaperCopy
from locality.caf.operations.loading import raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.cases import get_case
from locality.caf.queries.papers import NO_PAPER, CopyRow, KeptBack, KeptWords, kept_back, list_copies, read_around
from locality.caf.queries.recipients import Candidate, recipients_of, worker_now
from locality.caf.queries.team import list_roles
from locality.caf.queries.voices import list_voices
from locality.caf.rules.papers import (
    MADE_AT_ONCE,
    PaperKind,
    Recipient,
    RecipientKind,
    may_hear,
    reasons_against_giving,
    says,
    unsayable,
)
from locality.kernel import outbox
from locality.kernel.clock import london_date
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import VoiceEntryId
from locality.kernel.uow import UnitOfWork
from locality.papers.paper import Paper, Quote, from_json, to_json
from locality.papers.typeset import pdf_of
from locality.people import api as people

MAKE = "caf.make_paper"
_WORDS = {PaperKind.CAF: "The assessment", PaperKind.PLAN: "The plan", PaperKind.CHILD_PLAN: "A child’s plan"}


@dataclass(frozen=True, slots=True)
class Give:
    """The copies of a batch that somebody has read and gives; ``leave_out`` are sections that go from all of them."""

    batch_id: uuid.UUID
    leave_out: tuple[str, ...] = ()


def give_papers(uow: UnitOfWork, command: Give) -> None:
    """Give every copy of a batch that is not given yet; sent twice, it is given once.

    What the family says now counts, not what it said when the copy was prepared. Raises ``RuleBroken``, ``NotFound``.
    """
    copies = list_copies(uow.session, command.batch_id)
    if not copies:
        raise NotFound(NO_PAPER)
    waiting = [one for one in copies if one.given_at is None]
    if not waiting:
        return
    must_be_agreed(uow, waiting)
    for one in waiting:
        _give(uow, one, command.leave_out)
    _tell(uow, waiting)
    if len(waiting) > MADE_AT_ONCE:
        for one in waiting:
            outbox.enqueue(uow, MAKE, key=str(one.id), paper_copy=one.id)
    else:
        for one in waiting:
            make_paper(uow, one.id)


def must_be_agreed(uow: UnitOfWork, copies: Sequence[CopyRow]) -> None:
    """Raise ``RuleBroken`` when the family's agreement, as it stands now, does not let one of these be given."""
    case = get_case(uow.session, copies[0].episode_id)
    team = [role for role in list_roles(uow.session, case.id) if role.is_open]
    around = read_around(uow.session, case.family_id)
    known = recipients_of(uow.session, case, around, team, today=uow.today)
    accounts = {role.id: role.account_id for role in team if role.account_id is not None}
    given = [accounts[copy.recipient_id] for copy in copies if copy.recipient_id in accounts]
    shut = people.kept_out(uow.session, case.about, given) if given else frozenset()
    raise_if(_closed_to(copy) for copy in copies if accounts.get(copy.recipient_id) in shut)
    raise_if(reason for copy in copies for reason in _reasons(copy, known.get(copy.recipient_id)))


def still_agreed(session: Session, copy: CopyRow, *, today: dt.date) -> bool:
    """Whether a paper that was given may still be had: what a family takes back counts from the next request on.

    Two statements at most. What was given to somebody of the family stays theirs.
    """
    if copy.recipient is not RecipientKind.WORKER:
        return True
    known = worker_now(session, copy.episode_id, copy.about, role_id=copy.recipient_id, today=today)
    return not any(_reasons(copy, known))


def says_too_much(session: Session, copy: CopyRow, paper: Paper) -> bool:
    """Whether a paper says, as things stand now, where somebody is who must not be found, or what a child keeps.

    Two statements at most, one of them beyond the reader's sight.
    """
    kept = _kept_back(session, copy)
    text = str(to_json(paper))
    return unsayable(kept.marks).taken_out(text) != text or _says_words(session, copy, paper, kept=kept)


def says_what_a_child_keeps(session: Session, copy: CopyRow, paper: Paper) -> bool:
    """Whether a paper has words of a child that its recipient, or who opens it, may not read or not any more.

    Two statements where somebody's own words are in it, one of them beyond the reader's sight; else none.
    """
    return bool(_quotes(paper)) and _says_words(session, copy, paper, kept=_kept_back(session, copy))


def _kept_back(session: Session, copy: CopyRow) -> KeptBack:
    with elevated(session, "addresses hidden and words kept by children since a paper was written"):
        return kept_back(session, copy.episode_id)


def _quotes(paper: Paper) -> list[str]:
    return [one.text for section in paper.sections for one in section.blocks if isinstance(one, Quote)]


def _says_words(session: Session, copy: CopyRow, paper: Paper, *, kept: KeptBack) -> bool:
    quotes = _quotes(paper)
    if not quotes:
        return False
    seen = {voice.id for voice in list_voices(session, copy.episode_id)}
    recipient = Recipient(copy.recipient, copy.recipient_id, copy.recipient_name, frozenset(copy.about))
    return any(_keeps(told, kept.words, seen, recipient=recipient) for told in quotes)


def _keeps(told: str, voices: Iterable[KeptWords], seen: Container[VoiceEntryId], *, recipient: Recipient) -> bool:
    """Whether what is told is a child's, and nowhere for this recipient and this reader."""
    meant = [voice for voice in voices if says(told, voice.own_words)]
    return bool(meant) and not any(
        voice.id in seen
        and may_hear(recipient, child_id=voice.person_id, readers=voice.readers, family_may_see=voice.family_may_see)
        for voice in meant
    )


def _closed_to(copy: CopyRow) -> Reason:
    return Reason(None, f"{copy.recipient_name} may not open this family’s records, so nothing is given to them")


def _reasons(copy: CopyRow, now: Candidate | None) -> Iterator[Reason]:
    if now is None:
        gone = f"{copy.recipient_name} is no longer in the team or the family, so nothing more is given to them"
        yield Reason(None, gone)
        return
    yield from now.reasons_not_to_give(copy.kind, is_caf_complete=True)
    if not _still_covered(copy, now.recipient):
        yield Reason(None, _has_changed(copy))


def _has_changed(copy: CopyRow) -> str:
    return f"What {copy.recipient_name} may know has changed. Prepare the paper again"


def _still_covered(copy: CopyRow, now: Recipient) -> bool:
    return set(copy.about) <= now.children and now.topics_out <= set(copy.topics_out)


def _give(uow: UnitOfWork, copy: CopyRow, leave_out: Sequence[str]) -> None:
    row = uow.session.execute(
        select(PaperCopy).where(PaperCopy.id == copy.id, PaperCopy.given_at.is_(None)).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        return
    paper = from_json(row.content)
    keys = [section.key for section in paper.sections]
    raise_if(reasons_against_giving(leave_out, keys))
    if len(set(leave_out)) == len(keys):
        raise RuleBroken([Reason("leave_out", "Keep at least one section")])
    gone = [section.title for section in paper.sections if section.key in leave_out]
    left = paper.without(leave_out)
    if says_what_a_child_keeps(uow.session, copy, left):
        raise RuleBroken(_has_changed(copy))
    row.content = to_json(left)
    row.left_out = [*row.left_out, *(f"{title}: left out by {uow.actor.name}" for title in gone)]
    row.given_at, row.given_by, row.given_by_name = uow.now, uow.actor.account_id, uow.actor.name
    row.version += 1
    uow.session.flush()


def _tell(uow: UnitOfWork, given: Sequence[CopyRow]) -> None:
    """One line of the audit log a recipient, as a share has them: to whom, what, on what it rests, by whom."""
    for copy in given:
        tell(
            uow,
            "paper.given",
            about=copy.about,
            record=("paper_copy", copy.id),
            detail={
                "kind": copy.kind.value,
                "recipient": copy.recipient.value,
                "recipient_id": str(copy.recipient_id),
                "agreement": None if copy.agreement_id is None else str(copy.agreement_id),
                "override": None if copy.override_id is None else str(copy.override_id),
            },
            line=Line(people.StoryKind.PLAN, f"{_WORDS[copy.kind]} was given to {copy.recipient_name}"),
        )


def make_paper(uow: UnitOfWork, copy_id: uuid.UUID) -> None:
    """Make the file of a copy that was given; made already, it stays as it is."""
    row = uow.session.execute(
        select(PaperCopy.content, PaperCopy.given_at, PaperCopy.made_at, PaperBatch.kind)
        .join(PaperBatch, PaperBatch.id == PaperCopy.batch_id)
        .where(PaperCopy.id == copy_id)
    ).one_or_none()
    if row is None or row.given_at is None or row.made_at is not None:
        return
    is_for_child = row.kind is PaperKind.CHILD_PLAN  # always in large print
    pdf = pdf_of(from_json(row.content), made_on=_day(row.given_at), large=is_for_child)
    uow.session.execute(
        update(PaperCopy)
        .where(PaperCopy.id == copy_id, PaperCopy.made_at.is_(None))
        .values(pdf=pdf, made_at=uow.now)
        .execution_options(synchronize_session=False)
    )


def _day(instant: dt.datetime) -> dt.date:
    return london_date(instant)
