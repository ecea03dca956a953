"""Forms of a child's own pages: one question each, and any of them may be left out."""

import uuid

from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.sittings import FACES, REPLIES, Answer, Ask, Question
from locality.caf.rules.voice_files import MOST_BYTES, MOST_MEGABYTES, FileKind
from locality.caf.rules.words import VoiceReaders
from locality.web.fields import Checkboxes, Choice, Radios, TextArea, TextField
from locality.web.files import FileField
from locality.web.form import Form, FormWithId

_ASKED = {Ask.FACES: FACES, Ask.STATEMENT: REPLIES}


class NextForm(Form):
    """A button, and nothing to fill in."""


class QuestionForm(FormWithId):
    """One page of a tool. ``form_id`` becomes the id of the file that comes with it."""

    choice = Radios("Choose one", called="Your choice")
    cards = Checkboxes("Choose as many as you like", called="Your cards")
    words = TextArea("Your words, just as you say them", called="Your words", max_length=MAX_TEXT, rows=5)
    file = FileField("A file", called="The file", most=MOST_BYTES, hint=f"At most {MOST_MEGABYTES} MB")
    skip = TextField("Leave this out", max_length=10)

    def ask(self, question: Question) -> None:
        """Offer what the page offers, and say which kind of file it takes."""
        self.choice.choices = [Choice(code, label) for code, label in _ASKED.get(question.ask, {}).items()]
        self.cards.choices = [Choice(card.code, card.label) for card in question.cards]
        is_drawing = question.ask is Ask.DRAW
        self.file.label.text = "A photo of your drawing" if is_drawing else "A recording of your voice"
        self.file.look = {"accept": "image/png,image/jpeg" if is_drawing else "audio/*"}

    @property
    def answer(self) -> Answer:
        """What was answered; left out only when nothing else was given."""
        found = Answer(str(self.choice.data or ""), tuple(self.cards.data or ()), self.words.data or "")
        return Answer(is_skipped=True) if self.skip.data and found.is_empty else found


def wanted_kind(question: Question) -> FileKind:
    """Which kind of file a page takes."""
    return FileKind.PICTURE if question.ask is Ask.DRAW else FileKind.SOUND


class AwayForm(Form):
    """Taking a picture or recording back."""

    file_id = TextField("Which", max_length=40)

    @property
    def asked_for(self) -> uuid.UUID | None:
        """The file; None for what is no id."""
        try:
            return uuid.UUID(self.file_id.data or "")
        except ValueError:
            return None


class SeeingForm(Form):
    """Who may see what was said, or what was drawn; the child chooses."""

    readers = Radios("Who may see it?", required="Choose who may see it", coerce=VoiceReaders)

    def offer(self, readers: dict[VoiceReaders, str]) -> None:
        """Say the choices in the words of this child's team."""
        self.readers.choices = [Choice(reader.value, label) for reader, label in readers.items()]


class PeopleForm(Form):
    """Which people may see it; the child chooses."""

    people = Checkboxes("Who of them?", required="Choose at least one person", called="Who may see it")

    def offer(self, people: dict[str, str]) -> None:
        """Who may be chosen: names by the account's id."""
        self.people.choices = [Choice(key, name) for key, name in people.items()]


class FamilyForm(Form):
    """Whether the family may see it."""

    may_see = Radios(
        "May your family see it?", required="Choose yes or no", choices=[Choice("yes", "Yes"), Choice("no", "No")]
    )
