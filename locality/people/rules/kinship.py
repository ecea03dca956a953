"""Who stands where in a family: generations, parents with their children, couples, and the order of a row.

Pure, and sure to end whatever is recorded: ties that contradict each other are drawn as far as they fit, never refused.
"""

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.people.rules.codes import RelationKind, Sex

PARENTS = frozenset({RelationKind.MOTHER, RelationKind.FATHER, RelationKind.PARENT})
CARERS = frozenset(
    {RelationKind.STEP_PARENT, RelationKind.FOSTER_CARER, RelationKind.SPECIAL_GUARDIAN, RelationKind.CARER}
)
COUPLES = frozenset({RelationKind.PARTNER, RelationKind.FORMER_PARTNER})
SIBLINGS = frozenset({RelationKind.SIBLING, RelationKind.HALF_SIBLING, RelationKind.STEP_SIBLING})
# Kinds that make no family: they stand in the list of relations and not in the drawing.
APART = frozenset({RelationKind.FRIEND, RelationKind.OTHER})

# How many rows above the second person the first one stands.
_ABOVE = (
    dict.fromkeys(PARENTS | CARERS | {RelationKind.AUNT_OR_UNCLE}, 1)
    | {RelationKind.GRANDPARENT: 2}
    | dict.fromkeys(COUPLES | SIBLINGS | {RelationKind.COUSIN}, 0)
)


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody to be drawn. ``is_seen`` is False for somebody of whom the reader may know only that they are there."""

    key: str
    name: str
    sex: Sex = Sex.UNKNOWN
    when: str = ""
    born_on: dt.date | None = None
    is_child: bool = False
    is_unborn: bool = False
    has_died: bool = False
    is_seen: bool = True


@dataclass(frozen=True, slots=True)
class Tie:
    """``one`` is the ``kind`` of ``other``; ``by_order`` for a parent by adoption."""

    one: str
    kind: RelationKind
    other: str
    is_over: bool = False
    by_order: bool = False


class Bond(StrEnum):
    """How a child belongs to those above."""

    BIRTH = "birth"
    CARE = "care"  # adopted, fostered, under a guardian: drawn dashed


@dataclass(frozen=True, slots=True)
class Union:
    """One or several people of one row who belong together as a couple or as parents, and their children."""

    parents: tuple[str, ...]
    children: tuple[tuple[str, Bond], ...] = ()
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Kinship:
    """Everybody's row (0 on top) and column, who belongs together, and what else is known."""

    row: Mapping[str, int]
    column: Mapping[str, int]
    unions: tuple[Union, ...]
    sibships: tuple[tuple[str, ...], ...]
    loose: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> int:
        """How many generations there are."""
        return max(self.row.values(), default=-1) + 1


def arrange(people: Sequence[Kin], ties: Iterable[Tie], *, index: str) -> Kinship:
    """Give everybody a place of their own; the same people and ties always get the same places."""
    known = {one.key: one for one in people}
    told = sorted(
        {t for t in ties if t.one in known and t.other in known and t.one != t.other and t.kind not in APART},
        key=lambda t: (t.one, t.kind, t.other, t.is_over, t.by_order),
    )
    row = _rows(known, told, index)
    unions = _unions(known, told, row)
    order = _order(known, unions, row)
    placed = {key for union in unions for key, _bond in union.children}
    sibships = _sibships(known, told, row, placed)
    drawn = _said_by(unions, sibships)
    loose = {(t.one, t.other) for t in told if frozenset((t.one, t.other)) not in drawn and not _implied(t, unions)}
    return Kinship(row, _columns(order, unions), unions, sibships, tuple(sorted(loose)))


def _rows(known: Mapping[str, Kin], ties: Sequence[Tie], index: str) -> dict[str, int]:
    """Rows by walking from the index person along the ties; who is tied to nobody stands by age."""
    near: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for tie in ties:
        above = _ABOVE[tie.kind]
        near[tie.one].append((tie.other, above))
        near[tie.other].append((tie.one, -above))
    found: dict[str, int] = {}
    for start in sorted(known, key=lambda key: (key != index, key)):
        if start in found:
            continue
        found[start] = known[start].is_child - known[index].is_child
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            for other, step in near[here]:
                if other not in found:
                    found[other] = found[here] + step
                    waiting.append(other)
    used = {level: place for place, level in enumerate(sorted(set(found.values())))}
    return {key: used[level] for key, level in found.items()}


