"""Drafting a set of routing rules, changing it, and making it live from a day."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, insert, select, update

from locality.audit import log as audit
from locality.kernel import constraints
from locality.kernel.clock import LONDON
from locality.kernel.errors import Conflict, NotAllowed, NotFound, Reason, RuleBroken
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import RuleSet, RuleSetEvent
from locality.referrals.queries.rule_sets import SetView, find_set, read_directory
from locality.referrals.rules import rule_sets
from locality.referrals.rules.conditions import Asked, Rule, in_order
from locality.referrals.rules.rule_sets import Content, SetState, Settings
from locality.referrals.rules.rule_sets_checking import MOST_RULES, problems

constraints.say("rule_set_pkey", field=None, message="Somebody has just drafted a set too. Send yours again")
constraints.say("rule_set_live_from_key", field="live_from", message="Another set goes live then. Choose another day")

_OF_CHILDREN = frozenset({Asked.SCHOOL, Asked.POSTCODE})


@dataclass(frozen=True, slots=True)
class Revision:
    """A set as its page showed it: a change to anything newer is refused, so that nobody's change is lost."""

    version: int
    number: int


def draft_set(uow: UnitOfWork, *, name: str, based_on: int) -> int:
    """Draft a new set that says what an earlier one says; its version. Raises ``NotFound``."""
    earlier = find_set(uow.session, based_on, now=uow.now)
    if earlier is None:
        raise NotFound("There is no such set of rules")
    version: int = uow.session.execute(select(func.max(RuleSet.version) + 1)).scalar_one()
    values = _content_values(earlier.content) | {
        "version": version,
        "live_from": None,
        "note": name,
        "state": SetState.DRAFT,
        "revision": 1,
        "based_on": based_on,
        "drafted_by_name": uow.actor.name,
        "drafted_at": uow.now,
        "editors": [uow.actor.account_id] if uow.actor.account_id else [],
    }
    uow.session.execute(insert(RuleSet), [values])
    tell(uow, version, f"Drafted as a copy of set {based_on}")
    audit.record(uow, "rule_set.drafted", detail={"version": version, "based_on": based_on})
    return version


def change_settings(uow: UnitOfWork, shown: Revision, *, name: str, settings: Settings) -> None:
    """Change a draft's name and what holds whatever rule speaks. Raises ``RuleBroken``, ``Conflict``."""
    _change(uow, shown, lambda content: (replace(content, settings=settings), "Name or settings changed"), name=name)


def put_rule(uow: UnitOfWork, shown: Revision, rule: Rule) -> None:
    """Add a rule, or put it in place of the one with its id. Raises ``RuleBroken``, ``Conflict``."""

    def put(content: Content) -> tuple[Content, str]:
        rest = [other for other in content.rules if other.id != rule.id]
        did = "Added" if len(rest) == len(content.rules) else "Changed"
        _refuse_more(rest)
        if any(other.name.casefold() == rule.name.casefold() for other in rest):
            raise RuleBroken([Reason("name", "Another rule of this set has this name. Choose another")])
        return replace(content, rules=in_order([*rest, rule])), f"{did} the rule “{rule.name}”"

    _change(uow, shown, put)


def remove_rule(uow: UnitOfWork, shown: Revision, rule_id: uuid.UUID) -> None:
    """Take a rule out of a draft. Raises ``RuleBroken``, ``Conflict``, ``NotFound``."""

    def without(content: Content) -> tuple[Content, str]:
        removed = _known(content.rules, rule_id)
        rest = tuple(rule for rule in content.rules if rule.id != rule_id)
        return replace(content, rules=rest), f"Removed the rule “{removed.name}”"

    _change(uow, shown, without)


def move_rule(uow: UnitOfWork, shown: Revision, rule_id: uuid.UUID, *, up: bool) -> None:
    """Move a rule one place. Raises ``RuleBroken``, ``Conflict``, ``NotFound``."""

    def moved(content: Content) -> tuple[Content, str]:
        rule = _known(content.rules, rule_id)
        way = "up" if up else "down"
        return replace(content, rules=rule_sets.moved(content.rules, rule_id, up=up)), f"Moved “{rule.name}” {way}"

    _change(uow, shown, moved)


def duplicate_rule(uow: UnitOfWork, shown: Revision, rule_id: uuid.UUID) -> uuid.UUID:
    """Put a copy of a rule after it; the copy's id. Raises ``RuleBroken``, ``Conflict``, ``NotFound``."""
    copy_id = new_id()

    def duplicated(content: Content) -> tuple[Content, str]:
        rule = _known(content.rules, rule_id)
        _refuse_more(content.rules)
        return replace(content, rules=rule_sets.duplicated(content.rules, rule_id, new_id=copy_id)), (
            f"Copied the rule “{rule.name}”"
        )

    _change(uow, shown, duplicated)
    return copy_id


