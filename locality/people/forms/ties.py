"""Forms about who belongs together: relationships, parental responsibility, families, households."""

import uuid
from collections.abc import Sequence

from locality.kernel.ids import FamilyId, PersonId, find_reference
from locality.people.forms.persons import choices_of
from locality.people.operations.ties import NewRelationship, NewResponsibility
from locality.people.queries.persons import PersonSummary
from locality.people.rules.codes import PR_BASES, RELATIONS, PrBasis, RelationKind
from locality.web.fields import Choice, DateParts, Radios, Select, TextField
from locality.web.form import Form, FormWithId

_BY_REFERENCE = "reference"
NO_PERSON = "There is nobody with this reference whom you may see"


def _reference_fault(typed: str) -> str | None:
    return None if find_reference(typed) else "Enter a whole reference, like PE-7K3M-42P"


class ChoosePersonForm(Form):
    """Somebody to choose, from those around a person or by their reference."""

    keeps_draft = True

    other = Radios("Who?", coerce=str, required="Select who it is")
    reference = TextField(
        "Their reference", max_length=20, check=_reference_fault, hint="For somebody else who is on record"
    )

    def offer(self, people: Sequence[PersonSummary]) -> None:
        """Offer these people, and anybody else by reference."""
        known = tuple(Choice(str(person.id), person.name, person.reference) for person in people)
        self.other.choices = (*known, Choice(_BY_REFERENCE, "Somebody else, by their reference"))
        if not known and self.other.data is None:
            self.other.data = _BY_REFERENCE

    def chosen(self) -> PersonId | None:
        """Who was chosen from those offered; None when a reference counts."""
        return None if self.other.data == _BY_REFERENCE else PersonId(uuid.UUID(self.other.data))


class RelationshipForm(ChoosePersonForm):
    """What somebody is to the person whose page this is."""

    kind = Select("What are they?", choices=choices_of(RELATIONS), coerce=RelationKind, required="Select what they are")
    from_on = DateParts("Since when?", called="The date", hint="Leave empty if it has always been so")
    until_on = DateParts("Until when?", called="The end", hint="Leave empty if it is so now")

    def to_command(self, person_id: PersonId, other_id: PersonId) -> NewRelationship:
        """The chosen person is this to the person of the page."""
        return NewRelationship(
            person_id=other_id,
            other_id=person_id,
            kind=self.kind.data,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
        )


class ResponsibilityForm(ChoosePersonForm):
    """Who holds parental responsibility for a child."""

    basis = Radios("On what basis?", choices=choices_of(PR_BASES), coerce=PrBasis, required="Select on what basis")
    from_on = DateParts("Since when?", called="The date", hint="Leave empty if from the child’s birth")
    until_on = DateParts("Until when?", called="The end", hint="Leave empty if they hold it now")
    limits = TextField("Limits set by a court", max_length=300, hint="Leave empty if there are none")

    def to_command(self, child_id: PersonId, adult_id: PersonId) -> NewResponsibility:
        """The chosen adult holds parental responsibility for the child of the page."""
        return NewResponsibility(
            child_id=child_id,
            adult_id=adult_id,
            basis=self.basis.data,
            limits=self.limits.data,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
        )


class JoinFamilyForm(Form):
    """Somebody on record who belongs to a family."""

    keeps_draft = True

    reference = TextField(
        "Reference", max_length=20, check=_reference_fault, required="Enter the person’s reference",
        hint="Like PE-7K3M-42P. Search for the person first if you do not know it",
    )  # fmt: skip
    from_on = DateParts("Since when?", called="The date", hint="Leave empty for today")


class NewFamilyForm(FormWithId):
    """A family to make around somebody."""

    keeps_draft = True

    name = TextField(
        "What is the family called?", called="Name", max_length=100, required="Enter a name for the family",
        hint="Most often a surname, like Adeyemi",
    )  # fmt: skip

    @property
    def family_id(self) -> FamilyId:
        """The new family's id."""
        return FamilyId(self.form_id.data)


class ActionForm(Form):
    """A button that changes something, with no field but its token."""
