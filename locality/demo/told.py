"""What the story room would have kept of what contacts, assessments and reviews told, and how often it was asked again.

The lines of a family are written when its history is told: until then each may still be confirmed or corrected.
"""

from locality.caf.api import ELEMENTS
from locality.demo import days
from locality.demo.batch import NULL, flag
from locality.demo.facts import Fact, Telling
from locality.demo.families import Person
from locality.demo.teller import Teller

# Older assessments told their families' stories on paper only.
KEPT_DAYS = 730
_ONE_ANSWER = frozenset({"school", "first_language"})
_NAMES = {element.code: element.name for element in ELEMENTS}
_CODES = {name: code for code, name in _NAMES.items()}


def tell(t: Teller, telling: Telling, people: list[Person], said: tuple[str, str, str]) -> None:
    """Keep what is said of people: ``said`` is topic, part and words; counts what was known and asked again."""
    topic, part, words = said
    for person in people if words else ():
        known = t.known.open_lines(person, topic)
        same = [fact for fact in known if _plain(fact.words) == _plain(words)]
        if any(fact.telling.id == telling.id for fact in same):
            continue
        if same or (known and topic in _ONE_ANSWER):
            _count(t, telling, (topic, "re_asked"), people[0])
        _add(t, Fact(t.new_id(), person, topic, part, words, telling))


def confirm(t: Teller, telling: Telling, people: list[Person], topic: str) -> None:
    """The family says that what is known is still right."""
    for person in people:
        known = t.known.open_lines(person, topic)
        for fact in [f for f in known if _plain(f.words) == _plain(known[-1].words)]:
            _settle(t, fact, telling, ("confirm", "confirmed"))
            _count(t, telling, (topic, "confirmed"), people[0])


def correct(t: Teller, telling: Telling, people: list[Person], said: tuple[str, str]) -> None:
    """The family puts right what is known; the line before stays readable. ``said``: topic and words."""
    topic, words = said
    for person in people:
        known = t.known.open_lines(person, topic)
        if not known:
            continue
        line = Fact(t.new_id(), person, topic, known[-1].part, words, telling)
        for fact in [f for f in known if _plain(f.words) == _plain(known[-1].words)]:
            _settle(t, fact, telling, ("correct", "corrected"))
            fact.replaced_by = line.id
        _add(t, line)
        _count(t, telling, (topic, "corrected"), people[0])


def end(t: Teller, telling: Telling, people: list[Person], topic: str) -> None:
    """The family says that something is so no longer."""
    for person in people:
        for fact in t.known.open_lines(person, topic)[-1:]:
            _settle(t, fact, telling, ("end", "no_longer"))


def line_of_element(code: str, words: str) -> str:
    """What was said under an element, as the story shows it."""
    return f"{_NAMES[code]}: {words}"


def write_story(t: Teller) -> None:
    """Every line as it stands now."""
    for lines in t.known.lines.values():
        for f in lines:
            told = f.telling
            own = flag(told.own_words or f.topic in {"wants", "family_views"})
            t.add(
                "told_fact", f.id, told.id, f.person.id, f.topic, f.part, f.words, days.text(told.day), told.teller,
                own, told.kind, told.id, told.standing, f.state, f.replaced_by, days.stamp(told.day, told.minute),
                told.by.id, told.by.name, *f.settled, _under(f),
            )  # fmt: skip


def _under(fact: Fact) -> str:
    """The element under which a line of an assessment was told, by the name that ``line_of_element`` gave it."""
    return _CODES.get(fact.words.partition(": ")[0], NULL) if fact.part == "assessment" else NULL


def _add(t: Teller, fact: Fact) -> None:
    t.known.lines.setdefault((fact.person.id, fact.topic), []).append(fact)


def _settle(t: Teller, fact: Fact, telling: Telling, how: tuple[str, str]) -> None:
    settling, fact.state = how
    fact.settled = (days.text(telling.day), telling.by.name)
    t.add(
        "fact_settled", t.new_id(), fact.id, fact.person.id, fact.part, settling,
        days.stamp(telling.day, telling.minute), telling.by.id, telling.by.name,
    )  # fmt: skip


def _count(t: Teller, telling: Telling, counted: tuple[str, str], person: Person) -> None:
    topic, reuse = counted
    if (telling.id, topic) in t.known.counted:
        return
    t.known.counted.add((telling.id, topic))
    t.add("fact_reuse", t.new_id(), telling.kind, telling.id, person.id, topic, reuse, days.text(telling.day))


def _plain(words: str) -> str:
    return words.casefold().strip()
