"""How long the PDF of a whole assessment takes: three children, every element answered at length."""

import random
import time

from benchmarks import results
from locality.caf.api import CHILD_ELEMENTS, SHARED_ELEMENTS
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.papers.paper import Block, Facts, Heading, Paper, Quote, Section, Text
from locality.papers.typeset import pdf_of

ROUNDS = 40
_CHILDREN = ("Leah", "Tom", "Baby Adeyemi")
_WORDS = ("settles", "quickly", "sleeps", "badly", "when", "dad", "is", "away", "likes", "to", "read", "at", "home")
_LONG = 150  # words under each heading, twice


def measure(report: results.Report) -> None:
    """The 95th percentile in seconds, each with words of its own, and the first of a process."""
    chance = random.Random(report.seed)
    today = london_date(SYSTEM_CLOCK.now())
    taken, words = [], 0
    for _ in range(ROUNDS):
        paper, words = _paper(chance)
        started = time.perf_counter()
        made = pdf_of(paper, made_on=today)
        taken.append(time.perf_counter() - started)
    first, rest = taken[0], taken[1:]
    note = f"{words:,} words, {len(made) // 1024} KB; goal 2 s"
    report.add("caf.pdf_s", size=1, value=results.percentile(rest, 0.95) / 1000, unit="s", note=note)
    report.add("caf.pdf_first_s", size=1, value=first, unit="s", note="the first of a process")


def _paper(chance: random.Random) -> tuple[Paper, int]:
    """A paper as long as a full assessment, and how many words it has."""

    def said() -> str:
        return " ".join(chance.choice(_WORDS) for _ in range(_LONG))

    sections = [
        Section(name, f"Development of {name}", (Quote(said(), name), *_answers(CHILD_ELEMENTS, said)))
        for name in _CHILDREN
    ]
    sections.append(Section("shared", "Parents, family and surroundings", tuple(_answers(SHARED_ELEMENTS, said))))
    sections.append(Section("who", "Who the children are", (Facts(tuple((name, said()) for name in _CHILDREN)),)))
    paper = Paper("Assessment of the Adeyemi family", "Assessment of the Adeyemi family, CA-1", (), tuple(sections))
    answers = len(_CHILDREN) * len(CHILD_ELEMENTS) + len(SHARED_ELEMENTS)
    return paper, (2 * answers + 2 * len(_CHILDREN)) * _LONG


def _answers(elements: object, said: object) -> list[Block]:
    blocks: list[Block] = []
    for element in elements:  # type: ignore[attr-defined]
        blocks += [Heading(element.name), Text(said(), "Strengths:"), Text(said(), "Needs:")]  # type: ignore[operator]
    return blocks
