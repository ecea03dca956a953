"""The task list of a CAF: its sections with their states, and where each one leads."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from locality.caf.queries.children import ChildRow
from locality.caf.queries.sections import AssessmentRow, Progress
from locality.caf.queries.tasks import TaskFacts
from locality.caf.rules.completion import SectionState, section_state
from locality.caf.rules.elements import CHILD_ELEMENTS, Domain, Element, elements_of
from locality.caf.rules.sections import SECTIONS, SectionCode
from locality.web.formats import clock_time, day

Task = dict[str, object]
_WORDS = {SectionState.NOT_STARTED: ("Not started", "blue"), SectionState.DONE: ("Done", "")}


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the task list and its tasks."""

    title: str
    tasks: list[Task]


def sections_of(caf: AssessmentRow, children: Sequence[ChildRow], facts: TaskFacts) -> list[Section]:
    """The whole task list, in form order; sections can be done in any order."""
    shared = facts.progress.get(None, ())
    return [
        Section(
            "The assessment",
            [
                _header_task(caf),
                _free_task(caf, SectionCode.WRITERS, facts),
                _agreement_task(caf),
            ],
        ),
        *(Section(child.name, _child_tasks(caf, child, facts)) for child in children),
        Section(
            "The whole family",
            [
                _people_task(caf),
                _free_task(caf, SectionCode.HOME, facts),
                _elements_task(caf, "Parents and carers", elements_of(Domain.PARENTS), given=shared, child_id=None),
                _elements_task(caf, "Family and surroundings", elements_of(Domain.FAMILY), given=shared, child_id=None),
                _free_task(caf, SectionCode.STORY, facts),
            ],
        ),
    ]


def _header_task(caf: AssessmentRow) -> Task:
    done = bool(caf.present) + bool(caf.what_led)
    return _task("Who was present, what led to it", url_for("caf.header", assessment_id=caf.id), done=done, of=2)


def _child_tasks(caf: AssessmentRow, child: ChildRow, facts: TaskFacts) -> list[Task]:
    ids: dict[str, Any] = {"assessment_id": caf.id, "child_id": child.id}
    given = facts.progress.get(child.id, ())
    return [
        _task(
            f"What is known about {child.called}", url_for("caf.known", **ids), done=int(child.id in facts.known), of=1
        ),
        _free_task(caf, SectionCode.NEEDS_TO_TAKE_PART, facts, child=child),
        _elements_task(caf, f"Development of {child.called}", CHILD_ELEMENTS, given=given, child_id=child.id),
        _voice_task(child, facts, href=url_for("caf.voices", **ids)),
        _task(
            f"Conclusions for {child.called}",
            url_for("caf.conclusion", **ids),
            done=int(child.id in facts.concluded),
            of=1,
        ),
        _task(
            f"What {child.called} and the parents say about it",
            url_for("caf.comments", **ids),
            done=int(child.id in facts.commented),
            of=1,
        ),
    ]


def _free_task(caf: AssessmentRow, code: SectionCode, facts: TaskFacts, *, child: ChildRow | None = None) -> Task:
    """A section of free words; nobody has to write in it."""
    child_id = None if child is None else child.id
    name = SECTIONS[code].title.format(child="" if child is None else child.called)
    href = url_for("caf.section", assessment_id=caf.id, code=code.value, child_id=child_id)
    task = _task(name, href, done=int((code, child_id) in facts.written), of=1)
    if (code, child_id) not in facts.written:
        task["status"], task["colour"] = "Optional", "grey"
    return task


def _agreement_task(caf: AssessmentRow) -> Task:
    """The family's agreement, without which there is no assessment; a draft has one."""
    task = _task("What the family agreed to", f"/families/{caf.family_id}/agreement", done=1, of=1)
    task["status"] = "See it"
    return task


def _people_task(caf: AssessmentRow) -> Task:
    """Who belongs to the family, who holds parental responsibility: kept with the family, not asked again here."""
    task = _task("Parents, carers and who else belongs", url_for("caf.people_of", assessment_id=caf.id), done=1, of=1)
    task["status"] = "See it"
    return task


def _voice_task(child: ChildRow, facts: TaskFacts, *, href: str) -> Task:
    task = _task(f"{child.called}’s voice", href, done=int(child.id in facts.heard), of=1)
    if child.id in facts.heard:
        task["status"] = f"{child.called}’s words added"
    elif child.id in facts.not_heard:
        task["status"], task["colour"] = "To try again", "yellow"
    return task


def _elements_task(
    caf: AssessmentRow,
    name: str,
    elements: Sequence[Element],
    *,
    given: Sequence[Progress],
    child_id: uuid.UUID | None,
) -> Task:
    codes = [element.code for element in elements]
    here = [row for row in given if row.code in codes and row.is_given]
    answered = {row.code for row in here}
    first = next((code for code in codes if code not in answered), codes[0])
    href = url_for("caf.element", assessment_id=caf.id, code=first, child_id=child_id)
    task = _task(name, href, done=len(here), of=len(codes))
    if here:
        last = max(here, key=lambda row: row.saved_at)
        saved = f"{day(last.saved_at)}, {clock_time(last.saved_at)}"
        task["hint"] = f"{len(here)} of {len(codes)} answered. Last saved {saved} by {last.saved_by_name}"
    else:
        task["hint"] = f"{len(codes)} elements"
    return task


def _task(name: str, href: str, *, done: int, of: int) -> Task:
    state = section_state(done, of)
    words, colour = _WORDS.get(state, ("Draft saved", "light-blue"))
    return {"name": name, "href": href, "status": words, "colour": colour}
