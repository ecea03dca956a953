"""Rating a contact, asking partners, keeping what they tell, and looking again at a decision."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace

from locality.access.parts import FRONT_DOOR
from locality.clusters import api as clusters
from locality.kernel.ids import AgencyId, ContactId, PersonId
from locality.referrals.forms.contacts import DecideForm
from locality.referrals.operations.commands import AskPartner, DecideChild, LookAgain, RecordReply, WriteNote
from locality.referrals.queries.contacts import NamedPerson
from locality.referrals.rules import codes
from locality.referrals.rules.codes import Rag
from locality.referrals.rules.enquiries import LONGEST_NOTE, LONGEST_QUESTION
from locality.web.fields import Choice, Radios, Select, TextArea, TextField, YesNo
from locality.web.form import Form, FormWithId

_NEEDED_ONLY = "Only officers of the front door read this. Into your decision goes only what it needs."


class RateForm(FormWithId):
    """How quickly a contact needs a person, and why."""

    keeps_draft = True
    draft_desk = FRONT_DOOR

    rag = Radios(
        "Rating",
        choices=[Choice(rag.value, words, codes.RAG_HINTS[rag]) for rag, words in codes.RAG_WORDS.items()],
        coerce=Rag,
        required="Select a rating",
    )
    why = TextArea("Why do you rate it so?", rows=3, required="Enter why you rate it so", max_length=LONGEST_QUESTION)


class ChildChoice(FormWithId):
    """A form about one of the children of a contact; with one child there is nothing to choose."""

    child = Radios("About which child?", coerce=uuid.UUID, required="Select which child")

    def offer_children(self, children: Sequence[NamedPerson]) -> None:
        """Say who may be chosen."""
        self.child.choices = [Choice(str(child.person_id), child.name) for child in children]
        if len(children) == 1 and not self.is_submitted():
            self.child.process(None, children[0].person_id)


class AskForm(ChildChoice):
    """A question to a partner agency."""

    keeps_draft = True
    draft_desk = FRONT_DOOR

    agency = Select("Whom do you ask?", coerce=uuid.UUID, required="Select whom you ask")
    question = TextArea(
        "What do you ask?",
        hint="Ask for what this decision needs, and say why you ask",
        rows=4,
        required="Enter what you ask",
        max_length=LONGEST_QUESTION,
    )

    def offer_agencies(self, agencies: Iterable[clusters.AgencyRow]) -> None:
        """Say which agencies there are."""
        self.agency.choices = [Choice(str(agency.id), agency.name) for agency in agencies]

    def to_command(self, contact_id: ContactId) -> AskPartner:
        """The question as typed."""
        return AskPartner(
            contact_id, PersonId(self.child.data), AgencyId(self.agency.data), self.question.data, self.form_id.data
        )


class ReplyForm(Form):
    """What a partner answered."""

    keeps_draft = True
    draft_desk = FRONT_DOOR

    told_by = TextField("Who told you?", hint="Name and job", called="Who told you")
    known = YesNo("Do they know the child or the family?", required="Select whether they know the child or the family")
    note = TextArea("What did they tell you?", hint=_NEEDED_ONLY, rows=6, max_length=LONGEST_NOTE)

    def to_command(self, contact_id: ContactId, enquiry_id: uuid.UUID) -> RecordReply:
        """The answer as typed."""
        return RecordReply(contact_id, enquiry_id, bool(self.known.data), self.note.data, self.told_by.data)


class NoteForm(ChildChoice):
    """What somebody told the hub without being asked."""

    keeps_draft = True
    draft_desk = FRONT_DOOR

    told_by = TextField("Who told you?", hint="Name, job and agency", required="Enter who told you")
    note = TextArea(
        "What did they tell you?",
        hint=_NEEDED_ONLY,
        rows=6,
        required="Enter what they told you",
        max_length=LONGEST_NOTE,
    )

    def to_command(self, contact_id: ContactId) -> WriteNote:
        """The note as typed."""
        return WriteNote(contact_id, PersonId(self.child.data), self.told_by.data, self.note.data, self.form_id.data)


class SecondLookForm(FormWithId):
    """A second look at a decision."""

    keeps_draft = True
    draft_desk = FRONT_DOOR

    agrees = YesNo(
        "Would you decide the same?",
        yes="Yes, I would decide the same",
        no="No, I would decide otherwise",
        required="Select whether you would decide the same",
    )
    note = TextArea("What would you decide, and why?", hint="Leave empty when you agree", rows=4, max_length=2_000)

    def to_command(self, contact_id: ContactId, person_id: PersonId) -> LookAgain:
        """The second look as typed."""
        return LookAgain(contact_id, person_id, bool(self.agrees.data), self.note.data, self.form_id.data)


class CorrectForm(DecideForm, FormWithId):
    """A decision put in place of another."""

    why_corrected = TextArea(
        "Why is the decision corrected?",
        hint="The decision before stays to be read",
        rows=3,
        required="Enter why the decision is corrected",
        max_length=2_000,
    )

    def to_command(self, contact_id: ContactId, person_id: PersonId) -> DecideChild:
        """The decision as made."""
        return replace(super().to_command(contact_id, person_id), decision_id=self.form_id.data)


class ToldForm(FormWithId):
    """How an officer told whoever got in touch."""

    how = TextField("How did you tell them?", hint="For example, by telephone", required="Enter how you told them")
