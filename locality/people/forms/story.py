"""Forms of a family's story: correcting a line, adding one, and going over what is known about somebody."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from locality.access.parts import Part
from locality.kernel.ids import PersonId
from locality.people.operations.facts import TELLER_LENGTH, Told, told_from
from locality.people.queries.persons import PersonSummary
from locality.people.rules.facts import AGREEMENTS, MAX_WORDS, TOPICS, FactAgreement, Topic
from locality.web.fields import Checkboxes, Choice, Radios, Select, TextArea, TextField
from locality.web.form import Form, FormWithId
from locality.web.prefill import Prefilled

# What everybody asks: topics with one answer at a time, and what the family wants.
GONE_OVER = tuple(topic for topic, facts in TOPICS.items() if facts.single or topic is Topic.WANTS)
_AGREEMENTS = tuple(Choice(code.value, words) for code, words in AGREEMENTS.items())


def _teller() -> TextField:
    return TextField(
        "Who says so?",
        hint="A name, or what they are to the child, like “her mother” or “school”",
        default="the family",
        required="Enter who says so",
        called="Who says so",
        max_length=TELLER_LENGTH,
    )


class CorrectLineForm(Form):
    """What is right, in place of a line."""

    keeps_draft = True
    draft_is_private = True  # the line may belong to a part that a deputy may not read

    words = TextArea("What is right?", required="Enter what is right", max_length=MAX_WORDS, rows=4)
    teller = _teller()


class AddLineForm(FormWithId):
    """One line more."""

    keeps_draft = True
    draft_is_private = True  # the topic chosen may belong to a part that a deputy may not read

    topic = Select(
        "What is it about?",
        choices=[Choice(topic.value, facts.words) for topic, facts in TOPICS.items()],
        coerce=Topic,
        required="Select what it is about",
    )
    people = Checkboxes("Whom is it about?", coerce=str, required="Select whom it is about")
    words = TextArea("What was told?", required="Enter what was told", max_length=MAX_WORDS, rows=4)
    teller = _teller()
    agreement = Radios(
        "Did the family agree to share it?",
        choices=_AGREEMENTS,
        coerce=FactAgreement,
        default=FactAgreement.AGREED.value,
        called="Whether the family agreed",
    )

    def offer(self, members: Sequence[PersonSummary], topics: Iterable[Topic]) -> None:
        """Offer those of the family, and the topics, about whom and of which the teller may write."""
        self.people.choices = [Choice(str(member.id), member.name, member.reference) for member in members]
        self.topic.choices = [Choice(topic.value, TOPICS[topic].words) for topic in topics]

    def whom(self) -> tuple[PersonId, ...]:
        """Whom the line is about."""
        return tuple(PersonId(uuid.UUID(value)) for value in self.people.data)

    def told(self) -> tuple[Told, ...]:
        """The line as typed."""
        return (Told(self.topic.data, self.words.data),)


def _question(topic: Topic, label: str, hint: str = "") -> TextArea:
    return TextArea(label, hint=hint, called=TOPICS[topic].words, max_length=MAX_WORDS, rows=2)


class GoOverForm(Prefilled, FormWithId):
    """What everybody asks about somebody, filled in with what is known: to be confirmed or put right."""

    keeps_draft = True
    draft_part = Part.HEALTH  # the narrowest part of what it asks

    topics = {topic.value: topic for topic in GONE_OVER}  # noqa: RUF012

    wants = _question(Topic.WANTS, "What does the family want?")
    who_lives_here = _question(Topic.WHO_LIVES_HERE, "Who lives here?", "Names, and who they are to each other")
    school = _question(Topic.SCHOOL, "School, nursery or work")
    first_language = _question(Topic.FIRST_LANGUAGE, "First language")
    interpreter = _question(Topic.INTERPRETER, "Interpreter or signer needed", "Which language, and for whom")
    culture = _question(Topic.CULTURE, "Religion and culture", "What a visitor should know")
    arrangements = _question(Topic.ARRANGEMENTS, "What makes it easier to take part?", "Times, places, large print")
    safe_contact = _question(
        Topic.SAFE_CONTACT, "How to get in touch safely", "When, by whom, and whether to leave a message. No address"
    )
    gp_and_health_visitor = _question(Topic.GP_AND_HEALTH_VISITOR, "GP and health visitor")
    health = _question(Topic.HEALTH, "Health and disability")
    teller = _teller()

    def only(self, topics: Iterable[Topic]) -> None:
        """Keep the questions that this reader may see answered."""
        wanted = set(topics)
        for name, topic in self.topics.items():
            if topic not in wanted:
                delattr(self, name)

    def questions(self) -> list[Any]:
        """The questions that are asked, in the order of the page."""
        return [self._fields[name] for name in self.topics if name in self._fields]

    def told(self) -> tuple[Told, ...]:
        """The answers as typed."""
        return told_from(self.answers())
