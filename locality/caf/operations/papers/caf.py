"""The whole assessment as a paper, section by section as the national form has them (domain 1.3)."""

from collections.abc import Iterator

from locality.caf.operations.papers.plan import write_actions
from locality.caf.operations.papers.writing import NOT_KNOWN, Writer, born_or_due
from locality.caf.queries.papers import PersonFacts, Tie
from locality.caf.queries.reading import ChildPart
from locality.caf.queries.sections import AssessmentRow, SavedAnswer
from locality.caf.queries.voices import VoiceRow
from locality.caf.rules.disputes import CONCLUSION, HEADER, WHOLE
from locality.caf.rules.elements import CHILD_ELEMENTS, SHARED_ELEMENTS, Element
from locality.caf.rules.papers import home_is_hidden, is_for_adults, knows_the_home, may_hear
from locality.caf.rules.sections import SECTIONS, SectionCode, SectionFacts
from locality.caf.rules.words import (
    CASE_ROLE_LABELS,
    CONCLUSION_LABELS,
    EVIDENCE_LABELS,
    NOT_OBTAINED_LABELS,
    SEVERITY_LABELS,
    CaseRoleKind,
)
from locality.kernel.ids import PersonId
from locality.papers.paper import Block, Heading, Paper, Table
from locality.web.formats import day

NOTHING = "No answer yet"
_WHY_OUT = {True: "the family keeps its topic out of what is shared", False: "it is not theirs to read"}


def write_caf(writer: Writer, caf: AssessmentRow, *, label: str) -> Paper:
    """The paper of one version of a CAF; ``label`` is what the authority calls it."""
    for child in writer.children():
        writer.section(f"who-{child.id}", f"Who {child.called} is", [writer.facts(_identity(writer, child))])
    _family(writer)
    writer.section("services", "Who helps already", [_team(writer)])
    for child in writer.children():
        _child(writer, child)
    if is_for_adults(writer.recipient):
        blocks = [block for element in SHARED_ELEMENTS for block in _element(writer, element, None)]
        writer.section("shared", "Parents, family and surroundings", blocks)
    write_actions(writer, title="What was agreed to do")
    for child in writer.children():
        _comments(writer, child)
    if is_for_adults(writer.recipient):
        blocks = [block for code in (WHOLE, HEADER) for block in seen_differently(writer, code, None)]
        writer.section("differently", "What the family sees differently", blocks)
    title = f"{label} of the {caf.family_name} family"
    return writer.paper(title, _header(writer, caf), about=f"{title}, {caf.reference}")


def _family(writer: Writer) -> None:
    """What is about the parents and the home: a child does not get it, nor an adult who lives elsewhere the home."""
    if not is_for_adults(writer.recipient):
        writer.leave_out("What is about the parents and the family as a whole")
        return
    writer.section("carers", "Parents and carers", _carers(writer))
    if knows_the_home(writer.recipient):
        _section(writer, SECTIONS[SectionCode.HOME], None)
    else:
        writer.leave_out("What is said of the home, because they live elsewhere")
    _section(writer, SECTIONS[SectionCode.STORY], None)


def _header(writer: Writer, caf: AssessmentRow) -> list[tuple[str, str]]:
    words = writer.contents.sections.get((SectionCode.WRITERS, None), {})
    leads = [one.described for one in writer.contents.team if one.kind is CaseRoleKind.LEAD_PROFESSIONAL]
    return [
        ("Reference", f"{caf.reference}, version {caf.version_no}"),
        ("Started", day(caf.started_on)),
        ("Completed", day(caf.completed_on) if caf.completed_on else "Not yet: this is a draft"),
        ("Written by", ", ".join(part for part in (caf.assessor_name, caf.organisation) if part) or NOT_KNOWN),
        ("How to reach them", words.get("reach", "")),
        ("Written together with", words.get("others", "")),
        ("Lead professional", ", ".join(leads)),
        ("Who was present", caf.present),
        ("What led to it", caf.what_led),
    ]


def _identity(writer: Writer, child: PersonFacts) -> list[tuple[str, str]]:
    hidden = home_is_hidden(writer.contents.around.places, child.id) and writer.is_for_family
    if hidden and child.school:
        writer.leave_out(f"Where {child.called} goes to school: it leads to an address that must not be disclosed")
    kept = "ethnicity_religion" in writer.recipient.topics_out
    needs = {True: "Yes", False: "No", None: NOT_KNOWN}[child.interpreter_needed]
    more = [
        ("Ethnicity", "" if kept else child.ethnicity),
        ("Religion", "" if kept else child.religion),
        ("First language", child.first_language),
        ("Interpreter needed", needs),
        ("Disability", ", ".join(child.disabilities)),
    ]
    return [
        ("Name", child.name),
        ("Also known as", child.also_known_as),
        ("Reference", child.reference),
        born_or_due(child),
        ("Sex", child.sex),
        ("NHS number", child.nhs_number or ""),
        ("School or nursery", "" if hidden else child.school or ""),
        *(more if writer.recipient.is_told_more else []),
        *writer.places_of(child),
    ]


def _carers(writer: Writer) -> Iterator[Block | None]:
    people = writer.contents.around.people
    adults = dict.fromkeys(tie.adult_id for tie in _wanted_ties(writer))
    for adult_id in adults:
        adult = people.get(adult_id)
        if adult is None:
            continue
        ties = [
            tie for tie in writer.contents.around.ties if tie.adult_id == adult_id and tie.child_id in writer.wanted
        ]
        yield Heading(adult.name)
        yield writer.facts([*_ties(writer, ties), born_or_due(adult) if adult.born_on else ("", ""),
                            *writer.places_of(adult)])  # fmt: skip


