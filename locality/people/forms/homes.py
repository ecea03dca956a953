"""Forms about households: who lives together, since when."""

import uuid
from collections.abc import Sequence

from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import HouseholdId, PersonId
from locality.people.queries.persons import PersonSummary
from locality.web.fields import Checkboxes, Choice, DateParts, TextField
from locality.web.form import Form, FormWithId


class _WhoLivesThere(Form):
    """People to tick, and since when."""

    people = Checkboxes("Who lives there?", coerce=str)
    from_on = DateParts("Since when?", called="The date", hint="Leave empty if you do not know")

    def offer(self, people: Sequence[PersonSummary]) -> None:
        """Offer these people."""
        self.people.choices = tuple(Choice(str(person.id), person.name, person.reference) for person in people)

    def chosen(self) -> tuple[PersonId, ...]:
        """Who was ticked."""
        return tuple(PersonId(uuid.UUID(one)) for one in self.people.data)


class NewHouseholdForm(FormWithId, _WhoLivesThere):
    """A household to make around somebody."""

    keeps_draft = True
    draft_is_private = True  # where somebody lives

    name = TextField(
        "What is the household called?", called="Name", max_length=100, required="Enter a name for the household",
        hint="Like “Mum’s home”. Give no address here",
    )  # fmt: skip

    @property
    def household_id(self) -> HouseholdId:
        """The new household's id."""
        return HouseholdId(self.form_id.data)


class JoinHouseholdForm(_WhoLivesThere):
    """Who else lives in a household."""

    def check(self) -> bool:
        """Somebody must be ticked."""
        if not self.people.data:
            self.add_reasons(RuleBroken([Reason("people", "Select who lives there")]))
        return bool(self.people.data)
