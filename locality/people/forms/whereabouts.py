"""Forms about where people live and how to reach them."""

import uuid
from collections.abc import Sequence

from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import PersonId
from locality.people.forms.persons import choices_of
from locality.people.operations.whereabouts import NewAddress, NewContactPoint
from locality.people.queries.persons import PersonSummary
from locality.people.rules.codes import ADDRESS_KINDS, CONTACT_KINDS, AddressKind, ContactKind
from locality.people.rules.identifiers import NO_FIXED_ABODE, tidy_postcode, tidy_uprn
from locality.people.rules.reaching import reason_against_value
from locality.web.fields import Checkbox, Checkboxes, Choice, DateParts, PostcodeField, Radios, TextField
from locality.web.form import FormWithId

HIDE_HINT = "Only you, their supervisors and nobody else will see it; it is never printed, shared or sent"


def _postcode_fault(postcode: str) -> str | None:
    return None if tidy_postcode(postcode) else "Enter a full UK postcode, like SS1 2AB"


def _uprn_fault(number: str) -> str | None:
    return None if tidy_uprn(number) else "A property number has up to 12 figures"


class AddressForm(FormWithId):
    """A new address of a person and of those who live with them."""

    keeps_draft = True
    draft_is_private = True  # it may have to stay hidden from those who see the rest

    kind = Radios("What is it?", choices=choices_of(ADDRESS_KINDS), coerce=AddressKind, required="Select what it is")
    line_1 = TextField("Address line 1", max_length=100, look={"autocomplete": "off"})
    line_2 = TextField("Address line 2", max_length=100, look={"autocomplete": "off"})
    town = TextField("Town or city", max_length=60, look={"autocomplete": "off", "width": 20})
    postcode = PostcodeField("Postcode", check=_postcode_fault)
    no_fixed_abode = Checkbox("They have no fixed address")
    uprn = TextField(
        "Property number (UPRN)", max_length=20, check=_uprn_fault, look={"inputmode": "numeric", "width": 10},
        hint="If you have it: it places a flat better than a postcode does",
    )  # fmt: skip
    from_on = DateParts("Since when?", called="The date", hint="Leave empty if you do not know")
    until_on = DateParts("Until when?", called="The end", hint="Leave empty if they live there now")
    people = Checkboxes("Who else lives there?", coerce=str)
    do_not_disclose = Checkbox("Do not disclose this address", hint=HIDE_HINT)

    def offer(self, people: Sequence[PersonSummary]) -> None:
        """Offer those who may live at the same address."""
        self.people.choices = tuple(Choice(str(person.id), person.name) for person in people)

    def check(self) -> bool:
        """An address, a postcode, or no fixed abode."""
        given = any((self.line_1.data, self.line_2.data, self.town.data, self.postcode.data))
        reasons = []
        if not given and not self.no_fixed_abode.data:
            reasons.append(Reason("line_1", "Enter the address, or a postcode if that is all you know"))
        if given and self.no_fixed_abode.data:
            reasons.append(Reason("no_fixed_abode", "Enter an address or tick that there is none, not both"))
        self.add_reasons(RuleBroken(reasons))
        return not reasons

    def to_command(self, person_id: PersonId) -> NewAddress:
        """The address, for the person of the page and those ticked."""
        others = tuple(PersonId(uuid.UUID(one)) for one in self.people.data)
        postcode = NO_FIXED_ABODE if self.no_fixed_abode.data else tidy_postcode(self.postcode.data)
        return NewAddress(
            id=self.form_id.data,
            people=(person_id, *others),
            kind=self.kind.data,
            lines=tuple(line for line in (self.line_1.data, self.line_2.data, self.town.data) if line),
            postcode=postcode,
            uprn=tidy_uprn(self.uprn.data) if self.uprn.data else None,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
            do_not_disclose=self.do_not_disclose.data,
        )


class ContactPointForm(FormWithId):
    """A new telephone number or e-mail address."""

    keeps_draft = True
    draft_is_private = True  # it may have to stay hidden from those who see the rest

    kind = Radios("What is it?", choices=choices_of(CONTACT_KINDS), coerce=ContactKind, required="Select what it is")
    value = TextField(
        "Number or email address", max_length=254, required="Enter the number or email address",
        look={"autocomplete": "off", "spellcheck": "false", "width": 20},
    )  # fmt: skip
    note = TextField("How to use it safely", max_length=200, hint="Like “text only, after 4pm, leave no message”")
    do_not_disclose = Checkbox("Do not disclose it", hint=HIDE_HINT)

    def check(self) -> bool:
        """The value fits its kind."""
        message = reason_against_value(self.kind.data, self.value.data)
        self.add_reasons(RuleBroken([Reason("value", message)] if message else []))
        return message is None

    def to_command(self, person_id: PersonId) -> NewContactPoint:
        """The number or address, for the person of the page."""
        return NewContactPoint(
            id=self.form_id.data,
            person_id=person_id,
            kind=self.kind.data,
            value=self.value.data,
            note=self.note.data,
            do_not_disclose=self.do_not_disclose.data,
        )