def _wanted_ties(writer: Writer) -> list[Tie]:
    return [tie for tie in writer.contents.around.ties if tie.child_id in writer.wanted]


def _ties(writer: Writer, ties: list[Tie]) -> Iterator[tuple[str, str]]:
    for tie in ties:
        child = writer.contents.around.people[tie.child_id].called
        holds = "parental responsibility" if tie.has_responsibility else "no parental responsibility on record"
        yield (f"To {child}", f"{tie.words or 'Carer'}, {holds}")


def _team(writer: Writer) -> Block | None:
    rows = tuple(
        (role.name, CASE_ROLE_LABELS[role.kind], writer.clean(", ".join(part for part in (
            role.job_title, role.organisation, role.contact_details) if part)))
        for role in writer.contents.team
        if role.kind is not CaseRoleKind.FAMILY
    )  # fmt: skip
    return Table("The team", ("Who", "Role", "Where and how to reach them"), rows) if rows else None


def _section(writer: Writer, section: SectionFacts, child: PersonFacts | None) -> None:
    words = writer.contents.sections.get((section.code, None if child is None else child.id), {})
    called = "" if child is None else child.called
    blocks: list[Block | None] = []
    for question in section.questions:
        text = writer.text(words.get(question.name))
        if text is not None:
            blocks += [Heading(question.label.format(child=called).removesuffix(" (optional)")), text]
    blocks += seen_differently(writer, section.code.value, None if child is None else child.id)
    key = section.code.value if child is None else f"{section.code.value}-{child.id}"
    writer.section(key, section.title.format(child=called), blocks)


def _child(writer: Writer, child: PersonFacts) -> None:
    _section(writer, SECTIONS[SectionCode.NEEDS_TO_TAKE_PART], child)
    writer.section(f"voice-{child.id}", f"What {child.called} says", _voices(writer, child))
    blocks = [block for element in CHILD_ELEMENTS for block in _element(writer, element, child.id)]
    writer.section(f"development-{child.id}", f"Development of {child.called}", blocks)
    writer.section(f"conclusion-{child.id}", f"Conclusions for {child.called}", _conclusions(writer, child))


def _conclusions(writer: Writer, child: PersonFacts) -> Iterator[Block | None]:
    """What was concluded; what somebody sees differently in it stands there also while no level is chosen."""
    part, seen = _part(writer, child.id), list(seen_differently(writer, CONCLUSION, child.id))
    if part is not None and part.level is not None:
        yield writer.text(CONCLUSION_LABELS[part.level])
        yield writer.text(part.text)
        yield writer.text(part.disagreements, "Seen differently:")
    elif seen:
        yield writer.text(NOTHING)
    yield from seen


def _voices(writer: Writer, child: PersonFacts) -> Iterator[Block | None]:
    """What a child said, as the child decided: to the child, to everybody who helps, to the family."""
    document = writer.contents.document
    for voice in () if document is None else document.voices:
        if voice.person_id != child.id:
            continue
        if not _may_hear(writer, voice):
            writer.leave_out(f"What {child.called} said: {child.called} decides who may read it")
        elif voice.was_heard:
            yield writer.quote(voice.own_words, f"{child.called}, {day(voice.recorded_on)}")
        elif voice.not_obtained is not None:
            yield writer.text(f"Not found out this time: {NOT_OBTAINED_LABELS[voice.not_obtained].lower()}.")


def _may_hear(writer: Writer, voice: VoiceRow) -> bool:
    return not voice.was_heard or may_hear(
        writer.recipient, child_id=voice.person_id, readers=voice.readers, family_may_see=voice.family_may_see
    )


def _element(writer: Writer, element: Element, child_id: PersonId | None) -> Iterator[Block | None]:
    document = writer.contents.document
    saved = None if document is None else document.answers.get((element.code, child_id))
    if element.code in writer.elements_out:
        writer.leave_out(f"{element.name}: {_WHY_OUT[knows_the_home(writer.recipient)]}")
        return
    yield Heading(element.name)
    yield from _answer(writer, saved)
    yield from seen_differently(writer, element.code, child_id)


def seen_differently(writer: Writer, code: str, child_id: PersonId | None) -> Iterator[Block | None]:
    """What somebody of the family sees differently in a part, and what was said to it, beside the part itself."""
    document = writer.contents.document
    for one in () if document is None else document.disputes.get((code, child_id), ()):
        yield writer.quote(one.words, f"{one.said_by} sees it differently, {day(one.said_on)}{one.about_version}")
        yield writer.text(one.answer, f"{one.answered_by_name} says to it:")


def _answer(writer: Writer, saved: SavedAnswer | None) -> Iterator[Block | None]:
    if saved is None or not saved.answer.is_given:
        yield writer.text(NOTHING)
        return
    answer = saved.answer
    if answer.is_not_discussed:
        yield writer.text("Not discussed")
        return
    yield writer.text(answer.strengths, "Strengths:")
    yield writer.text(answer.needs, "Needs:")
    known = "; ".join(EVIDENCE_LABELS[one] for one in answer.evidence)
    yield writer.text(known, "How we know:")
    if answer.severity is not None:
        yield writer.text(SEVERITY_LABELS[answer.severity], "How serious:")


def _comments(writer: Writer, child: PersonFacts) -> None:
    part = _part(writer, child.id)
    if part is None:
        return
    writer.section(
        f"comments-{child.id}",
        f"What {child.called} and the parents say about it",
        [
            writer.quote(part.child_words, child.called),
            writer.quote(part.parent_words, part.parent_name or "A parent or carer"),
        ],
    )


def _part(writer: Writer, child_id: PersonId) -> ChildPart | None:
    document = writer.contents.document
    return None if document is None else next((one for one in document.children if one.id == child_id), None)
