"""The plan as a paper: for those who carry it, and in plain words for a child."""

from collections.abc import Sequence

from locality.caf.operations.papers.writing import Writer, called_by_id
from locality.caf.queries.plan import ActionRow
from locality.caf.rules.papers import may_hear
from locality.caf.rules.words import ACTION_STATUS_LABELS, CASE_ROLE_LABELS, CaseRoleKind
from locality.kernel.ids import PersonId
from locality.papers.paper import Block, Heading, Items, Paper, Table, Text
from locality.web.formats import day


def write_plan(writer: Writer, *, family_name: str, reference: str, review: str) -> Paper:
    """The delivery plan: who does what by when, so that what gets better (domain 1.6)."""
    write_actions(writer, title="What we do")
    writer.section("team", "Who helps", [_helpers(writer)])
    title = f"Plan for the {family_name} family"
    facts = [("Reference", reference), ("For", _for_whom(writer)), ("Next review", review)]
    return writer.paper(title, facts, about=f"{title}, {reference}")


def write_actions(writer: Writer, *, title: str) -> None:
    """The actions about the recipient's children, each with what it is for."""
    blocks: list[Block | None] = []
    for number, action in enumerate(_actions(writer), start=1):
        blocks.append(Heading(writer.clean(f"{number}. {action.action}")))
        blocks.append(
            writer.facts(
                [
                    ("So that", action.outcome_wanted),
                    ("Who", action.responsible_name),
                    ("By", day(action.due_on)),
                    ("How far it has come", ACTION_STATUS_LABELS[action.status]),
                    ("Note", action.progress_note),
                ]
            )
        )
        if _may_hear(writer, action):
            blocks.append(writer.quote(action.voice_words, "What it answers"))
    writer.section("actions", title, blocks)


def _may_hear(writer: Writer, action: ActionRow) -> bool:
    return may_hear(
        writer.recipient,
        child_id=action.voice_person_id,
        readers=action.voice_readers,
        family_may_see=action.voice_family,
    )


def write_child_plan(writer: Writer, child_id: PersonId, *, lead: str) -> Paper:
    """The plan in a child's words: what you said, what we do, who helps, what to do if it does not work."""
    child = writer.contents.around.people[child_id]
    actions = [one for one in _actions(writer) if child_id in one.about and one.is_open]
    own = [one for one in actions if one.voice_person_id == child_id == writer.recipient.id]
    said = [one.voice_words for one in own if one.voice_words]
    writer.section("said", "What you said", [writer.quote(words) for words in dict.fromkeys(said)])
    blocks: list[Block | None] = []
    for action in actions:
        blocks.append(Heading(writer.clean(action.action)))
        blocks.append(writer.text(f"{action.responsible_name} will do this by {day(action.due_on)}."))
        blocks.append(writer.text(action.outcome_wanted, "We hope:"))
    blocks = blocks or [Text("We have not agreed yet what to do. You can say what you want.")]
    writer.section("do", "What will happen", blocks)
    done = tuple(writer.clean(one.action) for one in _actions(writer) if child_id in one.about and not one.is_open)
    if done:
        writer.section("done", "What is done", [Items(done)])
    helpers = tuple(writer.clean(role.name) for role in writer.contents.team)
    writer.section("who", "Who helps you", [Items(helpers) if helpers else None])
    ask = f"Tell {lead}" if lead else "Tell somebody you trust"
    writer.section(
        "ask",
        "If something is not right",
        [
            Text(f"{ask}. You can say no. You can change your mind. It is not your fault when something is hard."),
            Text("You can ring Childline on 0800 1111 at any time. It is free."),
        ],
    )
    title = f"{child.called}’s plan"
    return writer.paper(title, [], about=title)


def _actions(writer: Writer) -> Sequence[ActionRow]:
    return [one for one in writer.contents.actions if not writer.wanted.isdisjoint(one.about)]


def _helpers(writer: Writer) -> Block | None:
    rows = tuple(
        (role.name, CASE_ROLE_LABELS[role.kind], writer.clean(role.contact_details) or "Ask the lead professional")
        for role in writer.contents.team
        if role.kind is not CaseRoleKind.FAMILY
    )
    return Table("The team", ("Who", "Role", "How to reach them"), rows) if rows else None


def _for_whom(writer: Writer) -> str:
    names = called_by_id(writer.contents)
    return ", ".join(names[one] for one in names if one in writer.wanted)
