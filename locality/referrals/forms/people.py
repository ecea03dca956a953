"""Naming somebody in a contact, with the people on record who may be meant."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from locality.access.parts import FRONT_DOOR
from locality.clusters.api import SchoolRow
from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import PersonId, SchoolId
from locality.people import api as people
from locality.referrals.operations.entering import ToldPerson
from locality.web.fields import Choice, DateParts, PersonalName, PostcodeField, Radios, Select, TextArea, TextField
from locality.web.form import FormWithId
from locality.web.formats import day

NEW = "new"
_SEARCHED = 100  # characters of a name that are looked up; what is longer is refused beside its field
_LINES = 6  # lines of an address that are looked up


class PersonFields(FormWithId):
    """Who somebody is. ``who`` appears once people on record turn out to be like them."""

    given_name = PersonalName("First name")
    family_name = PersonalName("Family name", hint="Leave out what you do not know")
    born_on = DateParts("Date of birth", birth=True, hint="For example, 27 3 2015")
    sex = Radios("Sex", choices=[Choice(sex.value, label) for sex, label in people.SEXES.items()], coerce=people.Sex)
    address = TextArea("Address", rows=3, max_length=400)
    postcode = PostcodeField("Postcode")
    who = Radios("Is this somebody on record?", called="Is this somebody on record")

    def probe(self) -> people.Probe:
        """What was typed so far, to look for people who may be the same."""
        sex = self.sex.data
        return people.Probe(
            given_name=self.given_name.data[:_SEARCHED],
            family_name=self.family_name.data[:_SEARCHED],
            born_on=self.born_on.data,
            sex=people.Sex(sex) if sex in set(people.Sex) else people.Sex.UNKNOWN,
            postcode=people.tidy_postcode(self.postcode.data),
            lines=tuple(line[:_SEARCHED] for line in self.address.data.splitlines()[:_LINES] if line.strip()),
        )

    def offer_matches(self, matches: Sequence[people.Match]) -> None:
        """Say who may be meant; without anybody the question is not asked."""
        self.who.choices = [_match_choice(match) for match in matches]
        if matches:
            self.who.choices.append(Choice(NEW, "Nobody of these: somebody new"))
        else:
            self.who.data = None

    def is_about(self, person: people.PersonSummary) -> None:
        """Ask nothing about who it is: somebody on record, from whose page one came."""
        self.who.choices = [Choice(str(person.id), f"{person.name}, {person.reference}")]
        self.who.data = str(person.id)

    def is_clear(self) -> bool:
        """Whether the answers say who is meant; puts what is missing beside its field."""
        if self.who.options() and not self.who.data:
            self.who.errors = ["Select whether this is somebody on record"]
            return False
        reasons = self.reasons_against_name()
        self.add_reasons(RuleBroken(reasons))
        return not reasons

    def reasons_against_name(self) -> tuple[Reason, ...]:
        """Why nobody can be entered as typed: somebody new needs a name, or a date to be told by."""
        if self.given_name.data or self.family_name.data or self.existing:
            return ()
        return (Reason("given_name", "Enter a first name or a family name"),)

    @property
    def existing(self) -> PersonId | None:
        """The person on record who was chosen."""
        return PersonId(uuid.UUID(self.who.data)) if self.who.data not in {None, "", NEW} else None

    def meant(self) -> PersonId | None:
        """The person on record who was chosen among those offered, before the form is checked."""
        offered = {option.value for option in self.who.options()}
        return self.existing if self.who.data in offered else None

    def told(self) -> ToldPerson:
        """The person as typed."""
        return ToldPerson(
            existing=self.existing,
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            born_on=self.born_on.data,
            sex=self.sex.data or people.Sex.UNKNOWN,
            address=self.address.data,
            postcode=self.postcode.data or None,
        )


class ChildFields(PersonFields):
    """A child: born, or expected."""

    due_on = DateParts("If the baby is not born yet: date the baby is due")
    school = Select("School or nursery", coerce=uuid.UUID, blank="Not in school, or not known")

    def offer_schools(self, schools: Sequence[SchoolRow]) -> None:
        """Say which schools can be chosen."""
        self.school.choices = [Choice(str(school.id), school.name) for school in schools]

    def told(self) -> ToldPerson:
        """The child as typed."""
        school = None if self.school.data is None else SchoolId(self.school.data)
        return replace(super().told(), due_on=self.due_on.data, school_id=school)

    def probe(self) -> people.Probe:
        """What is known of the child, to look for the same child on record."""
        return replace(super().probe(), due_on=self.due_on.data)

    def reasons_against_name(self) -> tuple[Reason, ...]:
        """An unborn baby needs no name; anybody else does."""
        return () if self.due_on.data else super().reasons_against_name()


class ChildForm(ChildFields):
    """One child more in a contact."""

    keeps_draft = True
    draft_desk = FRONT_DOOR


class AdultForm(PersonFields):
    """An adult in a contact, and who they are to its children."""

    keeps_draft = True
    draft_desk = FRONT_DOOR

    relation = Select(
        "Who are they to the children?",
        choices=[Choice(kind.value, label) for kind, label in people.RELATIONS.items()],
        coerce=people.RelationKind,
        required="Select who they are to the children",
    )
    phone = TextField("Telephone number", max_length=30, look={"type": "tel", "autocomplete": "off", "width": 20})

    def probe(self) -> people.Probe:
        """What is known of the adult, to look for them on record."""
        return replace(super().probe(), phones=(self.phone.data[:_SEARCHED],) if self.phone.data else ())

    def told(self) -> ToldPerson:
        """The adult as typed."""
        return replace(super().told(), phone=self.phone.data)


def _match_choice(match: people.Match) -> Choice:
    born = f"born {day(match.born_on)}" if match.born_on else "date of birth not known"
    if match.due_on:
        born = f"due {day(match.due_on)}"
    words = people.STRENGTHS[match.strength]
    return Choice(str(match.person_id), f"{match.name}, {born}, {match.reference}", f"{words}: {match.why}")