def _unions(known: Mapping[str, Kin], ties: Sequence[Tie], row: Mapping[str, int]) -> tuple[Union, ...]:
    children = _children_by_parents(ties, row)
    couples: dict[tuple[str, ...], bool] = {}
    for tie in ties:
        if tie.kind in COUPLES and row[tie.one] == row[tie.other]:
            pair = tuple(sorted((tie.one, tie.other)))
            is_over = tie.is_over or tie.kind is RelationKind.FORMER_PARTNER
            couples[pair] = couples.get(pair, True) and is_over
    made = []
    for parents in sorted(set(children) | set(couples)):
        under = sorted(children.get(parents, {}).items(), key=lambda item: _by_age(known[item[0]]))
        made.append(Union(parents, tuple(under), couples.get(parents, False)))
    return tuple(made)


def _children_by_parents(ties: Sequence[Tie], row: Mapping[str, int]) -> dict[tuple[str, ...], dict[str, Bond]]:
    """Each child under the set of those in one row above who are to it what they are."""
    above: dict[tuple[str, Bond, int], set[str]] = defaultdict(set)
    couples = {frozenset((t.one, t.other)) for t in ties if t.kind in COUPLES}
    parents_of: dict[str, set[str]] = defaultdict(set)
    for tie in ties:
        if tie.kind in PARENTS:
            parents_of[tie.other].add(tie.one)
    for tie in ties:
        if tie.kind not in PARENTS | CARERS or row[tie.one] >= row[tie.other]:
            continue
        if tie.kind is RelationKind.STEP_PARENT and any(
            frozenset((tie.one, parent)) in couples for parent in parents_of[tie.other]
        ):
            continue  # the line to the parent says it
        bond = Bond.CARE if tie.by_order or tie.kind in CARERS else Bond.BIRTH
        above[(tie.other, bond, row[tie.one])].add(tie.one)
    found: dict[tuple[str, ...], dict[str, Bond]] = defaultdict(dict)
    for (child, bond, _row), parents in sorted(above.items()):
        found[tuple(sorted(parents))].setdefault(child, bond)
    return found


def _sibships(
    known: Mapping[str, Kin], ties: Sequence[Tie], row: Mapping[str, int], placed: set[str]
) -> tuple[tuple[str, ...], ...]:
    """Brothers and sisters in one row of whom not all have parents in the drawing."""
    group: dict[str, set[str]] = {}
    for tie in ties:
        if tie.kind in SIBLINGS and row[tie.one] == row[tie.other] and not {tie.one, tie.other} <= placed:
            joined = group.get(tie.one, {tie.one}) | group.get(tie.other, {tie.other})
            group |= dict.fromkeys(joined, joined)
    distinct = {tuple(sorted(members, key=lambda key: _by_age(known[key]))) for members in group.values()}
    return tuple(sorted(distinct))


def _said_by(unions: Sequence[Union], sibships: Sequence[Sequence[str]]) -> set[frozenset[str]]:
    """The pairs whom lines of parents, couples and brothers and sisters join already."""
    said: set[frozenset[str]] = set()
    for union in unions:
        said |= {frozenset((one, other)) for one in union.parents for other in union.parents}
        said |= {frozenset((parent, child)) for parent in union.parents for child, _bond in union.children}
    for sibship in sibships:
        said |= {frozenset((one, other)) for one in sibship for other in sibship}
    return said


def _implied(tie: Tie, unions: Sequence[Union]) -> bool:
    """Whether lines through somebody else say this tie: siblings by a parent, grandparents and aunts by a parent."""
    parents = {child: set[str]() for union in unions for child, _bond in union.children}
    partners: dict[str, set[str]] = defaultdict(set)
    for union in unions:
        for child, _bond in union.children:
            parents[child] |= set(union.parents)
        for one in union.parents:
            partners[one] |= set(union.parents)
    of_one, of_other = parents.get(tie.one, set()), parents.get(tie.other, set())
    grand = set[str]().union(*(parents.get(parent, set()) for parent in of_other))
    by_kind = {
        RelationKind.GRANDPARENT: tie.one in grand,
        RelationKind.AUNT_OR_UNCLE: bool(of_one & grand),
        RelationKind.COUSIN: bool(grand & set[str]().union(*(parents.get(parent, set()) for parent in of_one))),
        RelationKind.STEP_PARENT: bool(partners[tie.one] & of_other),
    }
    return by_kind.get(tie.kind, tie.kind in SIBLINGS and bool(of_one) and bool(of_other))


