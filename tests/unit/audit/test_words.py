"""The log in words that people read, whoever wrote the code."""

import ast
from pathlib import Path

import pytest

from locality.access.parts import GrantReason
from locality.audit.words import _DONE, action_words, found_words, outcome_words, reason_words

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("action", "part", "words"),
    [
        ("page.people.person", "story", "Looked at their story"),
        ("page.caf.element", "assessment", "Looked at the assessment"),
        ("page.people.person", None, "Looked at the record"),
        ("page.clusters.caseload", "identity", "Looked at the caseload"),
        ("person.edited", None, "Changed the details"),
        ("stage_move.accepted", None, "Accepted a move to another stage"),
        ("account.role_given", None, "Gave a role"),
        ("something.not_listed", None, "Something not listed"),
    ],
)
def test_what_somebody_did_reads_as_a_sentence(action: str, part: str | None, words: str) -> None:
    assert action_words(action, part) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [(0, "Searched: nobody found"), (1, "Searched: 1 person found"), (12, "Searched: 12 people found")],
)
def test_a_search_says_how_many_were_found(found: int, words: str) -> None:
    assert found_words("people.searched", found) == words
    assert found_words("person.edited", found) is None


def test_outcomes_are_told_in_words() -> None:
    assert [outcome_words(code) for code in ("done", "shown", "refused", "half_done")] == [
        "Done", "Shown", "Refused", "Half done",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", GrantReason)
def test_every_reason_for_access_is_explained(reason: GrantReason) -> None:
    words = reason_words(reason.value, "shown")
    assert words
    assert "_" not in words


def test_a_refusal_says_that_nothing_let_them_in() -> None:
    assert reason_words("people:view", "refused") == "They had no reason that lets them in"
    assert reason_words(None, "shown") == ""
    assert reason_words(None, "refused") == ""  # a wrong password, a search


def test_what_the_rooms_write_about_people_has_words_of_its_own() -> None:
    """Codes that stand in the product as written; those made from parts fall back on the code's own words."""
    kinds = (
        "person.",
        "address.",
        "contact_point.",
        "relationship.",
        "record.",
        "restriction.",
        "conflict.",
        "people.",
    )
    written = {
        node.value
        for path in (ROOT / "locality" / "people" / "operations").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(kinds)
    }
    assert len(written) > 10
    assert {code for code in written if " " not in code and "." in code} - set(_DONE) <= {"people.links"}
