"""Forms of the sets of routing rules: a set, one rule, moving it, and making a set live."""

import uuid
from typing import Any

from locality.kernel.errors import Reason, RuleBroken
from locality.referrals.operations.rule_sets import Revision
from locality.referrals.rules import needs, rule_sets
from locality.referrals.rules.conditions import OLDEST, UNBORN, Asked, Rule, Sends
from locality.referrals.rules.rule_sets import Settings
from locality.referrals.rules.rule_sets_checking import Directory
from locality.referrals.rules.rule_sets_words import SENDS_WORDS
from locality.web.fields import (
    Checkbox,
    Checkboxes,
    Choice,
    DateParts,
    Radios,
    Select,
    TextField,
    WholeNumber,
    YesNo,
)
from locality.web.form import Form, FormWithVersion


class DraftSetForm(Form):
    """A new set, which begins as a copy."""

    keeps_draft = True

    name = TextField(
        "What changes with this set?",
        max_length=rule_sets.LONGEST_NAME,
        required="Enter what changes with this set",
        hint="A few words by which you and the manager know it, like “Young carers go to the carers’ service”",
        called="What changes",
    )
    based_on = Select("Begin with a copy of", required="Select the set to begin with", coerce=int, called="Set")


class _OfRevision(FormWithVersion):
    def shown(self, version: int) -> Revision:
        """The set as its page showed it."""
        return Revision(version, int(self.version.data or 0))


class SettingsForm(_OfRevision):
    """What holds whatever rule speaks."""

    keeps_draft = True

    name = TextField(
        "What changes with this set?",
        max_length=rule_sets.LONGEST_NAME,
        required="Enter what changes with this set",
        called="What changes",
    )
    routine_days = WholeNumber(
        "Working days in which a service answers",
        lowest=1,
        highest=rule_sets.MOST_DAYS,
        required="Enter in how many working days a service answers",
        hint="Unless the service answers sooner. Urgent referrals are answered in one working day always",
        called="Working days",
    )
    siblings_together = YesNo("Keep brothers and sisters with the same cluster?", required="Select yes or no")
    overflow = YesNo("Ask services of other areas when all nearer ones are full?", required="Select yes or no")

    def to_settings(self) -> Settings:
        """The settings as typed."""
        return Settings(self.routine_days.data, bool(self.siblings_together.data), bool(self.overflow.data))


class MoveForm(_OfRevision):
    """Move a rule a place up or down, or remove it: one click."""


class DiscardForm(_OfRevision):
    """Throw a draft away."""

    keeps_draft = True

    why = TextField("Why is it not needed? (optional)", max_length=500, called="Why")


class WithdrawForm(_OfRevision):
    """Withdraw an approved set before its day."""

    keeps_draft = True

    why = TextField(
        "Why is it withdrawn?",
        max_length=500,
        required="Enter why the set is withdrawn",
        hint="Kept with the set, so that everybody can read it",
        called="Why",
    )


class CompareForm(Form):
    """Which two sets to compare. It travels in the address and changes nothing, so it has no token."""

    class Meta(Form.Meta):
        """No token."""

        csrf = False

    before = Select("From", coerce=int, blank="Choose a set", called="The first set")
    after = Select("To", coerce=int, blank="Choose a set", called="The second set")


class ApproveForm(_OfRevision):
    """From when a set is live."""

    live_from = DateParts(
        "From which day is it live?",
        required="Enter the day from which it is live",
        hint="Today makes it live at once. Referrals that were routed before stay where they are",
        called="Date",
    )


_YES_NO = {
    Asked.OPEN_CASE: "Is there an open case?",
    Asked.SIBLING_WORKER: "Does a brother or sister have a worker?",
    Asked.PREFERENCE: "Did the family ask for a service, an agency or a worker?",
}
_ANY = "It does not matter"
_LISTS = (Asked.NEED, Asked.STAGE, Asked.CLUSTER, Asked.LOCALITY, Asked.SCHOOL, Asked.POSTCODE, Asked.LANGUAGE)
_ONES = (Asked.URGENCY, *_YES_NO)


