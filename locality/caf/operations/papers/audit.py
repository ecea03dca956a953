"""An assessment as somebody from outside the team reads it to audit it: how the work was done, and nobody's name."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from locality.caf.queries.agreement import topics_out_of
from locality.caf.queries.papers import Contents, PersonFacts
from locality.caf.queries.plan import ReviewRow
from locality.caf.queries.sections import AssessmentRow, SavedAnswer
from locality.caf.rules.elements import CHILD_ELEMENTS, SHARED_ELEMENTS, Element
from locality.caf.rules.inviting import StandIns, stand_ins
from locality.caf.rules.papers import Unsayable, elements_about
from locality.caf.rules.sections import SECTIONS, SectionCode
from locality.caf.rules.words import (
    ACTION_STATUS_LABELS,
    CASE_ROLE_LABELS,
    CONCLUSION_LABELS,
    EVIDENCE_LABELS,
    NOT_OBTAINED_LABELS,
    RESPONSIBLE_LABELS,
    SEVERITY_LABELS,
    VOICE_TOOL_LABELS,
)
from locality.consent import api as consent
from locality.kernel.ids import PersonId
from locality.papers.paper import Block, Facts, Heading, Items, Paper, Quote, Section, Table, Text
from locality.people import api as people
from locality.web.formats import day

_ASKED = (SectionCode.HOME, SectionCode.STORY, SectionCode.NEEDS_TO_TAKE_PART)

_PRESENT, _LED_TO = _WRITTEN = ("Who was present", "What led to it")
# What stands for names in a paper, which are names too: somebody may be called Child.
_STAND_IN = re.compile(r"Child \d+|Adult \d+|Another child|the family’s name|somebody of the family")


@dataclass(frozen=True, slots=True)
class Audited:
    """All that the paper is made from; ``names`` are those of everybody of the family, of who has left it too."""

    caf: AssessmentRow
    contents: Contents
    agreements: Sequence[consent.AgreementSummary]
    reviews: Sequence[ReviewRow]
    unsayable: Unsayable
    names: Collection[str]


def write_for_audit(audited: Audited, *, label: str) -> Paper:
    """The paper of one version of a CAF; ``label`` is what the authority calls it."""
    return _AuditWriter(audited).paper(label)


def says_a_topic(paper: Paper, agreements: Collection[consent.AgreementSummary]) -> bool:
    """Whether a paper has an element on a topic that the family keeps out by these agreements."""
    kept_out = elements_about(topics_out_of(agreements))
    names = {element.name for element in (*CHILD_ELEMENTS, *SHARED_ELEMENTS) if element.code in kept_out}
    return any(isinstance(one, Heading) and one.text in names for part in paper.sections for one in part.blocks)


def says_a_name(paper: Paper, names: Collection[str]) -> bool:
    """Whether free words of a paper name somebody by one of these names, who was not known when it was written."""
    known = stand_ins((), names)
    bare = (_STAND_IN.sub("·", text) for text in _free_words(paper))
    return any(known.put_in(text) != text for text in bare)


def _free_words(paper: Paper) -> Iterator[str]:
    """What was cleaned of names when the paper was written: texts, values and what the plan says."""
    yield from (value for name, value in paper.facts if name in _WRITTEN)
    for block in (block for section in paper.sections for block in section.blocks):
        match block:
            case Text() | Quote():
                yield block.text
            case Facts():
                yield from (value for _name, value in block.rows)
            case Table(caption="Actions"):
                yield from (cell for row in block.rows for cell in row[:2])


class _AuditWriter:
    """The paper in the making; every text goes through ``clean``."""

    def __init__(self, audited: Audited) -> None:
        self.audited = audited
        everybody = audited.contents.around.people.values()
        about = set(audited.caf.about)
        self.children = [one for one in everybody if one.id in about]
        others = [one for one in everybody if one.id not in about]
        adults = [one for one in others if one.kind is people.PersonKind.ADULT]
        self.labels: dict[PersonId, str] = {
            **{one.id: f"Child {number}" for number, one in enumerate(self.children, 1)},
            **{one.id: f"Adult {number}" for number, one in enumerate(adults, 1)},
        }
        self.names: StandIns = stand_ins(
            ((self.labels.get(one.id, "Another child"), _names(one)) for one in everybody), audited.names
        )
        self.kept_out = elements_about(topics_out_of(audited.agreements))

    def paper(self, label: str) -> Paper:
        """Everything that the items of an audit ask about."""
        caf = self.audited.caf
        facts = [
            ("Reference", f"{caf.reference}, version {caf.version_no}"),
            ("Started", day(caf.started_on)),
            ("Completed", day(caf.completed_on) if caf.completed_on else "Not yet"),
            (_PRESENT, self.clean(caf.present)),
            (_LED_TO, self.clean(caf.what_led)),
        ]
        found = [
            _section("agreement", "Agreement", self._agreement()),
            _section("named", "Who is named", [self._recorded(), self._carers(), self._team()]),
            *(_section(f"child-{number}", self.labels[child.id], self._child(child))
              for number, child in enumerate(self.children, 1)),
            _section("family", "The whole family", self._family()),
            _section("plan", "The plan", [self._actions()]),
            _section("reviews", "Reviews", self._reviews()),
        ]  # fmt: skip
        rows = tuple((name, value) for name, value in facts if value)
        sections = tuple(section for section in found if section.blocks)
        return Paper(f"{label} {caf.reference}, without names", f"{label} {caf.reference}", rows, sections)

    def clean(self, text: str) -> str:
        """A text without names, addresses and numbers."""
        return self.names.put_in(self.audited.unsayable.taken_out(text))

    def _text(self, words: str | None, label: str = "") -> Text | None:
        return Text(self.clean(words), label) if words else None

    def _agreement(self) -> Iterator[Block | None]:
        for one in self.audited.agreements:
            terms = one.terms
            whom = ", ".join(self.labels[person] for person in terms.people if person in self.labels)
            yield Facts(
                tuple(
                    (name, self.clean(value))
                    for name, value in (
                        ("For", whom),
                        ("Given", consent.CAPACITIES[terms.capacity]),
                        ("On", day(terms.signed_on)),
                        ("How it was given", consent.METHODS[terms.method] if terms.method else ""),
                        ("How it was explained", ", ".join(p for p in (terms.explained_how, terms.interpreter) if p)),
                        ("Shared with", consent.SHARE_WITH[terms.share_with]),
                        ("To be gone over by", day(terms.review_due_on) if terms.review_due_on else ""),
                    )
                    if value
                )
            )

    def _recorded(self) -> Block | None:
        """Which details are on record, without saying them."""
        placed = {place.person_id for place in self.audited.contents.around.places}
        rows = tuple(
            (self.labels[child.id], *(("Yes" if there else "No") for there in (
                bool(child.name), bool(child.sex), child.born_on is not None or child.due_on is not None,
                child.id in placed, bool(child.school))))
            for child in self.children
        )  # fmt: skip
        heads = ("Child", "Name", "Sex", "Date of birth", "Address or number", "School")
        return Table("On record", heads, rows) if rows else None

    def _carers(self) -> Block | None:
        lines = tuple(
            f"{self.labels[tie.adult_id]}, to {self.labels[tie.child_id]}: {tie.words or 'carer'}, "
            f"{'holds' if tie.has_responsibility else 'does not hold'} parental responsibility on record"
            for tie in self.audited.contents.around.ties
            if tie.adult_id in self.labels and tie.child_id in self.labels
        )
        return Items(lines) if lines else None

    def _team(self) -> Block | None:
        lines = tuple(
            ", ".join(part for part in (CASE_ROLE_LABELS[role.kind], role.job_title, role.organisation) if part)
            for role in self.audited.contents.team
        )
        return Items(tuple(self.clean(line) for line in lines)) if lines else None

    def _child(self, child: PersonFacts) -> Iterator[Block | None]:
        yield from self._words(SectionCode.NEEDS_TO_TAKE_PART, child.id)
        yield from self._voice(child)
        for element in CHILD_ELEMENTS:
            yield from self._element(element, child.id)
        document = self.audited.contents.document
        part = next((one for one in (document.children if document else ()) if one.id == child.id), None)
        if part is None:
            return
        if part.level is not None:
            yield Heading("Conclusions")
            yield self._text(CONCLUSION_LABELS[part.level])
            yield self._text(part.text)
            yield self._text(part.disagreements, "Seen differently:")
        yield from self._differently("conclusion", child.id)
        yield self._text("Yes" if part.child_words else "No", "The child’s own words about it are there:")
        if part.parent_words:
            yield Quote(self.clean(part.parent_words), "A parent or carer")

    def _voice(self, child: PersonFacts) -> Iterator[Block | None]:
        """How and when a child was heard; what the child said stays the child's."""
        document = self.audited.contents.document
        for voice in document.voices if document else ():
            if voice.person_id == child.id:
                said = (
                    f"Heard on {day(voice.recorded_on)}: {VOICE_TOOL_LABELS[voice.tool]}"
                    if voice.not_obtained is None
                    else f"Not found out: {NOT_OBTAINED_LABELS[voice.not_obtained].lower()}"
                )
                yield self._text(said)

    def _family(self) -> Iterator[Block | None]:
        yield from self._words(SectionCode.HOME, None)
        for element in SHARED_ELEMENTS:
            yield from self._element(element, None)
        yield from self._words(SectionCode.STORY, None)
        for code in ("whole", "header"):
            yield from self._differently(code, None)

    def _words(self, code: SectionCode, child_id: PersonId | None) -> Iterator[Block | None]:
        words = self.audited.contents.sections.get((code, child_id), {})
        called = "" if child_id is None else self.labels[child_id]
        for question in SECTIONS[code].questions:
            if words.get(question.name):
                yield Heading(question.label.format(child=called).removesuffix(" (optional)"))
                yield self._text(words[question.name])
        yield from self._differently(code.value, child_id)

    def _element(self, element: Element, child_id: PersonId | None) -> Iterator[Block | None]:
        if element.code in self.kept_out:
            return
        document = self.audited.contents.document
        saved = None if document is None else document.answers.get((element.code, child_id))
        yield Heading(element.name)
        yield from self._answer(saved)
        yield from self._differently(element.code, child_id)

    def _answer(self, saved: SavedAnswer | None) -> Iterator[Block | None]:
        if saved is None or not saved.answer.is_given:
            yield self._text("No answer")
            return
        answer = saved.answer
        yield self._text("Not discussed" if answer.is_not_discussed else "")
        yield self._text(answer.strengths, "Strengths:")
        yield self._text(answer.needs, "Needs:")
        yield self._text("; ".join(EVIDENCE_LABELS[one] for one in answer.evidence), "How we know:")
        yield self._text("" if answer.severity is None else SEVERITY_LABELS[answer.severity], "How serious:")

    def _differently(self, code: str, child_id: PersonId | None) -> Iterator[Block | None]:
        document = self.audited.contents.document
        for one in document.disputes.get((code, child_id), ()) if document else ():
            yield Quote(
                self.clean(one.words),
                f"Somebody of the family sees it differently, {day(one.said_on)}{one.about_version}",
            )
            yield self._text(one.answer, "The worker says to it:")

    def _actions(self) -> Block | None:
        rows = tuple(
            (
                self.clean(action.action),
                self.clean(action.outcome_wanted),
                RESPONSIBLE_LABELS[action.responsible],
                day(action.due_on),
                ACTION_STATUS_LABELS[action.status],
                "Yes" if action.voice_person_id else "No",
            )
            for action in self.audited.contents.actions
        )
        heads = ("What will be done", "So that", "Who", "By", "How far", "Answers what a child said")
        return Table("Actions", heads, rows) if rows else None

    def _reviews(self) -> Iterator[Block | None]:
        for review in self.audited.reviews:
            yield Heading(f"Held on {day(review.held_on)}" if review.held_on else f"Planned for {day(review.due_on)}")
            yield self._text(review.progress, "How far it has come:")
            yield self._text(review.decisions, "Decided:")


def _names(person: PersonFacts) -> tuple[str, ...]:
    """The names of somebody; what is said for want of one ("Baby Adeyemi", "Name not known") is none."""
    has_none = person.name == people.display_name("", "") or (
        person.due_on is not None and person.called == person.name
    )
    own = () if has_none else (person.name, person.called)
    return (*own, *(part.strip() for part in person.also_known_as.split(",")))


def _section(key: str, title: str, blocks: Iterator[Block | None] | Sequence[Block | None]) -> Section:
    return Section(key, title, tuple(block for block in blocks if block is not None))
