"""One invented family: who belongs to it, how they are related, where they live."""

import random
from dataclasses import dataclass, field

from locality.demo import days
from locality.demo.chance import Ids, Weighted, between, one_of
from locality.demo.names import BOY, GIRL, Culture, cultures
from locality.demo.themes import Theme
from locality.demo.world import Cluster, School, World

SHAPES = Weighted(
    {"both": 42, "mother": 32, "step": 14, "grandparent": 5, "father": 4, "two_mothers": 2, "two_homes": 8}
)
SIZES = Weighted({1: 46, 2: 32, 3: 14, 4: 5, 5: 2, 6: 1})
_YEAR = 365.25
UNBORN_SHARE = 0.22


@dataclass(slots=True)
class Person:
    """Somebody of a family. ``born`` and ``due`` are days; exactly one of them is set, or neither when unknown."""

    id: str
    kind: str
    given: str
    family: str
    is_child: bool
    born: int | None = None
    due: int | None = None
    index: int = 0
    known_as: str = ""
    previous: str = ""
    reference: str = ""
    schools: list[tuple[School, int, int | None]] = field(default_factory=list)
    known_by: tuple[str, str, str] = ("", "", "")  # NHS number, pupil number, first language
    is_bare: bool = False  # no number of theirs is known

    @property
    def called(self) -> str:
        """What people call them."""
        return self.known_as or self.given or self.name

    @property
    def name(self) -> str:
        """The whole name, as pages show it."""
        if self.due is not None and not self.given:
            return f"Baby {self.family}" if self.family else "Unborn baby"
        return " ".join(part for part in (self.given, self.family) if part)

    def age_on(self, day: int) -> int | None:
        """Whole years; None for somebody not yet born then or whose birthday nobody knows."""
        if self.born is None or self.born > day:
            return None
        return days.years_between(self.born, day)


# (child, what somebody is to the child, on what basis they hold parental responsibility or None)
Tie = tuple[Person, str, str | None]


@dataclass(slots=True)
class Adult:
    """An adult of a family: what they are to each child, and whether they live in the main home."""

    person: Person
    ties: list[Tie]
    at_home: bool = True


