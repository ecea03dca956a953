"""What a message may be, whatever is typed into it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, meta

from locality.messages import rules
from locality.messages.operations.sending import write

EMAILS = sorted(path.stem for path in (Path(__file__).parents[3] / "templates" / "_email").glob("*.txt"))
# What a message may carry: references, plain words chosen by the product, times and telephone numbers of the authority.
ALLOWED = {
    "reference", "authority", "received_on", "outcome", "next_step", "duty_phone", "kept_until", "address", "agency",
    "front_door_phone", "due", "code", "link", "expires_on", "phone",
    # Of a meeting: place and purpose are refused with a name of the family in them. Of a worker: their own name.
    "subject", "day", "time", "minutes", "place", "purpose", "is_new", "days", "asked_by", "lead",
    # Of a referral: the service that was asked, days, and the social worker who decided, by whom the answer is owned.
    "service", "due_on", "decided_on", "decided_by",
    # Of what is late: who has it, by the name that they work under, and the stage of a disagreement.
    "sender", "owner", "waits", "stage",
    # Set to words ("The sender") when the one who has it may open the record no more.
    "closed",
}  # fmt: skip


@pytest.mark.parametrize("template", EMAILS)
def test_a_message_has_room_for_references_and_for_nobodys_name(template: str) -> None:
    source = (Path(__file__).parents[3] / "templates" / "_email" / f"{template}.txt").read_text(encoding="utf-8")
    named = meta.find_undeclared_variables(Environment(autoescape=True).parse(source))
    assert named <= ALLOWED
    assert source.splitlines()[0].strip()
    assert rules.kind_of(template) != "Somebody else", "the name of a template begins with whom it is for"


@given(st.text(max_size=60))
def test_a_subject_is_one_line_whatever_was_typed(typed: str) -> None:
    values = {"reference": typed, "authority": typed, "received_on": typed, "duty_phone": typed}
    subject, body = write("public_outcome", values)
    assert "\n" not in subject
    assert "\r" not in subject + body
    assert "\x00" not in subject + body


@pytest.mark.parametrize("text", ["ngozi@example.org", "o'brien+help@mail.example.co.uk"])
def test_an_address_is_an_address(text: str) -> None:
    assert rules.is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ngozi",
        "a@b",
        "a@b.c\nBcc: d@e.fg",
        "a@b.cd, e@f.gh",
        "<a@b.cd>",
        "x" * 250 + "@b.cd",
        "a b@c.de",
        "a@@b.cd",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert not rules.is_address(text)


def test_the_same_key_is_the_same_message() -> None:
    assert rules.id_of("outcome:1") == rules.id_of("outcome:1") != rules.id_of("outcome:2")
