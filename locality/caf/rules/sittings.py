"""The pages that a child goes through with each tool, one question a page, and what the answers say in words. Pure.

Every question can be skipped, and none asks for typed words alone: words may be spoken, drawn or shown instead.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from locality.caf.rules import symbols
from locality.caf.rules.symbols import CARDS, Card
from locality.caf.rules.words import VoiceTool


class Ask(enum.StrEnum):
    """How a page asks."""

    FACES = "faces"
    STATEMENT = "statement"
    CARDS = "cards"
    DRAW = "draw"
    SAY = "say"


@dataclass(frozen=True, slots=True)
class Question:
    """One page: its key, how it asks, the words on it (also spoken), the symbol beside them and the cards to choose.

    ``short`` names the question where the answer is shown later.
    """

    key: str
    ask: Ask
    words: str
    short: str
    symbol: str
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child answered to one question; all empty when the page was left out."""

    choice: str = ""
    cards: tuple[str, ...] = ()
    words: str = ""
    is_skipped: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not (self.choice or self.cards or self.words)


FACES = {"1": "Very sad", "2": "Sad", "3": "In the middle", "4": "Happy", "5": "Very happy"}
REPLIES = {"yes": "Yes", "sometimes": "Sometimes", "no": "No"}


def _face(area: str, words: str, short: str, symbol: str) -> Question:
    return Question(f"face.{area}", Ask.FACES, words, short, symbol)


def _statement(key: str, words: str, symbol: str) -> Question:
    return Question(f"say.{key}", Ask.STATEMENT, words, words, symbol)


def _choose(key: str, words: str, cards: tuple[Card, ...], symbol: str) -> Question:
    return Question(f"cards.{key}", Ask.CARDS, words, words.rstrip("?…"), symbol, cards)


HOUSES = {
    "worries": ("House of Worries", "What worries you?", "worried"),
    "good": ("House of Good Things", "What is good?", "happy"),
    "dreams": ("House of Dreams", "What do you wish for?", "star"),
}


def _house(key: str) -> tuple[Question, Question]:
    name, words, symbol = HOUSES[key]
    return (
        Question(f"{key}.draw", Ask.DRAW, f"{words} Draw it in the {name}.", f"{name}: drawing", symbol),
        Question(f"{key}.words", Ask.SAY, f"{words} Say it in your own words.", name, symbol),
    )


QUESTIONS: Mapping[VoiceTool, tuple[Question, ...]] = {
    VoiceTool.PICTORIAL_SCALE: (
        _face("home", "How is it at home?", "At home", "home"),
        _face("safe", "Do you feel safe?", "Feeling safe", "bedroom"),
        _face("people", "How is it with the people you live with?", "People I live with", "loved"),
        _face("school", "How is school or nursery?", "School or nursery", "school"),
        _face("friends", "How is it with your friends?", "Friends", "friend"),
        _face("body", "How does your body feel?", "My body", "doctor"),
        _face("sleep", "How do you sleep?", "Sleep", "sleep"),
        _face("play", "How is playing?", "Play", "play"),
    ),
    VoiceTool.THREE_HOUSES: tuple(question for key in HOUSES for question in _house(key)),
    VoiceTool.SYMBOLS_SIGN: (
        _choose("today", "How do I feel today?", symbols.FEELINGS, "happy"),
        _choose("home", "At home I feel…", symbols.FEELINGS, "home"),
        _choose("school", "At school I feel…", symbols.FEELINGS, "school"),
        _choose("people", "Who do I like to be with?", symbols.PEOPLE, "friend"),
        _choose("places", "Where do I feel safe?", symbols.PLACES, "park"),
        _choose("likes", "What do I like?", symbols.LIKES, "football"),
        _choose("change", "What do I want to change?", symbols.CHANGES, "help"),
        Question("cards.draw", Ask.DRAW, "Draw anything that you want to show.", "Drawing", "drawing"),
    ),
    VoiceTool.STATEMENTS: (
        _statement("safe_home", "I feel safe where I live.", "home"),
        _statement("happy_home", "I am happy at home.", "loved"),
        _statement("hurt", "Somebody hurts me or scares me.", "scared"),
        _statement("trust", "There is an adult I can talk to.", "talking"),
        _statement("school", "I like going to school or college.", "school"),
        _statement("friends", "I have friends.", "friend"),
        _statement("sleep", "I sleep well.", "sleep"),
        _statement("money", "We have enough money and food at home.", "food"),
        _statement("listened", "The adults listen to what I want.", "help"),
        Question("say.more", Ask.SAY, "What should we know? What should change?", "What should change", "talking"),
    ),
    VoiceTool.DIRECT_WORDS: (
        Question("own.good", Ask.SAY, "What is good at the moment?", "What is good", "happy"),
        Question("own.hard", Ask.SAY, "What is hard at the moment?", "What is hard", "worried"),
        Question("own.change", Ask.SAY, "What should change?", "What should change", "star"),
    ),
}
CHILD_TOOLS = tuple(QUESTIONS)


