"""Preparing papers: who may have what is decided from facts of this moment, and written down for each recipient."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert

from locality.access.scope import elevated
from locality.caf.models import PaperBatch, PaperCopy
from locality.caf.operations.loading import raise_if
from locality.caf.operations.papers.caf import write_caf
from locality.caf.operations.papers.plan import write_child_plan, write_plan
from locality.caf.operations.papers.writing import Writer
from locality.caf.operations.telling import tell
from locality.caf.queries.cases import Case, get_case
from locality.caf.queries.papers import Contents, list_places, read_contents, referrers_of
from locality.caf.queries.recipients import Candidate, Rests, recipients_of
from locality.caf.queries.sections import get_assessment
from locality.caf.rules.papers import (
    PaperKind,
    Place,
    Recipient,
    RecipientKind,
    Unsayable,
    hidden_alike,
    may_have_place,
    unsayable,
)
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import EpisodeId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.papers.paper import Paper, to_json
from locality.web.formats import weekday


@dataclass(frozen=True, slots=True)
class Prepare:
    """What is prepared and for whom; ``child_id`` for a child's plan, ``label`` is what the authority calls a CAF."""

    batch_id: uuid.UUID
    episode_id: EpisodeId
    kind: PaperKind
    recipients: tuple[uuid.UUID, ...]
    label: str
    child_id: PersonId | None = None


def prepare_papers(uow: UnitOfWork, command: Prepare) -> uuid.UUID:
    """Write each recipient's copy, to be read before it is given; nothing leaves yet.

    Raises ``RuleBroken`` with whatever stands against giving it to any of them, ``NotFound`` for strangers.
    """
    case = get_case(uow.session, command.episode_id)
    caf_id = case.complete_id or case.draft_id
    caf = None if caf_id is None else get_assessment(uow.session, caf_id)
    contents = read_contents(uow.session, command.episode_id, case.family_id, caf=caf)
    found = recipients_of(uow.session, case, contents.around, contents.team, today=uow.today)
    chosen = [found[one] for one in dict.fromkeys(command.recipients) if one in found]
    if not chosen or len(chosen) < len(set(command.recipients)):
        raise NotFound([Reason("recipients", "Select who it is for from those shown")])
    _check(command, contents, chosen)
    marks = _marks(uow, contents)
    around = replace(contents.around, places=hidden_alike(contents.around.places, marks.places))
    contents = replace(contents, around=around)
    about = list(case.about)
    rows = []
    for one in chosen:
        writer = Writer(contents, one.recipient, _kept_from(one.recipient, marks, contents))
        paper = _write(command, case, writer)
        rows.append(_row(command, one.rests, writer, paper))
    batch = {
        "id": command.batch_id, "episode_id": command.episode_id, "about": about, "kind": command.kind,
        "prepared_at": uow.now, "prepared_by": uow.actor.account_id, "prepared_by_name": uow.actor.name,
    }  # fmt: skip
    uow.session.execute(insert(PaperBatch), [batch])
    uow.session.execute(insert(PaperCopy), rows)
    tell(
        uow,
        "paper.prepared",
        about=about,
        record=("episode", command.episode_id),
        detail={"kind": command.kind.value, "recipients": [str(one.recipient.id) for one in chosen]},
    )
    return command.batch_id


def _check(command: Prepare, contents: Contents, chosen: Sequence[Candidate]) -> None:
    if command.kind is PaperKind.CAF and contents.caf is None:
        raise RuleBroken("There is no assessment yet")
    child = command.child_id
    if command.kind is PaperKind.CHILD_PLAN and (child is None or child not in contents.around.people):
        raise NotFound([Reason("what", "Select whose plan it is")])
    reasons: list[Reason] = []
    for one in chosen:
        is_complete = contents.caf is not None and not contents.caf.is_draft
        reasons += one.reasons_not_to_give(command.kind, is_caf_complete=is_complete)
        if command.kind is PaperKind.CHILD_PLAN and one.recipient.children and child not in one.recipient.children:
            reasons.append(Reason(None, f"{one.recipient.name} may not have this child’s plan"))
    raise_if(Reason("recipients", reason.message) for reason in reasons)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What might have to be taken out of texts: every place, hidden ones too, and who told the front door."""

    places: tuple[Place, ...]
    referrers: frozenset[str]


def _marks(uow: UnitOfWork, contents: Contents) -> _Kept:
    everybody = contents.around.people
    with elevated(uow.session, "addresses and referrers that must not stand in what leaves the system"):
        places = list_places(uow.session, everybody)
        referrers = referrers_of(uow.session, [one.id for one in everybody.values() if one.kind == "child"])
    known = {one.name for one in everybody.values()} | {role.name for role in contents.team}
    return _Kept(hidden_alike(places, places), referrers - known)


def _kept_from(recipient: Recipient, kept: _Kept, contents: Contents) -> Unsayable:
    """The texts that must not stand in this recipient's paper."""
    marks = {mark for place in kept.places if not may_have_place(recipient, place) for mark in place.marks}
    said = {mark for place in kept.places if may_have_place(recipient, place) for mark in place.marks}
    hidden = {place.person_id for place in kept.places if place.is_hidden}
    if recipient.kind is not RecipientKind.WORKER:
        marks |= {one.school for one in contents.around.people.values() if one.school and one.id in hidden}
    return unsayable((marks - said) | kept.referrers)


_Writing = Callable[[Prepare, Case, Writer], Paper]


def _write(command: Prepare, case: Case, writer: Writer) -> Paper:
    return _WRITING[command.kind](command, case, writer)


def _caf(command: Prepare, _case: Case, writer: Writer) -> Paper:
    caf = writer.contents.caf
    if caf is None:  # checked before
        raise RuleBroken("There is no assessment yet")
    return write_caf(writer, caf, label=command.label)


def _plan(_command: Prepare, case: Case, writer: Writer) -> Paper:
    review = weekday(case.planned_review_on) if case.planned_review_on else "Not planned yet"
    return write_plan(writer, family_name=case.family_name, reference=case.reference, review=review)


def _child_plan(command: Prepare, case: Case, writer: Writer) -> Paper:
    child = command.child_id
    if child is None:  # checked before
        raise NotFound([Reason("what", "Select whose plan it is")])
    return write_child_plan(writer, child, lead=case.lead_name or "")


_WRITING: Mapping[PaperKind, _Writing] = {
    PaperKind.CAF: _caf,
    PaperKind.PLAN: _plan,
    PaperKind.CHILD_PLAN: _child_plan,
}


def _row(command: Prepare, rests: Rests, writer: Writer, paper: Paper) -> dict[str, object]:
    recipient = writer.recipient
    told = replace(paper, facts=(*paper.facts, ("This copy is for", recipient.name)))
    return {
        "id": new_id(), "batch_id": command.batch_id, "about": sorted(recipient.children, key=str),
        "recipient": recipient.kind, "recipient_id": recipient.id, "recipient_name": recipient.name,
        "title": paper.title, "content": to_json(told), "left_out": list(writer.out),
        "topics_out": sorted(recipient.topics_out),
        "agreement_id": rests.agreement_id, "override_id": rests.override_id, "given_at": None, "given_by": None,
        "given_by_name": "", "made_at": None, "pdf": None, "version": 1,
    }  # fmt: skip
