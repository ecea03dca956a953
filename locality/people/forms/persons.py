"""Forms for entering people and putting their details right."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from locality.kernel.errors import Reason, RuleBroken
from locality.kernel.ids import PersonId
from locality.people.operations.persons import NewPerson, PersonFacts
from locality.people.queries.persons import PersonRecord
from locality.people.rules.codes import (
    DISABILITIES,
    ETHNICITIES,
    GENDER_IDENTITIES,
    PERSON_KINDS,
    SEXES,
    UPN_UNKNOWN,
    Disability,
    Ethnicity,
    GenderIdentity,
    NhsStatus,
    PersonKind,
    Sex,
    UpnUnknown,
    reasons_against_disabilities,
)
from locality.people.rules.dates import (
    Life,
    reasons_against_age_of_child,
    reasons_against_expected_date,
    reasons_against_life,
)
from locality.people.rules.identifiers import NHS_WRONG, UPN_WRONG, tidy_nhs_number, tidy_upn
from locality.people.rules.matching import Probe
from locality.people.rules.names import NAME_LENGTH
from locality.web.fields import (
    Checkbox,
    Checkboxes,
    Choice,
    DateParts,
    NhsNumber,
    PersonalName,
    Radios,
    Select,
    TextArea,
    TextField,
    YesNo,
)
from locality.web.form import Form, FormWithId
from locality.web.hidden import HiddenNumber

_PREVIOUS = 10


def choices_of(words: Mapping[Any, str]) -> tuple[Choice, ...]:
    """The choices of a code's words."""
    return tuple(Choice(str(code.value), label) for code, label in words.items())


def nhs_fault(number: str) -> str | None:
    """What is wrong with a typed NHS number; None when nothing is."""
    return None if tidy_nhs_number(number) else NHS_WRONG


def _upn_fault(number: str) -> str | None:
    return None if tidy_upn(number) else UPN_WRONG


class _WhoForm(Form):
    """What every form about a person asks: names, sex, birth."""

    given_name = PersonalName("First names", hint="As the person or the family writes them")
    family_name = PersonalName("Surname")
    known_as = PersonalName("Known as", hint="If they go by another name")
    sex = Radios("Sex", choices=choices_of(SEXES), coerce=Sex, required="Select a sex, or “Not known”")
    born_on = DateParts("Date of birth", birth=True, hint="For example, 27 3 2019")
    born_on_estimated = Checkbox(
        "This date is an estimate", hint="If you only know the month, give the 15th and tick this"
    )
    due_on = DateParts("Date when the baby is due", hint="For a baby not yet born, instead of a date of birth")
    nhs_number = NhsNumber("NHS number", check=nhs_fault)
    first_language = TextField("First language", max_length=60)
    interpreter_needed = YesNo("Does this person need an interpreter?")

    def life(self, kind: PersonKind) -> Life:
        """The dates as typed."""
        return Life(kind=kind, sex=self.sex.data or Sex.UNKNOWN, born_on=self.born_on.data, due_on=self.due_on.data)


class NewPersonForm(FormWithId, _WhoForm):
    """Somebody to enter. ``is_new`` is asked once the page has shown who may be the same."""

    keeps_draft = True

    kind = Radios("Who is it?", choices=choices_of(PERSON_KINDS), coerce=PersonKind, required="Select who it is")
    name_not_known = Checkbox("The name is not known")
    is_new = Checkbox("None of these is the person: enter them as new")

    def check(self, today: dt.date) -> bool:
        """The checks that need more than one field; puts what they say beside the fields."""
        reasons: list[Reason] = []
        named = self.given_name.data or self.family_name.data or self.known_as.data
        if not named and not self.due_on.data and not self.name_not_known.data:
            reasons.append(Reason("given_name", "Enter a name, or tick that it is not known"))
        life = self.life(self.kind.data)
        reasons.extend(reasons_against_life(life, today))
        reasons.extend(reasons_against_age_of_child(life, today))
        if not reasons:
            reasons.extend(reasons_against_expected_date(self.due_on.data, today))
        self.add_reasons(RuleBroken(reasons))
        return not reasons

    def probe(self) -> Probe:
        """What is known, for looking whether they are on record."""
        return Probe(
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            known_as=self.known_as.data,
            born_on=self.born_on.data,
            due_on=self.due_on.data,
            sex=self.sex.data,
            nhs_number=self.nhs_number.data or None,
        )

    def to_command(self) -> NewPerson:
        """Who is to be entered."""
        return NewPerson(
            id=PersonId(self.form_id.data),
            kind=self.kind.data,
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            known_as=self.known_as.data,
            sex=self.sex.data,
            born_on=self.born_on.data,
            born_on_estimated=self.born_on_estimated.data and self.born_on.data is not None,
            due_on=self.due_on.data,
            nhs_number=self.nhs_number.data or None,
            first_language=self.first_language.data,
            interpreter_needed=self.interpreter_needed.data,
        )


