"""The questions of asking for help: a form for each page."""

from collections.abc import Mapping

from locality.asking.forms import family, people, professional
from locality.asking.forms.base import Question
from locality.asking.rules.flow import ADULTS, CHILDREN, Kind

_FAMILY: Mapping[str, type[Question]] = {
    "you": family.You,
    CHILDREN: people.MoreChildren,
    ADULTS: people.MoreOfYourAdults,
    "home": people.Home,
    "worries": family.Worries,
    "going-well": family.GoingWell,
    "would-help": family.WouldHelp,
    "who-helps": family.WhoHelps,
    "reach-you": family.ReachYou,
    "email": family.WantsEmail,
    "language": family.Language,
    "sharing": family.Sharing,
}
_PROFESSIONAL: Mapping[str, type[Question]] = {
    "your-work": professional.YourWork,
    "harm": professional.Harm,
    "phone-now": professional.PhoneNow,
    CHILDREN: people.MoreChildren,
    ADULTS: people.MoreAdults,
    "home": people.Home,
    "reasons": professional.Reasons,
    "worries": professional.Worries,
    "going-well": professional.GoingWell,
    "done-so-far": professional.DoneSoFar,
    "family-view": professional.FamilyView,
    "agreement": professional.Agreement,
    "no-agreement": professional.NoAgreement,
    "feedback": professional.Feedback,
}
_ITEMS: Mapping[tuple[Kind, str], type[Question]] = {
    (Kind.FAMILY, CHILDREN): people.Child,
    (Kind.FAMILY, ADULTS): people.YourAdult,
    (Kind.PROFESSIONAL, CHILDREN): people.KnownChild,
    (Kind.PROFESSIONAL, ADULTS): people.KnownAdult,
}
_PAGES = {Kind.FAMILY: _FAMILY, Kind.PROFESSIONAL: _PROFESSIONAL}


def question(kind: Kind, page: str, item: int = 0) -> type[Question]:
    """The form of a page; of one child or adult, when ``item`` is not 0."""
    return _ITEMS[kind, page] if item else _PAGES[kind][page]
