"""What differs between two sets of routing rules: settings, and rules added, removed, changed or moved.

A set begins as a copy, so that a rule is the same rule in both when it has the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from locality.referrals.rules.conditions import Rule, in_order
from locality.referrals.rules.rule_sets import Content, Settings


@dataclass(frozen=True, slots=True)
class Changed:
    """One rule as each of the two sets has it."""

    before: Rule
    after: Rule


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs from one set to another; ``settings`` are head, before and after, in words."""

    settings: tuple[tuple[str, str, str], ...]
    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[Changed, ...]
    moved: tuple[Rule, ...]

    @property
    def is_same(self) -> bool:
        """Whether both say the same in the same order."""
        return not (self.settings or self.added or self.removed or self.changed or self.moved)


def compare(before: Content, after: Content) -> Comparison:
    """What differs from ``before`` to ``after``; rules in the order of the set that has them."""
    olds = {rule.id: rule for rule in before.rules}
    news = {rule.id: rule for rule in after.rules}
    in_both = [[r for r in in_order(side.rules) if r.id in olds and r.id in news] for side in (before, after)]
    changed = tuple(
        Changed(olds[rule.id], rule)
        for rule in in_order(after.rules)
        if rule.id in olds and replace(olds[rule.id], order=rule.order) != rule
    )
    return Comparison(
        settings=_settings(before.settings, after.settings),
        added=tuple(rule for rule in in_order(after.rules) if rule.id not in olds),
        removed=tuple(rule for rule in in_order(before.rules) if rule.id not in news),
        changed=changed,
        moved=_moved(*in_both),
    )


def _moved(before: Sequence[Rule], after: Sequence[Rule]) -> tuple[Rule, ...]:
    """The fewest rules whose place among the rules of both differs."""
    matcher = SequenceMatcher(a=[str(rule.id) for rule in before], b=[str(rule.id) for rule in after], autojunk=False)
    stayed = {place for block in matcher.get_matching_blocks() for place in range(block.b, block.b + block.size)}
    return tuple(rule for place, rule in enumerate(after) if place not in stayed)


def _settings(before: Settings, after: Settings) -> tuple[tuple[str, str, str], ...]:
    told = zip(settings_words(before), settings_words(after), strict=True)
    return tuple((head, was, now) for (head, was), (_, now) in told if was != now)


def settings_words(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Settings in words, head and value."""
    days = settings.routine_days
    return (
        ("A service answers within", f"{days} working day" if days == 1 else f"{days} working days"),
        ("Brothers and sisters", "Stay with the same cluster" if settings.siblings_together else "Each by itself"),
        (
            "When all nearer services are full",
            "Services of other areas are asked" if settings.overflow else "A person decides",
        ),
    )
