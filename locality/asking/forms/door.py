"""The stop page, choosing a memorable answer, coming back, and the declaration at the end."""

from locality.asking.rules.returning import LONGEST_ANSWER, SHORTEST_ANSWER, fault_of_answer
from locality.web.fields import Checkbox, Radios, TextField, YesNo
from locality.web.form import Form


class DangerForm(Form):
    """Asked before anything else."""

    danger = YesNo(
        "Is somebody in danger right now?",
        yes="Yes, somebody is hurt or in danger now",
        no="No, nobody is in danger right now",
        required="Select yes if somebody is in danger right now",
    )


class ActionForm(Form):
    """A button with nothing to fill in."""


class ChooseForm(Form):
    """Which of several answers to one page is kept."""

    which = Radios("Which answer do you want to keep?", required="Select which answer you want to keep")


class MemorableForm(Form):
    """The answer with which somebody comes back."""

    answer = TextField(
        "Memorable answer",
        required="Enter a memorable answer",
        max_length=LONGEST_ANSWER,
        check=fault_of_answer,
        hint="Two words that only you know, and will not forget. "
        f"Use at least {SHORTEST_ANSWER} letters or numbers. For example the name of your first teacher",
        look={"autocomplete": "off", "spellcheck": "false", "width": 20},
    )


class ComeBackForm(Form):
    """The reference and the memorable answer."""

    reference = TextField(
        "Reference",
        required="Enter your reference",
        max_length=40,
        hint="It begins with AH or CO, for example AH-7K3M-42P",
        look={"autocomplete": "off", "spellcheck": "false", "width": 20},
    )
    answer = TextField(
        "Memorable answer",
        required="Enter your memorable answer",
        max_length=LONGEST_ANSWER,
        look={"autocomplete": "off", "spellcheck": "false", "width": 20},
    )


class DeclarationForm(Form):
    """What somebody says when they send."""

    is_true = Checkbox(
        "What I have said is true, as far as I know",
        required="Tick to say that what you have told us is true, as far as you know",
    )
