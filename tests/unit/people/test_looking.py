"""The log of a record in words."""

import pytest

from locality.people.rules.looking import looked_at


@pytest.mark.parametrize(
    ("action", "part", "words"),
    [
        ("page.people.person", "story", "Looked at their story"),
        ("page.caf.element", "assessment", "Looked at the assessment"),
        ("page.people.person", None, "Looked at the record"),
        ("person.edited", None, "Changed the details"),
        ("stage_move.accepted", None, "Stage move accepted"),
    ],
)
def test_what_somebody_did_reads_as_a_sentence(action: str, part: str | None, words: str) -> None:
    assert looked_at(action, part) == words
