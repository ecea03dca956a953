"""Saving a part of an assessment over HTTP while many assessments are stored, beside a bare write of the same row.

A lead professional saves a section of free words and an element, each round in another of their unfinished assessments.
The bare application writes the same row in the next breath, by its key and as the database's superuser.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle

from benchmarks import pages, results
from benchmarks.system import Bench
from benchmarks.visitor import Answer, Visitor

ROUNDS = 300
WARM_UP = 30
MOST_DRAFTS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """One part of one unfinished assessment: the address of its page, and the row that holds it."""

    path: str
    row: uuid.UUID


def measure(bench: Bench, report: results.Report, size: int) -> None:
    """Both kinds of part, the 50th and the 95th percentile in milliseconds."""
    ((stored,),) = bench.query("SELECT count(*) FROM assessment")
    email, drafts = _drafts(bench)
    visitor = bench.visitor_named(email, bench.demonstration_password())
    with pages.bare_application(bench) as bare:
        for name, places, words, table in (
            ("section", _sections(bench, visitor, drafts), _story, "section"),
            ("element", _elements(bench, drafts), pages.words_of_an_element, "element"),
        ):
            ours, theirs = _time(visitor, bare, places, words=words, table=table)
            note = f"{stored:,} assessments stored, {len(places)} of them written to in turn; goal 100 ms"
            report.add_times(f"saving.{name}", size=size, ours=ours, limits=theirs, note=note)


def _time(
    visitor: Visitor, bare: Visitor, places: Sequence[Place], *, words: Callable[[], dict[str, str]], table: str
) -> tuple[list[float], list[float]]:
    """Seconds of each of our saves and of each bare write, in turn."""
    ours, theirs = [], []
    for number, place in zip(range(WARM_UP + ROUNDS), cycle(places), strict=False):
        saved = _save(visitor, place.path, words())
        written = bare.post(f"/save-{table}", {"words": str(uuid.uuid4()), "row": str(place.row)})
        if written.status != 302:
            msg = f"the bare write of {table}: {written.status}"
            raise RuntimeError(msg)
        if number >= WARM_UP:
            ours.append(saved.seconds)
            theirs.append(written.seconds)
    return ours, theirs


def _save(visitor: Visitor, path: str, words: dict[str, str]) -> Answer:
    answer = pages.save_page(visitor, path, words)
    if answer.status != 302:
        msg = f"{path}: {answer.status}\n{answer.body[:2000]}"
        raise RuntimeError(msg)
    return answer


def _drafts(bench: Bench) -> tuple[str, tuple[uuid.UUID, ...]]:
    """Whoever of those who sign in leads most unfinished assessments, and these."""
    ((email, drafts),) = bench.query(
        "SELECT acc.email, (array_agg(DISTINCT s.id))[1:%s] FROM assessment s"
        " JOIN case_role r ON r.episode_id = s.episode_id AND r.kind = 'lead_professional' AND r.until_on IS NULL"
        " JOIN account acc ON acc.id = r.account_id JOIN account_secret k ON k.account_id = acc.id"
        " WHERE s.completed_on IS NULL GROUP BY acc.id ORDER BY count(DISTINCT s.id) DESC, acc.email LIMIT 1",
        MOST_DRAFTS,
    )
    return str(email), tuple(drafts)  # type: ignore[arg-type]


def _sections(bench: Bench, visitor: Visitor, drafts: Sequence[uuid.UUID]) -> list[Place]:
    """The family's story of each; its first words are written here, so that there is a row to write again."""
    for draft in drafts:
        _save(visitor, f"/caf/{draft}/sections/story", _story())
    rows = bench.query(
        "SELECT assessment_id, id FROM section_answer WHERE code = 'story' AND assessment_id = ANY(%s) ORDER BY id",
        list(drafts),
    )
    return [Place(f"/caf/{draft}/sections/story", uuid.UUID(str(row))) for draft, row in rows]


def _elements(bench: Bench, drafts: Sequence[uuid.UUID]) -> list[Place]:
    """An element of a child of each, where one is answered already."""
    rows = bench.query(
        "SELECT DISTINCT ON (assessment_id) assessment_id, person_id, code, id FROM element_answer"
        " WHERE assessment_id = ANY(%s) AND person_id IS NOT NULL ORDER BY assessment_id, id",
        list(drafts),
    )
    return [Place(f"/caf/{draft}/elements/{code}/{child}", uuid.UUID(str(row))) for draft, child, code, row in rows]


def _story() -> dict[str, str]:
    """What is typed into the family's story, new each time."""
    return {"story": f"They moved here in spring, and mornings are hard. {uuid.uuid4()}"}