class EditPersonForm(_WhoForm):
    """A person's details, with the version of the record that the page showed."""

    keeps_draft = True

    version = HiddenNumber()
    previous_names = TextArea("Names before", hint="One a line", rows=3, max_length=1_000)
    gender_identity = Select(
        "Gender, as they describe it",
        choices=choices_of(GENDER_IDENTITIES),
        coerce=GenderIdentity,
        blank="Not yet asked",
    )
    died_on = DateParts("Date of death", hint="Leave empty unless the person has died")
    ethnicity = Select(
        "Ethnicity, as they describe it",
        choices=choices_of(ETHNICITIES),
        coerce=Ethnicity,
        required="Select an ethnicity, or “Not yet asked”",
    )
    religion = TextField("Religion", max_length=60)
    disabilities = Checkboxes("Disabilities", choices=choices_of(DISABILITIES), coerce=Disability)
    upn = TextField("Unique pupil number", max_length=20, check=_upn_fault, hint="13 characters, like M999200025001")
    former_upns = TextArea("Pupil numbers before", hint="One a line", rows=2, max_length=300)
    upn_unknown = Select(
        "Why there is no pupil number", choices=choices_of(UPN_UNKNOWN), coerce=UpnUnknown, blank="Not needed"
    )

    @classmethod
    def of(cls, record: PersonRecord) -> "EditPersonForm":
        """The form as a record stands now."""
        values = {name: getattr(record, name) for name in cls.compared()}
        for name in ("previous_names", "former_upns"):
            values[name] = "\n".join(values[name])
        return cls(data=values | {"version": record.version})

    @classmethod
    def compared(cls) -> tuple[str, ...]:
        """The names of the fields that hold facts, in the order of the page."""
        return (
            "given_name", "family_name", "known_as", "previous_names", "sex", "gender_identity", "born_on",
            "born_on_estimated", "due_on", "died_on", "ethnicity", "religion", "first_language", "interpreter_needed",
            "disabilities", "nhs_number", "upn", "former_upns", "upn_unknown",
        )  # fmt: skip

    def check(self, kind: PersonKind, today: dt.date) -> bool:
        """The checks that need more than one field; puts what they say beside the fields."""
        facts = self.to_command(kind, NhsStatus.ABSENT)
        life = Life(kind=kind, sex=facts.sex, born_on=facts.born_on, due_on=facts.due_on, died_on=facts.died_on)
        reasons = [*reasons_against_life(life, today), *reasons_against_disabilities(facts.disabilities)]
        if any(len(name) > NAME_LENGTH for name in facts.previous_names) or len(facts.previous_names) > _PREVIOUS:
            reasons.append(Reason("previous_names", f"Enter up to {_PREVIOUS} names of up to {NAME_LENGTH} characters"))
        if any(tidy_upn(number) is None for number in facts.former_upns):
            reasons.append(Reason("former_upns", UPN_WRONG))
        self.add_reasons(RuleBroken(reasons))
        return not reasons

    def to_command(self, kind: PersonKind, nhs_status: NhsStatus) -> PersonFacts:
        """The facts as typed."""
        born_on: dt.date | None = self.born_on.data
        return PersonFacts(
            kind=kind,
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            known_as=self.known_as.data,
            previous_names=_lines(self.previous_names.data),
            sex=self.sex.data,
            gender_identity=self.gender_identity.data,
            born_on=born_on,
            born_on_estimated=self.born_on_estimated.data and born_on is not None,
            due_on=self.due_on.data,
            died_on=self.died_on.data,
            ethnicity=self.ethnicity.data,
            religion=self.religion.data,
            first_language=self.first_language.data,
            interpreter_needed=self.interpreter_needed.data,
            disabilities=tuple(code.value for code in self.disabilities.data),
            nhs_number=self.nhs_number.data or None,
            nhs_status=nhs_status,
            upn=tidy_upn(self.upn.data) if self.upn.data else None,
            former_upns=tuple(tidy_upn(number) or number for number in _lines(self.former_upns.data)),
            upn_unknown=self.upn_unknown.data,
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def said(value: object) -> str:
    """A fact in words, for the page that shows two versions side by side."""
    if value is None or value in ("", (), []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, tuple | list):
        return ", ".join(said(one) for one in value)
    return _WORDS.get(type(value), {}).get(value, str(value)) if isinstance(value, StrEnum) else str(value)


_WORDS: dict[type, dict[Any, str]] = {
    Sex: dict(SEXES),
    Ethnicity: dict(ETHNICITIES),
    GenderIdentity: dict(GENDER_IDENTITIES),
    Disability: dict(DISABILITIES),
    UpnUnknown: dict(UPN_UNKNOWN),
}