class RuleForm(_OfRevision):
    """One rule: what it asks, and what then happens. A question left empty does not matter to the rule."""

    keeps_draft = True

    name = TextField(
        "What is the rule called?",
        max_length=rule_sets.LONGEST_NAME,
        required="Enter what the rule is called",
        hint="Families read this name when the rule decides for them. Name no person",
        called="Name",
    )
    order = WholeNumber(
        "Its place among the rules",
        lowest=1,
        highest=rule_sets.LAST_PLACE,
        required="Enter its place among the rules",
        hint="The rule with the lowest number is looked at first",
        called="Place",
    )
    need = Checkboxes(
        "Any of these needs", choices=[Choice(code, words) for code, words in needs.NEED_WORDS.items()], called="Needs"
    )
    age_from = WholeNumber("Any child aged from", highest=OLDEST, called="Age from")
    age_to = WholeNumber("to", highest=OLDEST, called="Age to")
    unborn = Checkbox("An unborn baby")
    stage = Checkboxes("Any of these stages")
    cluster = Checkboxes("Any of these clusters")
    locality = Checkboxes("Any of these localities")
    school = Checkboxes("A child at any of these schools", called="Schools")
    postcode = Checkboxes(
        "A home in any of these postcode areas",
        hint="A home whose address must not be disclosed is never asked about",
        called="Postcode areas",
    )
    language = Checkboxes("Any of these first languages")
    urgency = Select("Urgency", choices=[Choice("routine", "Routine"), Choice("urgent", "Urgent")], blank=_ANY)
    open_case = Select(_YES_NO[Asked.OPEN_CASE], blank=_ANY)
    sibling_worker = Select(_YES_NO[Asked.SIBLING_WORKER], blank=_ANY)
    preference = Select(_YES_NO[Asked.PREFERENCE], blank=_ANY)
    sends = Radios(
        "What happens with a referral that fits?",
        choices=[Choice(sends.value, words) for sends, words in SENDS_WORDS.items()],
        coerce=Sends,
        required="Select what happens with a referral that fits",
        called="What happens",
    )
    service = Select("Which service?", coerce=uuid.UUID, blank="No service", called="Service")
    team = Select("Which team?", coerce=uuid.UUID, blank="No team", called="Team")
    urgent = Checkbox("The answer is due within one working day")

    def offer(self, directory: Directory) -> None:
        """Say what can be named."""
        for asked in _LISTS:
            self[asked.value].choices = [Choice(code, words) for code, words in directory.names[asked].items()]
        for asked in _YES_NO:
            self[asked.value].choices = [Choice("yes", "Yes"), Choice("no", "No")]
        self.service.choices = [
            Choice(str(service_id), service.name)
            for service_id, service in directory.services.items()
            if service.is_early_help
        ]
        self.team.choices = [Choice(str(team_id), name) for team_id, name in directory.teams.items()]

    def to_rule(self, rule_id: uuid.UUID) -> Rule:
        """The rule as typed. Raises ``RuleBroken`` when its answers do not go together."""
        sends = Sends(self.sends.data)
        to = {Sends.SERVICE: self.service.data, Sends.TEAM: self.team.data}.get(sends)
        reasons = self._reasons(sends, to)
        if reasons:
            raise RuleBroken(reasons)
        return Rule(
            id=rule_id,
            order=self.order.data,
            name=self.name.data,
            when=self._when(),
            sends=sends,
            to=to,
            urgent=self.urgent.data,
        )

    def _reasons(self, sends: Sends, to: uuid.UUID | None) -> list[Reason]:
        reasons = []
        if sends is Sends.SERVICE and to is None:
            reasons.append(Reason("service", "Select the service that is asked first"))
        if sends is Sends.TEAM and to is None:
            reasons.append(Reason("team", "Select the team whose services are asked first"))
        if sends is Sends.USUAL and not self.urgent.data:
            reasons.append(Reason("sends", "Select what the rule changes, or that the answer is due sooner"))
        if sends is Sends.PREFERRED and self.preference.data != "yes":
            reasons.append(Reason("preference", "Select yes: without a wish there is no service to ask"))
        first, last = self._ages()
        if first > last:
            reasons.append(Reason("age_to", "The second age must be the same as the first or higher"))
        return reasons

    def _ages(self) -> tuple[int, int]:
        first, last = self.age_from.data, self.age_to.data
        return (0 if first is None else first), (OLDEST if last is None else last)

    def _when(self) -> dict[Asked, frozenset[str]]:
        when = {asked: frozenset(self[asked.value].data or ()) for asked in _LISTS}
        when |= {asked: frozenset({self[asked.value].data} if self[asked.value].data else ()) for asked in _ONES}
        ages = {UNBORN} if self.unborn.data else set()
        if self.age_from.data is not None or self.age_to.data is not None:
            first, last = self._ages()
            ages |= {str(age) for age in range(first, last + 1)}
        when[Asked.AGE] = frozenset(ages)
        return {asked: when[asked] for asked in Asked if when.get(asked)}


def values_of(rule: Rule) -> dict[str, Any]:
    """A rule as the form shows it."""
    years = sorted(int(age) for age in rule.when.get(Asked.AGE, ()) if age.isdigit())
    values: dict[str, Any] = {asked.value: tuple(rule.when.get(asked, ())) for asked in _LISTS}
    values |= {asked.value: next(iter(rule.when.get(asked, ())), None) for asked in _ONES}
    return values | {
        "name": rule.name,
        "order": rule.order,
        "age_from": years[0] if years else None,
        "age_to": years[-1] if years else None,
        "unborn": UNBORN in rule.when.get(Asked.AGE, ()),
        "sends": rule.sends.value,
        "service": rule.to if rule.sends is Sends.SERVICE else None,
        "team": rule.to if rule.sends is Sends.TEAM else None,
        "urgent": rule.urgent,
    }
