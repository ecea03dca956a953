"""The checklist before an assessment: answered, the question of safety settled first, and an outcome recorded."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select

from locality.caf.models import Checklist
from locality.caf.operations.loading import raise_if
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.checklists import NO_CHECKLIST, facts_of
from locality.caf.rules.checklist import (
    OUTCOMES,
    Answer,
    Outcome,
    Safeguarding,
    Step,
    next_step,
    reasons_against_outcome,
    reasons_against_safeguarding,
)
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class AnswerChecklist:
    """The five answers about a child."""

    checklist_id: uuid.UUID
    person_id: PersonId
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class SettleSafety:
    """What was decided about safety, with whom and why."""

    checklist_id: uuid.UUID
    decision: Safeguarding
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class TellNeeds:
    """What extra help a child may need, and whether the family knows and agrees to an assessment."""

    checklist_id: uuid.UUID
    services_needed: str
    own_service: Answer
    would_help: Answer
    who_does: str
    family_aware: bool
    family_words: str = ""


@dataclass(frozen=True, slots=True)
class DecideChecklist:
    """What comes of a checklist."""

    checklist_id: uuid.UUID
    outcome: Outcome
    why: str = ""


def answer_checklist(uow: UnitOfWork, command: AnswerChecklist) -> uuid.UUID:
    """Keep the five answers; sent twice, they are kept once."""
    if _find(uow, command.checklist_id) is not None:
        return command.checklist_id
    row: dict[str, object] = {
        "id": command.checklist_id, "person_id": command.person_id, "asked_on": uow.today, **command.answers,
        "safeguarding": None, "safeguarding_who": "", "safeguarding_why": "", "safeguarding_at": None,
        "services_needed": "", "own_service": None, "would_help": None, "who_does": "", "family_aware": None,
        "family_words": "", "outcome": None, "outcome_why": "", "decided_at": None, "recorded_at": uow.now,
        "recorded_by": uow.actor.account_id, "recorded_by_name": uow.actor.name, "version": 1,
    }  # fmt: skip
    uow.session.execute(insert(Checklist), [row])
    answers = [f"{name}:{answer.value}" for name, answer in command.answers.items()]
    _tell(uow, "checklist.answered", (command.checklist_id, command.person_id), {"answers": answers})
    return command.checklist_id


def settle_safety(uow: UnitOfWork, command: SettleSafety) -> None:
    """Record what was decided about safety. It is decided once; whoever comes second is told."""
    row = _open(uow, command.checklist_id)
    if row.safeguarding is not None:
        raise Conflict([Reason(None, "What was decided about safety is recorded already")])
    raise_if(reasons_against_safeguarding(who=command.who, why=command.why))
    row.safeguarding, row.safeguarding_at = command.decision, uow.now
    row.safeguarding_who, row.safeguarding_why = command.who, command.why
    row.version += 1
    uow.session.flush()
    _tell(uow, "checklist.safety_settled", (row.id, row.person_id), {"decision": command.decision.value})


def tell_needs(uow: UnitOfWork, command: TellNeeds) -> None:
    """Keep what extra help may be needed."""
    row = _past_safety(uow, command.checklist_id)
    if not command.services_needed:
        raise RuleBroken([Reason("services_needed", "Enter what extra help may be needed")])
    row.services_needed, row.own_service, row.would_help = (
        command.services_needed,
        command.own_service,
        command.would_help,
    )
    row.who_does, row.family_aware, row.family_words = command.who_does, command.family_aware, command.family_words
    row.version += 1
    uow.session.flush()
    _tell(uow, "checklist.needs_told", (row.id, row.person_id), {"family_aware": command.family_aware})


def decide_checklist(uow: UnitOfWork, command: DecideChecklist) -> None:
    """Record what comes of a checklist; from then on it stays as it is. Raises ``RuleBroken``."""
    row = _past_safety(uow, command.checklist_id)
    raise_if(reasons_against_outcome(facts_of(row), command.outcome, why=command.why))
    row.outcome, row.outcome_why, row.decided_at = command.outcome, command.why, uow.now
    row.version += 1
    uow.session.flush()
    line = Line(people.StoryKind.ASSESSMENT, f"A checklist was answered: {OUTCOMES[command.outcome]}")
    _tell(uow, "checklist.decided", (row.id, row.person_id), {"outcome": command.outcome.value}, line=line)


def _tell(
    uow: UnitOfWork, action: str, of: tuple[uuid.UUID, PersonId], detail: Mapping[str, str | bool | list[str]],
    *, line: Line | None = None,
) -> None:  # fmt: skip
    checklist_id, person_id = of
    tell(uow, action, about=[person_id], record=("checklist", checklist_id), detail=dict(detail), line=line)


def _past_safety(uow: UnitOfWork, checklist_id: uuid.UUID) -> Checklist:
    row = _open(uow, checklist_id)
    if next_step(facts_of(row)) is Step.SAFEGUARDING:
        raise RuleBroken("First record what you decided about safety")
    return row


def _open(uow: UnitOfWork, checklist_id: uuid.UUID) -> Checklist:
    row = _find(uow, checklist_id)
    if row is None:
        raise NotFound(NO_CHECKLIST)
    if row.outcome is not None:
        raise Conflict([Reason(None, "The outcome of this checklist is recorded already. It stays as it is")])
    return row


def _find(uow: UnitOfWork, checklist_id: uuid.UUID) -> Checklist | None:
    return uow.session.scalars(
        select(Checklist)
        .where(Checklist.id == checklist_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
