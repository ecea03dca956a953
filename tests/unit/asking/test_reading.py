"""The measure of how hard words are to read, and messages to families under it."""

import pytest
from jinja2 import Environment, FileSystemLoader

from locality.referrals.rules.telling import FAMILIES, Told
from tests.architecture.source import ROOT
from tests.support.reading import grade, sentences, syllables

EASY = "Tell us what is hard. You only have to tell us once. We will ring you."
HARD = (
    "Following consideration of your application by the multi-agency safeguarding partnership, you will receive"
    " notification regarding the outcome of the determination."
)
VALUES = {
    "reference": "CO-7K3M-42P", "received_on": "3 March 2026", "duty_phone": "01632 960 000",
    "front_door_phone": "01632 960 001",
    "authority": "Southend demonstration",
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "number"),
    [("help", 1), ("things", 1), ("table", 2), ("used", 1), ("wanted", 2), ("reference", 3), ("baby", 2),
     ("you", 1), ("worker", 2), ("phone", 1), ("people", 2), ("tell", 1), ("memorable", 4), ("consideration", 5)],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_said(word: str, number: int) -> None:
    assert syllables(word) == number


def test_plain_words_are_easy_and_an_authoritys_words_are_not() -> None:
    assert grade(sentences([EASY])) < 2
    assert grade(sentences([HARD])) > 15


@pytest.mark.parametrize("name", ["asker_received", "family_outcome", "family_corrected"])
@pytest.mark.parametrize("told", dict.fromkeys(FAMILIES.values()))
def test_a_message_to_a_family_can_be_read_at_nine(name: str, told: Told) -> None:
    messages = Environment(loader=FileSystemLoader(ROOT / "templates" / "_email"), autoescape=True)
    text = messages.get_template(f"{name}.txt").render(VALUES, outcome=told.outcome, next_step=told.next_step)
    said = sentences(text.splitlines())
    assert grade(said) <= 5
    assert max(one.words for one in said) <= 25