def approve_set(uow: UnitOfWork, shown: Revision, *, live_on: dt.date) -> None:
    """Make a rehearsed set live: at once when ``live_on`` is today, else when that day begins.

    Raises ``NotAllowed`` for whoever wrote it, ``RuleBroken`` with what else stands against it, ``Conflict``.
    """
    found = locked(uow, shown)
    live_from = uow.now if live_on == uow.today else dt.datetime.combine(live_on, dt.time(), tzinfo=LONDON)
    approver = uow.actor.account_id
    if approver is not None and approver in found.editors:
        raise NotAllowed("You wrote this set. A second person, a manager, approves it")
    reasons = rule_sets.reasons_not_to_approve(
        found.state, approver=approver, editors=found.editors, live_from=live_from, now=uow.now
    )
    if reasons:
        raise RuleBroken(reasons)
    refuse_problems(uow, found, on=live_on)
    uow.session.execute(
        update(RuleSet)
        .where(RuleSet.version == shown.version)
        .values(
            state=SetState.APPROVED,
            live_from=live_from,
            approved_by=approver,
            approved_by_name=uow.actor.name,
            approved_at=uow.now,
        )
    )
    tell(uow, shown.version, f"Approved, to be live from {live_on.day} {live_on:%B %Y}")
    audit.record(
        uow,
        "rule_set.approved",
        detail={"version": shown.version, "live_from": live_from.isoformat(timespec="minutes")},
    )


def refuse_problems(uow: UnitOfWork, found: SetView, *, on: dt.date) -> None:
    """Raise ``RuleBroken`` when a rule of the set is wrong on the day from which it would route, naming each."""
    wrong = problems(found.content.rules, read_directory(uow.session, on=on))
    names = {rule.id: rule.name for rule in found.content.rules}
    if wrong:
        raise RuleBroken([Reason(None, f"“{names[problem.rule_id]}”: {problem.message}") for problem in wrong])


def tell(uow: UnitOfWork, version: int, line: str, *, words: str = "") -> None:
    """Keep in a set's history what somebody did, and the reason that they gave."""
    row = {
        "id": new_id(),
        "version": version,
        "at": uow.now,
        "by_name": uow.actor.name,
        "line": line,
        "words": words,
    }
    uow.session.execute(insert(RuleSetEvent), [row])


def _change(
    uow: UnitOfWork, shown: Revision, change: Callable[[Content], tuple[Content, str]], *, name: str | None = None
) -> None:
    found = locked(uow, shown)
    reasons = rule_sets.reasons_not_to_change(found.state)
    if reasons:
        raise RuleBroken(reasons)
    editors = found.editors | ({uow.actor.account_id} if uow.actor.account_id else set())
    content, line = change(found.content)
    values = _content_values(content) | {
        "note": name or found.name,
        "state": SetState.DRAFT,
        "revision": found.revision + 1,
        "editors": sorted(editors),
    }
    uow.session.execute(update(RuleSet).where(RuleSet.version == shown.version).values(values))
    tell(uow, shown.version, line)
    audit.record(uow, "rule_set.changed", detail={"version": shown.version, "revision": found.revision + 1})


def locked(uow: UnitOfWork, shown: Revision) -> SetView:
    """A set as its page showed it, locked. Raises ``NotFound``; ``Conflict`` when it was changed since."""
    found = find_set(uow.session, shown.version, now=uow.now, lock=True)
    if found is None:
        raise NotFound("There is no such set of rules")
    if found.revision != shown.number:
        raise Conflict(
            "Somebody has changed this set since you opened the page. Look at it again, then make your change"
        )
    return found


def _content_values(content: Content) -> dict[str, object]:
    return {
        "rules": rule_sets.to_store(content),
        "asks_of_children": any(_OF_CHILDREN & rule.when.keys() for rule in content.rules),
    }


def _known(rules: Sequence[Rule], rule_id: uuid.UUID) -> Rule:
    rule = next((rule for rule in rules if rule.id == rule_id), None)
    if rule is None:
        raise NotFound("This rule has been removed already")
    return rule


def _refuse_more(rules: Sequence[Rule]) -> None:
    if len(rules) >= MOST_RULES:
        raise RuleBroken(f"A set has {MOST_RULES} rules at most. Remove one first")
