"""The pages about the children, the adults and where they live."""

import datetime as dt
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict

from locality.asking.forms.base import Question
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.people import api as people
from locality.web.fields import (
    Checkbox,
    Choice,
    DateParts,
    NhsNumber,
    PersonalName,
    PostcodeField,
    Select,
    TextArea,
    TextField,
    YesNo,
)

_OLDEST_CHILD = 26
_LONGEST_PREGNANCY = dt.timedelta(days=301)
_OVERDUE = dt.timedelta(days=60)
_CHILD_RELATIONS = tuple(Choice(kind.value, words) for kind, words in people.RELATIONS.items())


def _today() -> dt.date:
    return london_date(SYSTEM_CLOCK.now())


def _check_birth(born_on: dt.date) -> str | None:
    if born_on > _today():
        return "Date of birth must be today or in the past. If the baby is not born yet, choose No above"
    if people.age_on(born_on, _today()) >= _OLDEST_CHILD:
        return f"Check the year. We help children and young people under {_OLDEST_CHILD}"
    return None


def _check_birth_of_adult(born_on: dt.date) -> str | None:
    if born_on > _today():
        return "Date of birth must be in the past"
    return None if people.age_on(born_on, _today()) <= 120 else "Check the year of the date of birth"


def _check_due(due_on: dt.date) -> str | None:
    if due_on > _today() + _LONGEST_PREGNANCY:
        return "The date when the baby is due must be within the next 10 months"
    if due_on < _today() - _OVERDUE:
        return "The date when the baby is due was some time ago. If the baby is born, choose Yes above"
    return None


def _check_nhs_number(typed: str) -> str | None:
    return None if people.tidy_nhs_number(typed) else people.NHS_WRONG


class MoreChildren(Question):
    """The children so far, and whether there is another."""

    title = "The children you need help with"
    lead: ClassVar[tuple[str, ...]] = ("Tell us about every child, and about a baby who is not born yet.",)
    another = YesNo("Is there another child to add?", required="Select yes if there is another child")


class MoreAdults(Question):
    """The adults so far, and whether there is another."""

    title = "The adults at home and in the family"
    lead: ClassVar[tuple[str, ...]] = (
        "Tell us about the grown-ups who live with the children. Tell us about a parent who lives somewhere else too.",
    )
    another = YesNo("Is there another adult to add?", required="Select yes if there is another adult")


class MoreOfYourAdults(MoreAdults):
    """The same, asked of somebody in the family."""

    lead: ClassVar[tuple[str, ...]] = (*MoreAdults.lead, "You do not have to add yourself.")


class Child(Question):
    """One child, born or expected."""

    title = "About this child"
    shown_when: ClassVar = {"born_on": "is_born-yes", "due_on": "is_born-no"}
    given_name = PersonalName("First name")
    family_name = PersonalName("Family name", hint="Leave it empty if the child has one name only")
    is_born = YesNo("Has this child been born?", required="Select yes if the child has been born")
    born_on = DateParts(
        "Date of birth",
        birth=True,
        hint="For example, 27 3 2015. Leave it empty if you do not know",
        check=_check_birth,
    )
    due_on = DateParts(
        "When is the baby due?",
        called="The date when the baby is due",
        hint="Day, month and year, in numbers. A guess will do",
        check=_check_due,
    )
    school = TextField("School, nursery or college", hint="Leave it empty if there is none")

    def validate(self, extra_validators: object = None) -> bool:
        """The checks of each field, and that they fit together: a name or an expected baby.

        A date that the answer does not ask for is set aside: nobody sees it, so nobody could correct it.
        """
        aside = {field: field.parts for field in (self.born_on, self.due_on) if not self.is_asked(field)}
        for field in aside:
            field.process(MultiDict())
        valid = super().validate(extra_validators=extra_validators)
        for field, parts in aside.items():
            field.parts = parts  # there again, when the answer is changed
        for field, message in self._misfits():
            if not field.errors:
                field.errors = [message]
                valid = False
        return valid

    def suggest_family_name(self, sibling: "Child | None") -> None:
        """Fill in the family name of a brother or sister, and say where it is from; None: nothing is known."""
        if sibling is None:
            return
        self.family_name.data = sibling.family_name.data
        self.family_name.description = f"The same as for {sibling.called}. Change it if it is another"

    def _misfits(self) -> list[tuple[Any, str]]:
        found: list[tuple[Any, str]] = []
        if self.is_born.data is False:
            if not any(self.due_on.parts.values()):
                found.append((self.due_on, "Enter the date when the baby is due. A guess will do"))
        elif self.is_born.data and not (self.given_name.data or self.family_name.data):
            found.append((self.given_name, "Enter the child’s name"))
        return found

    @property
    def called(self) -> str:
        """What to call the child in a list."""
        name = " ".join(part for part in (self.given_name.data, self.family_name.data) if part)
        if self.is_born.data is False:
            return f"Baby who is not born yet{f' ({name})' if name else ''}"
        return name or "A child"


class KnownChild(Child):
    """A child as a professional knows them."""

    nhs_number = NhsNumber("NHS number", hint="10 digits, like 999 123 4567, if you know it", check=_check_nhs_number)


class Adult(Question):
    """One grown-up of the family."""

    title = "About this adult"
    given_name = PersonalName("First name", required="Enter a first name")
    family_name = PersonalName("Family name", hint="Leave it empty if you do not know it")
    relation = Select(
        "Who are they to the children?",
        choices=_CHILD_RELATIONS,
        coerce=people.RelationKind,
        required="Select who they are to the children",
    )
    lives_here = YesNo("Do they live with the children?", required="Select yes if they live with the children")

    @property
    def called(self) -> str:
        """What to call the adult in a list."""
        return " ".join(part for part in (self.given_name.data, self.family_name.data) if part) or "An adult"


class YourAdult(Adult):
    """A grown-up as the family tells of them; one of them may be who asks."""

    is_me = Checkbox("This is me", hint="Tick this if you are telling us about yourself here")


class KnownAdult(Adult):
    """A grown-up as a professional knows them."""

    born_on = DateParts(
        "Date of birth", birth=True, hint="For example, 27 3 1985, if you know it", check=_check_birth_of_adult
    )
    phone = TextField(
        "Phone number",
        max_length=30,
        check=people.reason_against_told_phone,
        look={"type": "tel", "autocomplete": "off", "width": 20},
    )


class Home(Question):
    """Where the children live."""

    title = "Where do the children live?"
    address = TextArea("Address", rows=3, max_length=400, hint="Leave it empty if they have no home at the moment")
    postcode = PostcodeField("Postcode")
    hide_address = Checkbox(
        "Keep this address secret",
        hint="Tick this if it is not safe for others to know where the children live",
    )
