"""Children at the tools: what a child chose, drew and said on a tablet, and what the plan answers of it."""

import json
import math
from collections.abc import Sequence

from locality.caf.api import SittingAnswer, VoiceTool, child_questions, sitting_words, suits
from locality.demo import days
from locality.demo.batch import EMPTY, NO, NULL, YES, array
from locality.demo.chance import between, one_of
from locality.demo.families import Person
from locality.demo.helping import Episode
from locality.demo.teller import Teller
from locality.demo.world import Worker

ON_A_TABLET = 0.3  # of the voices by a tool that has pages for children
CITED = 0.5  # of the voices that an action of the plan answers
_QUIET = ("happy", "calm", "tired", "excited", "loved", "mixed_up")  # cards and faces that raise no alert
_Stroke = dict[str, int | list[int]]


def did_suit(tool: str, age: int | None) -> str:
    """Whether a tool suited, as the record keeps it."""
    return YES if suits(VoiceTool(tool), age) else NO


def sit(t: Teller, episode: Episode, child: Person, *, tool: str, day: int, of: str, said: str) -> tuple[str, str]:
    """A sitting that a child finished; gives its id, and everything that was said in it, as COPY's text."""
    sitting, worker, at = t.id(), episode.worker, days.stamp(day, 900)
    t.add(
        "voice_sitting", sitting, episode.id, of, child.id, tool, "finished", child.called,
        NULL if child.age_on(day) is None else str(child.age_on(day)), EMPTY, "Nobody else", worker.name, "[]", at, at,
        at, worker.id, worker.name, at,
    )  # fmt: skip
    answers = _answers(t, VoiceTool(tool), said)
    for key, given in answers.items():
        t.add(
            "voice_answer", sitting, key, child.id, given.choice, array(given.cards), given.words,
            YES if given.is_skipped else NO, at,
        )  # fmt: skip
    return sitting, sitting_words(VoiceTool(tool), answers).replace("\n", r"\n")


def _answers(t: Teller, tool: VoiceTool, said: str) -> dict[str, SittingAnswer]:
    found, has_spoken = {}, False
    for question in child_questions(tool):
        if question.ask == "faces":
            found[question.key] = SittingAnswer(choice=one_of(t.rng, ("3", "4", "5")))
        elif question.ask == "statement":
            quiet = "no" if question.key == "say.hurt" else "yes"
            found[question.key] = SittingAnswer(choice=quiet)
        elif question.ask == "cards":
            offered = [card.code for card in question.cards]
            known = [code for code in offered if code in _QUIET] or offered
            found[question.key] = SittingAnswer(cards=tuple(sorted(t.rng.sample(known, 2))))
        elif question.ask == "say" and not has_spoken:
            found[question.key], has_spoken = SittingAnswer(words=said), True
        else:
            found[question.key] = SittingAnswer()
    return found


def draw(t: Teller, child: Person, worker: Worker, *, tool: str, of: tuple[str, str], at: str) -> None:
    """A child's drawing: a house with the sun over it, in a few lines; ``of`` a sitting and the record it gave."""
    question = {"three_houses": "good.draw", "symbols_sign": "cards.draw"}.get(tool)
    if question is None:
        return
    strokes = json.dumps(_a_house(between(t.rng, 300, 520), between(t.rng, 4, 6)), separators=(",", ":"))
    t.add(
        "voice_file", t.id(), child.id, *of, question, "drawing", "image/svg+xml", strokes, NULL, "team", "3", at,
        worker.id, child.called,
    )  # fmt: skip


def _a_house(left: int, colour: int) -> list[_Stroke]:
    wall = [left, 620, left, 360, left + 260, 360, left + 260, 620, left, 620]
    roof = [left - 30, 360, left + 130, 220, left + 290, 360]
    door = [left + 100, 620, left + 100, 500, left + 160, 500, left + 160, 620]
    sun = [round(x) for turn in range(13) for x in _on_a_circle(840, 150, 70, turn * math.pi / 6)]
    return [_line(8, wall), _line(1, roof), _line(colour, door), _line(3, sun, pen=2), _line(4, [20, 650, 980, 650])]


def _on_a_circle(x: int, y: int, radius: int, turn: float) -> Sequence[float]:
    return x + radius * math.cos(turn), y + radius * math.sin(turn)


def _line(colour: int, points: list[int], *, pen: int = 1) -> _Stroke:
    return {"c": colour, "w": pen, "p": points}


def cite(t: Teller, episode: Episode, actions: Sequence[tuple[str, int]]) -> None:
    """Actions (id, day) of the plan that answer what children said before."""
    for action, day in actions:
        before = [(voice, child) for voice, child, heard in episode.voices if heard <= day]
        if before and t.rng.random() < CITED:
            voice, child = before[-1]
            t.add("action_voice", action, voice, child, days.stamp(day, 840), episode.worker.name)
