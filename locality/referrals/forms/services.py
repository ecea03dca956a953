"""Forms of the directory: filters, an entry, places of a period, closing and opening again."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from locality.kernel.ids import AgencyId, TeamId
from locality.referrals.operations.commands import NewService
from locality.referrals.queries.directory import Offered
from locality.referrals.queries.services import Choices
from locality.referrals.rules import directory
from locality.referrals.rules.codes import AreaKind, ReferralKind
from locality.referrals.rules.directory import ACCESS_WORDS, DAY_WORDS, LANGUAGE_WORDS, Access, Day
from locality.referrals.rules.needs import NEED_WORDS
from locality.web.fields import (
    Checkbox,
    Checkboxes,
    Choice,
    DateParts,
    EmailField,
    PostcodeField,
    Radios,
    Select,
    TextArea,
    TextField,
    WholeNumber,
    YesNo,
)
from locality.web.form import Form, FormWithVersion

_KINDS = (
    Choice("early_help", "Early help"),
    Choice("social_care", "Children’s social care", "Referrals where a child may be in need or at risk of harm"),
)


def _web_address(typed: str) -> str | None:
    return None if directory.is_web_address(typed) else "Enter a web address that begins with https:// or http://"


class FilterForm(Form):
    """What a reader of the directory looks for. It travels in the address and changes nothing, so it has no token."""

    class Meta(Form.Meta):
        """No token."""

        csrf = False

    need = Select("Need", blank="Any need")
    age = TextField("Age of the child", max_length=2, look={"inputmode": "numeric", "width": 2})
    stage = Select("Stage", blank="Any stage", choices=[Choice(str(n), f"Stage {n}") for n in range(1, 5)])
    place = Select("Cluster", blank="Any cluster")
    language = Select("Language", blank="Any language")
    day = Select("Day", blank="Any day")
    access = Select("Access", blank="Any")
    free = Checkbox("Places free now")
    closed = Checkbox("Closed services too")

    def offer(self, offered: Offered, clusters: Iterable[tuple[uuid.UUID, str]]) -> None:
        """Choices that some open service meets, with how many do."""
        self.need.choices = _counted(NEED_WORDS, offered.needs)
        self.language.choices = _counted(LANGUAGE_WORDS, offered.languages)
        self.day.choices = _counted(DAY_WORDS, offered.days)
        self.access.choices = _counted(ACCESS_WORDS, offered.access)
        self.place.choices = [Choice(str(cluster_id), name) for cluster_id, name in clusters]


def _counted(words: Mapping[Any, str], found: Mapping[str, int]) -> list[Choice]:
    return [Choice(str(code), f"{word} ({found[code]})") for code, word in words.items() if code in found]


class ServiceForm(FormWithVersion):
    """What the directory says of one service."""

    keeps_draft = True

    name = TextField("Name of the service", required="Enter the name of the service")
    kind = Radios("What kind of help is it?", choices=_KINDS, coerce=ReferralKind, required="Select the kind of help")
    offered_by = Select("Who offers it?", required="Select who offers it", called="Who offers it")
    offers = TextArea("What it offers", rows=3, hint="One or two sentences that a family understands")
    eligibility = TextArea("Who can use it", rows=3, hint="Leave empty when there is no further condition")
    eligible_needs = Checkboxes(
        "Only for families with one of these",
        choices=[Choice(code, words) for code, words in NEED_WORDS.items()],
        hint="None ticked: families need not have any of them",
    )
    needs = Checkboxes(
        "Needs that it meets",
        choices=[Choice(code, words) for code, words in NEED_WORDS.items()],
        hint="None ticked: it helps with every need",
    )
    min_age = WholeNumber("Youngest age", highest=directory.OLDEST, required="Enter the youngest age")
    max_age = WholeNumber("Oldest age", highest=directory.OLDEST, required="Enter the oldest age")
    takes_unborn = YesNo("Does it help families before a baby is born?", called="Before birth", required="Select one")
    stages = Checkboxes(
        "Stages of need",
        choices=[Choice(str(stage), f"Stage {stage}") for stage in range(1, 5)],
        coerce=int,
        hint="None ticked: every stage",
    )
    area = Select("Area that it works in", required="Select the area", called="Area")
    languages = Checkboxes(
        "Languages that workers speak",
        choices=[Choice(code, words) for code, words in LANGUAGE_WORDS.items()],
    )
    days = Checkboxes("Days", choices=[Choice(day.value, words) for day, words in DAY_WORDS.items()], coerce=Day)
    hours = TextField("Hours", hint="Like 9am to 5pm, evenings by arrangement")
    access = Checkboxes(
        "Access", choices=[Choice(one.value, words) for one, words in ACCESS_WORDS.items()], coerce=Access
    )
    venue = TextField("Where it meets families", hint="The name of the building. Leave empty for visits at home")
    address = TextField("Street address")
    town = TextField("Town")
    postcode = PostcodeField("Postcode")
    cost = TextField("Cost", hint="Leave empty when it is free")
    how_to_refer = TextArea("How to refer", rows=3, hint="What a professional should know before referring")
    contact_name = TextField("Contact for professionals", hint="A role or a team, like Duty worker")
    phone = TextField("Telephone", max_length=40, look={"type": "tel", "autocomplete": "off", "width": 20})
    email = EmailField("Email address", look={"type": "email", "autocomplete": "off", "spellcheck": "false"})
    url = TextField("Web page", max_length=500, check=_web_address, look={"type": "url", "spellcheck": "false"})
    has_waiting_list = YesNo("Does it keep a waiting list?", called="Waiting list", required="Select one")
    response_days = WholeNumber(
        "Working days in which it answers a referral",
        lowest=1,
        highest=directory.MOST_DAYS,
        required="Enter the working days",
        called="Working days",
    )
    opens_on = DateParts("Opens on", hint="Leave empty when it takes referrals already")
    why = TextField(
        "Why is this changed?", hint="Kept with the earlier version, like Agreed at the review in March", called="Why"
    )

    def offer(self, choices: Choices) -> None:
        """Who may offer a service and where, as they are set up."""
        names = dict(choices.agencies)
        self.offered_by.choices = [
            *(Choice(f"team:{team}", name, group=names[agency]) for team, agency, name in choices.teams),
            *(Choice(f"agency:{agency}", f"{name}, no team", group=name) for agency, name in choices.agencies),
        ]
        self.area.choices = [
            Choice("authority", "The whole area"),
            *(Choice(f"locality:{one}", name, group="Localities") for one, name in choices.localities),
            *(Choice(f"cluster:{one}", name, group="Clusters") for one, name, _locality in choices.clusters),
        ]
        self._teams = {f"team:{team}": agency for team, agency, _name in choices.teams}

    def to_command(self) -> NewService:
        """The entry as typed."""
        area_kind, _, area_id = self.area.data.partition(":")
        by, _, one = self.offered_by.data.partition(":")
        agency_id = self._teams[self.offered_by.data] if by == "team" else uuid.UUID(one)
        same = (
            "name", "eligibility", "eligible_needs", "needs", "min_age", "max_age", "stages", "languages", "days",
            "hours", "access", "venue", "address", "town", "postcode", "cost", "how_to_refer", "contact_name", "phone",
            "email", "url", "response_days", "opens_on",
        )  # fmt: skip
        values: dict[str, Any] = {name: self[name].data for name in same}
        return NewService(
            **values,
            summary=self.offers.data,
            # Asked of a new service only: its referrals go by it.
            kind=self.kind.data if self.kind else ReferralKind.EARLY_HELP,
            agency_id=AgencyId(agency_id),
            team_id=TeamId(uuid.UUID(one)) if by == "team" else None,
            takes_unborn=bool(self.takes_unborn.data),
            has_waiting_list=bool(self.has_waiting_list.data),
            area_kind=AreaKind(area_kind),
            area_id=uuid.UUID(area_id) if area_id else None,
        )


def values_of(values: dict[str, Any], kind: ReferralKind, version: int) -> dict[str, Any]:
    """A kept entry as the form's fields take it."""
    by = f"team:{values['team_id']}" if values["team_id"] else f"agency:{values['agency_id']}"
    area_id, area_kind = values["area_id"], values["area_kind"].value
    return values | {
        "kind": kind,
        "version": version,
        "offers": values["summary"],
        "offered_by": by,
        "area": f"{area_kind}:{area_id}" if area_id else area_kind,
    }


class PlacesForm(Form):
    """Places of a service in a cluster from a day on."""

    cluster = Select("Cluster", coerce=uuid.UUID, required="Select a cluster")
    places = WholeNumber(
        "Families that it can help at one time",
        highest=directory.MOST_PLACES,
        required="Enter the number of places",
        called="The number of places",
    )
    from_on = DateParts("From", required="Enter the day from which this holds", called="The day")


class CloseForm(Form):
    """Closing a service to new referrals."""

    keeps_draft = True

    from_on = DateParts(
        "First day on which it takes no more referrals", required="Enter the day", called="The first day"
    )
    why = TextField("Why does it close?", required="Enter why the service closes", called="Why")
    offer_elsewhere = Checkbox("Offer the referrals that wait for its answer to other services")


class ReopenForm(Form):
    """Taking referrals again."""

    keeps_draft = True

    why = TextField(
        "Why does it take referrals again?", required="Enter why the service takes referrals again", called="Why"
    )