def house_of(key: str) -> str:
    """Which of the three houses a question belongs to."""
    return key.partition(".")[0]


def questions_of(tool: VoiceTool) -> tuple[Question, ...]:
    """The pages of a tool in order; none for a tool without pages for children."""
    return QUESTIONS.get(tool, ())


def find_question(tool: VoiceTool, key: str) -> Question | None:
    """The question with this key, when the tool asks it."""
    return next((one for one in QUESTIONS.get(tool, ()) if one.key == key), None)


def after(tool: VoiceTool, key: str) -> Question | None:
    """The next page; None after the last, and after each of the three houses: the child chooses the next one."""
    return _beside(tool, key, 1)


def before(tool: VoiceTool, key: str) -> Question | None:
    """The page before; None before the first."""
    return _beside(tool, key, -1)


def _beside(tool: VoiceTool, key: str, step: int) -> Question | None:
    asked = QUESTIONS.get(tool, ())
    keys = [one.key for one in asked]
    if key not in keys:
        return None
    place = keys.index(key) + step
    found = asked[place] if 0 <= place < len(asked) else None
    if found is not None and tool is VoiceTool.THREE_HOUSES and house_of(found.key) != house_of(key):
        return None
    return found


def first_open(tool: VoiceTool, answered: Iterable[str]) -> Question | None:
    """Where to go on: the first page that was neither answered nor left out; None when all were."""
    done = set(answered)
    return next((one for one in QUESTIONS[tool] if one.key not in done), None)


def may_answer(question: Question, answer: Answer) -> bool:
    """Whether this is an answer that the page offers."""
    choices: Mapping[str, str] = {Ask.FACES: FACES, Ask.STATEMENT: REPLIES}.get(question.ask, {})
    offered = {card.code for card in question.cards}
    return (not answer.choice or answer.choice in choices) and set(answer.cards) <= offered


def answer_words(question: Question, answer: Answer) -> str:
    """An answer in words: what was chosen as the page calls it, then exactly what was said; "" for none."""
    chosen = {Ask.FACES: FACES, Ask.STATEMENT: REPLIES}.get(question.ask, {}).get(answer.choice, "")
    cards = ", ".join(CARDS[code].label for code in answer.cards if code in CARDS)
    return " · ".join(part for part in (chosen, cards, answer.words.strip()) if part)


def all_words(tool: VoiceTool, answers: Mapping[str, Answer]) -> str:
    """Everything that was said with a tool, a line a question, in the order of the pages; "" when nothing was."""
    lines = []
    for question in QUESTIONS.get(tool, ()):
        said = answer_words(question, answers.get(question.key, Answer()))
        if said:
            end = "" if question.short[-1] in ".?!" else ":"
            lines.append(f"{question.short}{end} {said}")
    return "\n".join(lines)
