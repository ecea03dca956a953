"""What whoever got in touch is told of the outcome: what happens next, and no more than they may know.

A professional learns the outcome (Keeping children safe in education: a referrer is told, and asks when not). Somebody
of the family learns what they can do next, and never that social care or the police look into it: that is said in
person. A neighbour or a stranger learns that it was read. Nobody learns where a child lives, or who helps already.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.referrals.rules.codes import Outcome, Source


class Listener(StrEnum):
    """Who is told; the name of the template of each begins with it."""

    REFERRER = "referrer"
    FAMILY = "family"
    PUBLIC = "public"


_FAMILY = frozenset({Source.FAMILY, Source.SELF})
_PUBLIC = frozenset({Source.ACQUAINTANCE, Source.OTHER_INDIVIDUAL, Source.ANONYMOUS, Source.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Told:
    """What is decided, and what happens next."""

    outcome: str
    next_step: str


_PASSED_ON = Told(
    "We passed what you told us to people who can use it.",
    "They get in touch with you if they need to know more.",
)
_CARE = Told(
    "We referred this to children’s social care.",
    "A social worker decides within 1 working day what happens next. If you have not heard by then, ring us.",
)
_HELP = Told(
    "We asked for early help for the family.",
    "The service answers us within 5 working days. Go on with the help that you give.",
)
PROFESSIONALS: Mapping[Outcome, Told] = {
    Outcome.NFA: Told("We take no further action now.", "If things change, contact us again."),
    Outcome.INFO_ADVICE: Told("We give information and advice.", "If that is not enough, contact us again."),
    Outcome.SIGNPOST_UNIVERSAL: Told(
        "We point the family to services that are open to everybody.", "If that is not enough, contact us again."
    ),
    Outcome.EARLY_HELP_SINGLE_AGENCY: _HELP,
    Outcome.EARLY_HELP_MULTI_AGENCY: _HELP,
    Outcome.LINK_TO_OPEN_CASE: _PASSED_ON,
    Outcome.SOCIAL_CARE_REFERRAL: _CARE,
    Outcome.STRATEGY_DISCUSSION: _CARE,
    Outcome.TRANSFER_OTHER_LA: _PASSED_ON,
    Outcome.RETURNED_NO_CONSENT: Told(
        "We return this contact to you: the family has not agreed, and nobody suspects harm.",
        "Talk with the family. If they agree, contact us again. If you come to suspect harm, tell us at once: you do"
        " not need agreement for that.",
    ),
}

_LISTENED = Told(
    "We have read what you told us. We passed it to people who can help.",
    "Somebody will get in touch with you. If you hear nothing in 2 working days, ring us.",
)
_HELPED = Told(
    "We think some extra help would be good for your family.",
    "We have asked a team to help. They tell us within 5 working days if they can. Then they get in touch with you."
    " Nothing starts until you say yes.",
)
FAMILIES: Mapping[Outcome, Told] = {
    Outcome.NFA: Told(
        "We have read what you told us. We think you do not need more help from us now.",
        "If things change, ask us again. You can do that at any time.",
    ),
    Outcome.INFO_ADVICE: Told(
        "We have read what you told us. We have some advice that can help.",
        "We will tell you more, or you can ring us.",
    ),
    Outcome.SIGNPOST_UNIVERSAL: Told(
        "There are places near you that can help. They are open to everybody.", "Ring us and we will tell you where."
    ),
    Outcome.EARLY_HELP_SINGLE_AGENCY: _HELPED,
    Outcome.EARLY_HELP_MULTI_AGENCY: _HELPED,
    Outcome.LINK_TO_OPEN_CASE: _LISTENED,
    Outcome.SOCIAL_CARE_REFERRAL: _LISTENED,
    Outcome.STRATEGY_DISCUSSION: _LISTENED,
    Outcome.TRANSFER_OTHER_LA: _LISTENED,
    Outcome.RETURNED_NO_CONSENT: Told(
        "We can only start when your family says yes. We do not have that yes yet.",
        "If you want help, tell us. You can do that at any time.",
    ),
}


def listener_for(source: Source) -> Listener:
    """As whom somebody who got in touch is told."""
    if source in _FAMILY:
        return Listener.FAMILY
    return Listener.PUBLIC if source in _PUBLIC else Listener.REFERRER


def told(listener: Listener, outcomes: Sequence[Outcome]) -> Told:
    """What is said of the outcomes for all children of a contact, each thing once."""
    words = FAMILIES if listener is Listener.FAMILY else PROFESSIONALS
    said = Counter(words[outcome] for outcome in outcomes)
    if len(said) == 1:
        return next(iter(said))
    lines = [f"For {_children(number)}: {each.outcome}" for each, number in said.items()]
    return Told("\n".join(lines), "\n".join(dict.fromkeys(each.next_step for each in said)))


def _children(number: int) -> str:
    return "1 child" if number == 1 else f"{number} children"