@dataclass(slots=True)
class Family:
    """All of it."""

    id: str
    culture: Culture
    name: str
    shape: str
    theme: Theme
    cluster: Cluster
    first_day: int
    children: list[Person]
    adults: list[Adult]
    is_hidden: bool
    has_two_homes: bool
    postcode: str | None
    reference: str = ""

    @property
    def carer(self) -> Adult:
        """Who answers the telephone."""
        return self.adults[0]

    @property
    def members(self) -> list[Person]:
        """Everybody who belongs to it: a parent from whom the family hides does not."""
        grown = [a.person for a in self.adults if a.at_home or not self.is_hidden]
        return [*self.children, *grown]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a family should be like, beyond chance."""

    theme: Theme
    cluster: Cluster
    first_day: int
    children: int
    is_unborn: bool = False
    is_hidden: bool = False
    shape: str | None = None


def make_family(rng: random.Random, ids: Ids, world: World, wish: Wish, today: int) -> Family:
    """A family that had its first contact on a day."""
    culture = cultures().pick(rng)
    shape = wish.shape or SHAPES.pick(rng)
    mother_name, father_name = culture.surname(rng), culture.surname(rng)
    if rng.random() < 0.55:
        mother_name = father_name
    born = _birthdays(rng, wish)
    children: list[Person] = []
    for day in born:
        child = _child(rng, ids, culture, father_name, day, today)
        while child.given and any(child.given == other.given for other in children) and rng.random() < 0.99:
            child = _child(rng, ids, culture, father_name, day, today)
        children.append(child)
    if shape in {"mother", "father"} and rng.random() < 0.4:
        for child in children:
            child.family = mother_name
    hidden = wish.is_hidden or (wish.theme.hides_address and rng.random() < 0.6)
    if hidden and shape in {"both", "two_homes", "father"}:
        shape = "mother"
    adults = _adults(rng, ids, culture, shape, children, (mother_name, father_name))
    family = Family(
        id=ids(),
        culture=culture,
        name=children[0].family or adults[0].person.family or adults[0].person.given,
        shape=shape,
        theme=wish.theme,
        cluster=wish.cluster,
        first_day=wish.first_day,
        children=children,
        adults=adults,
        is_hidden=hidden,
        has_two_homes=shape == "two_homes",
        postcode=one_of(rng, wish.cluster.postcodes) if rng.random() < 0.985 else None,
    )
    for child in children:
        child.schools = _schooling(rng, world, family, child, today)
    return family


def _birthdays(rng: random.Random, wish: Wish) -> list[int]:
    low, high = wish.theme.ages
    first = wish.first_day
    unborn = wish.is_unborn or (wish.theme.takes_unborn and low == 0 and rng.random() < UNBORN_SHARE)
    main = first + between(rng, 20, 190) if unborn else first - int((low + rng.random() * (high - low + 1)) * _YEAR)
    found = [min(main, first - 8) if not unborn else main]
    older = younger = found[0]
    for _ in range(wish.children - 1):
        gap = 0 if rng.random() < 0.03 else int((1.1 + rng.random() * 3.2) * _YEAR)
        if rng.random() < 0.5 and younger + gap < first - 30:
            younger += gap
            found.append(younger)
        elif older - gap > first - int(17.2 * _YEAR):
            older -= gap or int(2 * _YEAR)
            found.append(older)
        else:
            found.append(first - between(rng, 30, int(16.5 * _YEAR)))
    return sorted(found)


def _child(rng: random.Random, ids: Ids, culture: Culture, surname: str, born: int, today: int) -> Person:
    kind = GIRL if rng.random() < 0.488 else BOY
    if born > today:
        return Person(ids(), kind, "", surname, is_child=True, due=born)
    child = Person(ids(), kind, culture.given(rng, kind), surname, is_child=True, born=born)
    if len(child.given) > 6 and rng.random() < 0.2:
        child.known_as = child.given.split(" ")[0].split("-")[0][:4].strip()
    return child


def _adult(
    rng: random.Random, ids: Ids, culture: Culture, kind: str, surname: str, eldest: int, older: float = 0
) -> Person:
    born = eldest - int((17.5 + rng.random() * 20 + older) * _YEAR)
    return Person(ids(), kind, culture.given(rng, kind), surname, is_child=False, born=born)


def _adults(
    rng: random.Random, ids: Ids, culture: Culture, shape: str, children: list[Person], surnames: tuple[str, str]
) -> list[Adult]:
    eldest = min(child.born or child.due or 0 for child in children)
    mother = _adult(rng, ids, culture, GIRL, surnames[0], eldest)
    if rng.random() < 0.12 and mother.family != surnames[1]:
        mother.previous = culture.surname(rng)
    father = _adult(rng, ids, culture, BOY, surnames[1], eldest)
    basis = "married_father" if rng.random() < 0.5 else "registered_father"
    hers: list[Tie] = [(child, "mother", "birth_mother") for child in children]
    his: list[Tie] = [(child, "father", basis) for child in children]
    if shape == "both":
        return [Adult(mother, hers), Adult(father, his)]
    if shape == "father":
        return [Adult(father, his), Adult(mother, hers, at_home=False)]
    if shape == "two_homes":
        return [Adult(mother, hers), Adult(father, his, at_home=False)]
    if shape == "two_mothers":
        other = _adult(rng, ids, culture, GIRL, surnames[1], eldest)
        theirs: list[Tie] = [(c, "parent", "second_female_parent") for c in children]
        return [Adult(mother, hers), Adult(other, theirs)]
    if shape == "grandparent":
        return _with_grandparent(rng, ids, culture, mother, children, eldest)
    if shape == "step":
        return _with_step_parent(rng, ids, culture, mother, father, children)
    known = [(c, k, b if rng.random() < 0.6 else "said_not_seen") for c, k, b in his]
    alone = [Adult(mother, hers)]
    return [*alone, Adult(father, known, at_home=False)] if rng.random() < 0.6 else alone


def _with_grandparent(
    rng: random.Random, ids: Ids, culture: Culture, mother: Person, children: list[Person], eldest: int
) -> list[Adult]:
    kind = GIRL if rng.random() < 0.8 else BOY
    old = _adult(rng, ids, culture, kind, mother.family, eldest, older=22)
    ties: list[Tie] = [(c, "grandparent", "special_guardianship") for c in children]
    hers: list[Tie] = [(c, "mother", "birth_mother") for c in children]
    return [Adult(old, ties), Adult(mother, hers, at_home=False)]


def _with_step_parent(
    rng: random.Random, ids: Ids, culture: Culture, mother: Person, father: Person, children: list[Person]
) -> list[Adult]:
    eldest = min(child.born or child.due or 0 for child in children)
    partner = _adult(rng, ids, culture, BOY, culture.surname(rng), eldest)
    elder, youngest = children[:-1] or children, children[-1:] if len(children) > 1 else []
    for child in youngest:
        child.family = partner.family
    hers: list[Tie] = [(c, "mother", "birth_mother") for c in children]
    steps: list[Tie] = [(c, "step_parent", None) for c in elder]
    own: list[Tie] = [(c, "father", "registered_father") for c in youngest]
    his: list[Tie] = [(c, "father", "registered_father") for c in elder]
    return [Adult(mother, hers), Adult(partner, steps + own), Adult(father, his, at_home=False)]


def _schooling(
    rng: random.Random, world: World, family: Family, child: Person, today: int
) -> list[tuple[School, int, int | None]]:
    """The schools of a child since the family was first known, with first day and last (None: still there)."""
    if child.born is None:
        return []
    near = world.schools[family.cluster.slug] if rng.random() < 0.93 else world.schools[_other(rng, world)]
    times = []
    for phase, start, end in (("nursery", 3, 4), ("primary", 4, 11), ("secondary", 11, 16)):
        opens, ends = _september(child.born, start), _september(child.born, end) - 40
        if opens > today or ends < family.first_day - 400:
            continue
        if phase == "nursery" and rng.random() < 0.45:
            continue
        choices = near.get(phase) or near.get("all_through") or world.schools["westcliff"].get(phase)
        if choices and rng.random() < 0.97:
            times.append((one_of(rng, choices), opens, None if ends > today else ends))
    if times and rng.random() < 0.02:
        _, opens, closes = times[-1]
        special = one_of(rng, [s for s in world.all_schools if s.phase in {"special", "alternative"}])
        times[-1] = (special, opens, closes)
    return times


def _other(rng: random.Random, world: World) -> str:
    # A child in a hundred goes to school outside the authority.
    return "" if rng.random() < 0.15 else one_of(rng, list(world.clusters))


def _september(born: int, age: int) -> int:
    """The September in which a child starts who is of an age."""
    year, month = (int(part) for part in days.text(born)[:7].split("-"))
    return days.first_of_september(year + age + (1 if month >= 9 else 0))