def _by_age(one: Kin) -> tuple[bool, dt.date, bool, str]:
    """The eldest first; who has no known birth comes after, the unborn last."""
    return (one.born_on is None, one.born_on or dt.date.min, one.is_unborn, one.key)


def _order(known: Mapping[str, Kin], unions: Sequence[Union], row: Mapping[str, int]) -> list[list[str]]:
    """Each row from left to right: children under their parents by age, partners beside each other."""
    partners: dict[str, list[str]] = defaultdict(list)
    for union in sorted(unions, key=lambda union: not union.is_over):  # a partner of before stands to the left
        for one in union.parents:
            partners[one] += [other for other in union.parents if other != one]
    rows: list[list[str]] = []
    seen: set[str] = set()
    for level in range(max(row.values(), default=-1) + 1):
        here: list[str] = []
        place = {key: (depth, at) for depth, before in enumerate(rows) for at, key in enumerate(before)}
        above = sorted((union for union in unions if union.parents[0] in place), key=lambda union: _mean(union, place))
        first = [child for union in above for child, _bond in union.children if row[child] == level]
        rest = sorted((key for key in row if row[key] == level), key=lambda key: _side(known, unions, key))
        for key in [*first, *rest]:
            here += _beside(known, key, partners, row, seen)
        rows.append(here)
    return rows


def _mean(union: Union, place: Mapping[str, tuple[int, int]]) -> tuple[int, float]:
    """Where the middle of a couple stands: its row, and how far to the right."""
    places = [place[key] for key in union.parents]
    return places[0][0], sum(at for _row, at in places) / len(places)


def _side(known: Mapping[str, Kin], unions: Sequence[Union], key: str) -> tuple[int, tuple[bool, dt.date, bool, str]]:
    """The father's people to the left, the mother's to the right; those who lead nowhere last."""
    under = [known[child].sex for union in unions if key in union.parents for child, _bond in union.children]
    if not under:
        return 2, _by_age(known[key])
    return (0 if Sex.MALE in under else 1), _by_age(known[key])


def _beside(
    known: Mapping[str, Kin],
    key: str,
    partners: Mapping[str, list[str]],
    row: Mapping[str, int],
    seen: set[str],
    *,
    outward: int = 0,
) -> list[str]:
    """Somebody with the partners who are not placed yet, a man to the left where there is room.

    ``outward`` is the side (-1 left, 1 right) to which a partner's own other partners go.
    """
    if key in seen:
        return []
    seen.add(key)
    left: list[str] = []
    right: list[str] = []
    for other in partners.get(key, ()):
        if other in seen or row[other] != row[key]:
            continue
        side = outward or (-1 if known[other].sex is Sex.MALE and len(left) <= len(right) else 1)
        found = _beside(known, other, partners, row, seen, outward=side)
        if side < 0:
            left = [*found, *left]
        else:
            right += found
    return [*left, key, *right]


def _columns(order: Sequence[Sequence[str]], unions: Sequence[Union]) -> dict[str, int]:
    """A column each: children as near under their parents as there is room, then parents over their children."""
    nearest = sorted(
        unions, key=lambda union: (Bond.BIRTH in (bond for _child, bond in union.children), len(union.parents))
    )
    parents_of = {child: union.parents for union in nearest for child, _bond in union.children}
    siblings = {child: union.children for union in nearest for child, _bond in union.children}
    column: dict[str, int] = {}
    for here in order:
        free = 0
        for key in here:
            above = [column[parent] for parent in parents_of.get(key, ()) if parent in column]
            if above and siblings[key][0][0] == key:
                free = max(free, (min(above) + max(above) - len(siblings[key]) + 1) // 2)
            column[key] = free
            free += 1
    for here in reversed(order):
        limit: int | None = None
        for key in reversed(here):
            under = [column[child] for union in unions if key in union.parents for child, _bond in union.children]
            wanted = (min(under) + max(under)) // 2 if under else column[key]
            wanted = wanted if limit is None else min(wanted, limit)
            column[key] = max(column[key], wanted)
            limit = column[key] - 1
    return column
