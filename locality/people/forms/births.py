"""The form for a birth: one baby who was expected, and up to two more born with them."""

import datetime as dt
import uuid

from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import PersonId
from locality.people.forms.persons import choices_of, nhs_fault
from locality.people.operations.births import Birth, Newborn
from locality.people.queries.persons import PersonRecord
from locality.people.rules.codes import SEXES, Sex
from locality.people.rules.dates import reasons_against_birth
from locality.web.fields import Choice, DateParts, NhsNumber, PersonalName, Radios
from locality.web.form import FormWithId
from locality.web.hidden import HiddenNumber

_ORDINALS = ("first", "second", "third")


class BirthForm(FormWithId):
    """When the baby was born, and who was born."""

    keeps_draft = True

    version = HiddenNumber()
    born_on = DateParts("Date of birth", birth=True, hint="For example, 27 3 2026", required="Enter the date of birth")
    babies = Radios(
        "How many babies were born?",
        choices=(Choice("1", "One"), Choice("2", "Twins"), Choice("3", "Triplets")),
        coerce=int,
        required="Select how many babies were born",
    )
    family_name = PersonalName("Surname")
    first_given_name = PersonalName("First names", hint="Leave empty if the baby has no name yet")
    first_sex = Radios("Sex", choices=choices_of(SEXES), coerce=Sex, required="Select a sex, or “Not known”")
    first_nhs_number = NhsNumber("NHS number", check=nhs_fault)
    second_given_name = PersonalName("First names of the second baby")
    second_sex = Radios("Sex of the second baby", choices=choices_of(SEXES), coerce=Sex)
    second_nhs_number = NhsNumber("NHS number of the second baby", check=nhs_fault)
    third_given_name = PersonalName("First names of the third baby")
    third_sex = Radios("Sex of the third baby", choices=choices_of(SEXES), coerce=Sex)
    third_nhs_number = NhsNumber("NHS number of the third baby", check=nhs_fault)

    @classmethod
    def of(cls, record: PersonRecord) -> "BirthForm":
        """The form with what is known of the expected baby."""
        known = {"family_name": record.family_name, "first_given_name": record.given_name, "babies": 1}
        return cls(data=known | {"version": record.version})

    def check(self, due_on: dt.date, today: dt.date) -> bool:
        """The date fits the expected one, every baby has a sex, and no two have one NHS number."""
        reasons = list(reasons_against_birth(self.born_on.data, due_on=due_on, today=today))
        count = self.babies.data
        unsaid = [f"{ordinal}_sex" for ordinal in _ORDINALS[1:count] if self[f"{ordinal}_sex"].data is None]
        reasons += [Reason(name, "Select a sex, or “Not known”") for name in unsaid]
        if any(
            self[f"{ordinal}_{name}"].data for ordinal in _ORDINALS[count:] for name in ("given_name", "nhs_number")
        ):
            reasons.append(Reason("babies", "You described more babies than you selected"))
        numbers = [self[f"{ordinal}_nhs_number"].data for ordinal in _ORDINALS[:count]]
        given = [number for number in numbers if number]
        if len(set(given)) < len(given):
            reasons.append(Reason("second_nhs_number", "Two babies cannot have the same NHS number"))
        self.add_reasons(RuleBroken(reasons))
        return not reasons

    def to_command(self, person_id: PersonId) -> Birth:
        """The birth as told. A twin's id follows from the form's, so that sending it twice enters nobody twice."""
        return Birth(
            person_id=person_id,
            seen_version=self.version.data,
            born_on=self.born_on.data,
            babies=[self._baby(ordinal) for ordinal in _ORDINALS[: self.babies.data]],
        )

    def _baby(self, ordinal: str) -> Newborn:
        return Newborn(
            given_name=self[f"{ordinal}_given_name"].data,
            family_name=self.family_name.data,
            sex=self[f"{ordinal}_sex"].data,
            nhs_number=self[f"{ordinal}_nhs_number"].data or None,
            id=PersonId(uuid.uuid5(self.form_id.data, ordinal)),
        )
