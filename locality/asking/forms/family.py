"""The questions to a family, in words that a nine-year-old can read."""

from typing import ClassVar

from locality.asking.forms.base import MOST_WORDS, Question
from locality.people.api import Topic, reason_against_told_phone
from locality.web.fields import Checkboxes, Choice, EmailField, PersonalName, Radios, TextArea, TextField, YesNo

WHO_ASKS = (
    Choice("parent", "I am their mum, dad or step-parent"),
    Choice("relative", "I am somebody else in the family"),
    Choice("carer", "I look after them, and am not family"),
    Choice("self", "I am the child or young person"),
    Choice("friend", "I am a friend or neighbour"),
)
_WAYS = (
    Choice("phone", "Phone call"),
    Choice("text", "Text message"),
    Choice("email", "Email"),
    Choice("letter", "Letter"),
    Choice("someone", "Through somebody I trust"),
)


class You(Question):
    """Who asks."""

    title = "Who are you?"
    given_name = PersonalName("Your first name", required="Enter your first name")
    family_name = PersonalName("Your family name", hint="Leave it empty if you have one name only")
    who = Radios("Who are you to the children?", choices=WHO_ASKS, required="Select who you are to the children")


class Worries(Question):
    """What is going on."""

    title = "What is going on?"
    lead: ClassVar[tuple[str, ...]] = (
        "Say it in your own words. It does not have to be neat. You will not have to tell it all again.",
    )
    topics: ClassVar = {"worries": Topic.LED_TO}
    worries = TextArea(
        "What is hard at the moment?", rows=8, count=True, max_length=MOST_WORDS, required="Tell us what is going on"
    )


class GoingWell(Question):
    """What is going well."""

    title = "What is going well?"
    lead: ClassVar[tuple[str, ...]] = ("Small things count. For example: bedtimes are fine, or Gran helps on Fridays.",)
    topics: ClassVar = {"going_well": Topic.GOING_WELL}
    going_well = TextArea("What is good at home or at school?", rows=5, count=True, max_length=MOST_WORDS)


class WouldHelp(Question):
    """What would help."""

    title = "What would help you?"
    topics: ClassVar = {"would_help": Topic.WANTS}
    would_help = TextArea(
        "What would make things better?",
        rows=5,
        count=True,
        max_length=MOST_WORDS,
        hint="If you do not know yet, leave it empty. We can work it out together",
    )


class WhoHelps(Question):
    """Who helps already."""

    title = "Who helps you now?"
    topics: ClassVar = {"who_helps": Topic.WHO_HELPS}
    who_helps = TextArea(
        "Who helps the children or you?",
        rows=4,
        max_length=MOST_WORDS,
        hint="For example a teacher, a doctor, a health visitor, a friend or a club",
    )


class ReachYou(Question):
    """How and when it is safe to get in touch."""

    title = "How can we reach you safely?"
    topics: ClassVar = {"when_safe": Topic.SAFE_CONTACT}
    ways = Checkboxes(
        "How may we reach you?", choices=_WAYS, hint="Tick all that are safe", required="Tick at least one"
    )
    phone = TextField(
        "Phone number",
        max_length=30,
        check=reason_against_told_phone,
        look={"type": "tel", "autocomplete": "tel", "width": 20},
    )
    email = EmailField("Email address")
    when_safe = TextArea(
        "When is it safe, and who must not hear or see it?",
        rows=3,
        max_length=1_000,
        hint="For example: after 9am, and do not leave a message",
    )

    def validate(self, extra_validators: object = None) -> bool:
        """The checks of each field, and that there is a number or an address for the ways that were ticked."""
        valid = super().validate(extra_validators=extra_validators)
        ways = set(self.ways.data or ())
        if ways & {"phone", "text"} and not self.phone.data and not self.phone.errors:
            self.phone.errors = ["Enter a phone number, or do not tick phone call or text message"]
            valid = False
        if "email" in ways and not self.email.data and not self.email.errors:
            self.email.errors = ["Enter an email address, or do not tick email"]
            valid = False
        return valid


class WantsEmail(Question):
    """Whether to send a message that says that the request has come."""

    title = "Shall we send you an email?"
    lead: ClassVar[tuple[str, ...]] = (
        "It says that we have your request, and its number. It does not say what you told us.",
        "Somebody who can read your email could see that you asked for help.",
    )
    wants_email = YesNo("Send me an email?", required="Select yes if you want an email", called="Your answer")


class Language(Question):
    """Language and interpreter."""

    title = "Which language is best for you?"
    topics: ClassVar = {"language": Topic.FIRST_LANGUAGE}
    language = TextField("Language", max_length=60, hint="For example English, Polish or British Sign Language")
    interpreter = YesNo(
        "Do you need somebody to translate or sign?", required="Select yes if you need somebody to translate or sign"
    )


class Sharing(Question):
    """What the family agrees to."""

    title = "May we talk to others who can help?"
    shown_when: ClassVar = {"whom": "agreed-some"}
    lead: ClassVar[tuple[str, ...]] = (
        "We only talk to people who can help you. We tell them what they need to know, and no more.",
        "If somebody is in danger, the law says that we must tell others. We do it even if you say no.",
    )
    agreed = Radios(
        "Do you agree?",
        choices=(
            Choice("yes", "Yes, talk to those who can help"),
            Choice("some", "Yes, but only to those I tick below"),
            Choice("no", "No, talk to me first"),
        ),
        required="Select whether you agree",
    )
    whom = Checkboxes(
        "Who may we talk to?",
        choices=(
            Choice("school", "School or nursery"),
            Choice("health", "Doctor, nurse or health visitor"),
            Choice("council", "Other teams of the council"),
            Choice("charities", "Charities and volunteers"),
        ),
    )
    not_whom = TextArea("Is there anybody we must not talk to?", rows=2, max_length=500)

    def validate(self, extra_validators: object = None) -> bool:
        """The checks of each field, and that somebody is ticked when only those who are ticked may be told."""
        valid = super().validate(extra_validators=extra_validators)
        if self.agreed.data == "some" and not self.whom.data and not self.whom.errors:
            self.whom.errors = ["Tick who we may talk to, or choose another answer above"]
            valid = False
        return valid
