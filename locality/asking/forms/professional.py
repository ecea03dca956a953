"""The questions to a professional."""

from typing import ClassVar

from locality.asking.forms.base import MOST_WORDS, Question
from locality.people.api import Topic, reason_against_told_phone
from locality.referrals import api as referrals
from locality.web.fields import Checkboxes, Choice, EmailField, Radios, Select, TextArea, TextField, YesNo

# A professional is one of these of the national sources; families and children have pages of their own.
_SOURCES = tuple(
    Choice(source.value, words)
    for source, words in referrals.SOURCE_WORDS.items()
    if source.value[0] not in "1" and source not in (referrals.Source.ANONYMOUS, referrals.Source.UNKNOWN)
)
_REASONS = tuple(Choice(reason.value, words) for reason, words in referrals.REASON_WORDS.items())


class YourWork(Question):
    """Who asks, and for whom they work."""

    title = "About you and your work"
    name = TextField("Your name", required="Enter your name", look={"autocomplete": "name"})
    role = TextField("Your job", required="Enter your job", look={"autocomplete": "organization-title"})
    source = Select(
        "Which kind of organisation do you work for?",
        choices=_SOURCES,
        coerce=referrals.Source,
        required="Select which kind of organisation you work for",
    )
    organisation = TextField(
        "Name of your organisation",
        required="Enter the name of your organisation",
        look={"autocomplete": "organization"},
    )
    phone = TextField(
        "Phone number",
        max_length=30,
        check=reason_against_told_phone,
        look={"type": "tel", "autocomplete": "tel", "width": 20},
    )
    email = EmailField("Work email address")

    def validate(self, extra_validators: object = None) -> bool:
        """The checks of each field, and that there is one way to reach the person."""
        valid = super().validate(extra_validators=extra_validators)
        if not (self.phone.data or self.email.data or self.phone.errors or self.email.errors):
            self.phone.errors = ["Enter a phone number or an email address, so that we can ask you"]
            valid = False
        return valid


class Harm(Question):
    """Whether somebody suspects harm. Nothing here holds anybody up."""

    title = "Is a child being harmed, or likely to be?"
    worried = YesNo("Do you think a child is being harmed, or is likely to be?", required="Select yes if you think so")


class PhoneNow(Question):
    """Phone now, and send this as well."""

    title = "Phone us now, then go on"
    button = "I have phoned, or will phone now: go on"


class Reasons(Question):
    """Why they get in touch."""

    title = "Why are you getting in touch?"
    reasons = Checkboxes(
        "Reasons",
        choices=_REASONS,
        coerce=referrals.ContactReason,
        hint="Select all that apply",
        required="Select at least one reason",
    )
    main_reason = Select("Which is the main reason?", choices=_REASONS, coerce=referrals.ContactReason)

    def validate(self, extra_validators: object = None) -> bool:
        """The checks of each field, and that one of several reasons is the main one."""
        valid = super().validate(extra_validators=extra_validators)
        several = len(self.reasons.data or ()) > 1
        if several and not self.main_reason.errors and self.main_reason.data not in self.reasons.data:
            self.main_reason.errors = ["Select the main reason, one of those you ticked"]
            valid = False
        return valid


class Worries(Question):
    """What worries them."""

    title = "What are you worried about?"
    topics: ClassVar = {"worries": Topic.LED_TO}
    worries = TextArea(
        "What have you seen or heard, and since when?",
        rows=8,
        count=True,
        max_length=MOST_WORDS,
        hint="Keep what you saw, what you were told and what you think apart",
        required="Enter what you are worried about",
    )


class GoingWell(Question):
    """Strengths."""

    title = "What is going well?"
    topics: ClassVar = {"going_well": Topic.GOING_WELL}
    going_well = TextArea("What goes well for the children and at home?", rows=5, count=True, max_length=MOST_WORDS)


class DoneSoFar(Question):
    """What has been done."""

    title = "What have you done so far?"
    topics: ClassVar = {"done": Topic.TRIED_BEFORE, "who_helps": Topic.WHO_HELPS}
    done = TextArea("What have you and others tried, and what came of it?", rows=5, count=True, max_length=MOST_WORDS)
    who_helps = TextArea("Who else helps the family?", rows=3, max_length=1_000)


class FamilyView(Question):
    """What the family says and wants."""

    title = "What does the family say?"
    lead: ClassVar[tuple[str, ...]] = ("Use their own words where you can, the children’s too.",)
    topics: ClassVar = {"wants": Topic.WANTS, "language": Topic.FIRST_LANGUAGE}
    says = TextArea("What do the children and the parents say?", rows=5, count=True, max_length=MOST_WORDS)
    wants = TextArea("What do they want?", rows=4, count=True, max_length=MOST_WORDS)
    language = TextField("Which language do they speak best?", max_length=60)


class Agreement(Question):
    """Whether the family agrees."""

    title = "Does the family agree that you send this?"
    agreement = Radios(
        "What do you know of their agreement?",
        choices=[
            Choice(known.value, words)
            for known, words in referrals.AGREEMENT_WORDS.items()
            if known is not referrals.AgreementKnown.SOME  # which ones, only the family itself is asked
        ],
        coerce=referrals.AgreementKnown,
        required="Select what you know of their agreement",
    )


class NoAgreement(Question):
    """Why the family does not agree or was not asked."""

    title = "Why is there no agreement?"
    lead: ClassVar[tuple[str, ...]] = (
        "Early help needs the family’s agreement. You may share without it to keep somebody safe.",
        "Do not ask the family if asking could put somebody in danger.",
    )
    why_not = TextArea(
        "Why does the family not agree, or why did you not ask?",
        rows=4,
        max_length=1_000,
        required="Enter why there is no agreement",
    )


class Feedback(Question):
    """Whether they want to know what is decided."""

    title = "Shall we tell you what we decide?"
    wants_feedback = YesNo("Do you want to know what we decide?", required="Select yes if you want to know")
    keep_private = YesNo(
        "Must the family not learn that you got in touch?", required="Select yes if the family must not learn it"
    )
