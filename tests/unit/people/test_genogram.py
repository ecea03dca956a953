"""The family tree: everybody once, nobody on top of another, every line between people who are drawn."""

import datetime as dt
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.people.rules.codes import RelationKind, Sex
from locality.people.rules.genogram import MOST, SOMEONE, Genogram, Home, Shape, Symbol, draw, when_of, wrapped
from locality.people.rules.genogram_lines import ROW, SYMBOL, Line
from locality.people.rules.kinship import Kin, Tie

LEAH = Kin("leah", "Leah Adeyemi", Sex.FEMALE, "7 years", dt.date(2018, 5, 14), is_child=True)
TOM = Kin("tom", "Tom Adeyemi", Sex.MALE, "9 years", dt.date(2016, 1, 2), is_child=True)
BABY = Kin("baby", "Baby Adeyemi", Sex.UNKNOWN, "due 2 May 2026", is_child=True, is_unborn=True)
NGOZI = Kin("ngozi", "Ngozi Adeyemi", Sex.FEMALE, "36 years", dt.date(1989, 9, 2))
FEMI = Kin("femi", "Femi Adeyemi", Sex.MALE, "40 years", dt.date(1985, 9, 2))
DAVE = Kin("dave", "Dave Brook", Sex.MALE, "41 years", dt.date(1984, 9, 2))
GRACE = Kin("grace", "Grace Okafor", Sex.FEMALE, "1950–2019", dt.date(1950, 1, 1), has_died=True)
MOTHER, FATHER, PARTNER = RelationKind.MOTHER, RelationKind.FATHER, RelationKind.PARTNER

sexes = st.sampled_from(Sex)
names = st.text(max_size=30)
# All that there can be of yes and no about somebody, drawn at once.
standings = st.sampled_from(
    [
        dict(zip(("is_child", "is_unborn", "has_died", "is_seen"), answers, strict=True))
        for answers in product((False, True), repeat=4)
    ]
)
births = st.none() | st.dates(dt.date(1920, 1, 1), dt.date(2026, 1, 1))


@st.composite
def families(draw_one: st.DrawFn) -> tuple[list[Kin], list[Tie], list[Home]]:
    """Up to 40 people with whatever ties somebody may have recorded, sense or nonsense."""
    number = draw_one(st.integers(1, MOST))
    keys = [f"p{n}" for n in range(number)]
    flags = st.booleans()
    people = [
        Kin(key, draw_one(names), draw_one(sexes), born_on=draw_one(births), **draw_one(standings)) for key in keys
    ]
    chosen = st.sampled_from(keys)
    ties = draw_one(
        st.lists(st.builds(Tie, chosen, st.sampled_from(RelationKind), chosen, flags, flags), max_size=2 * number)
    )
    homes = draw_one(st.lists(st.builds(Home, st.just("Home"), st.frozensets(chosen, max_size=5)), max_size=3))
    return people, ties, homes


def within(point: tuple[float, float], symbol: Symbol) -> bool:
    """Whether a point lies within a symbol."""
    return abs(point[0] - symbol.x) <= SYMBOL / 2 and abs(point[1] - symbol.y) <= SYMBOL / 2


def lies_on(point: tuple[float, float], line: Line) -> bool:
    """Whether a line passes a point."""
    x, y = point
    return any(
        min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
        for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False)
    )


def crosses(line: Line, symbol: Symbol) -> bool:
    """Whether a line passes through the words of a symbol, or through the symbol of somebody it does not join."""
    left, top, right, bottom = symbol.box
    left = symbol.x + SYMBOL / 2 if symbol.key in line.joins else left
    for (x1, y1), (x2, y2) in zip(line.points, line.points[1:], strict=False):
        if max(x1, x2) > left and min(x1, x2) < right and max(y1, y2) > top and min(y1, y2) < bottom:
            return True
    return False


@given(families())
def test_everybody_is_drawn_once_and_nobody_lies_over_another(
    family: tuple[list[Kin], list[Tie], list[Home]],
) -> None:
    people, ties, homes = family
    tree = draw(people, ties, index="p0", homes=homes)
    assert sorted(symbol.key for symbol in tree.symbols) == sorted(one.key for one in people)
    for one, other in combinations(tree.symbols, 2):
        a, b = one.box, other.box
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (one.key, other.key)
    for symbol in tree.symbols:
        left, top, right, bottom = symbol.box
        assert left >= 0
        assert top >= 0
        assert right <= tree.width
        assert bottom <= tree.height


@given(families())
def test_every_line_joins_people_who_are_drawn_and_crosses_nobody(
    family: tuple[list[Kin], list[Tie], list[Home]],
) -> None:
    people, ties, homes = family
    tree = draw(people, ties, index="p0", homes=homes)
    drawn = {symbol.key: symbol for symbol in tree.symbols}
    for line in tree.lines:
        assert line.joins
        assert set(line.joins) <= set(drawn)
        assert all(0 <= x <= tree.width and 0 <= y <= tree.height for x, y in line.points)
        assert not [key for key, symbol in drawn.items() if crosses(line, symbol)]
        for end in (line.points[0], line.points[-1]):
            others = [other for other in tree.lines if other is not line]
            assert any(within(end, drawn[key]) for key in line.joins) or any(lies_on(end, other) for other in others)
    told = {frozenset((t.one, t.other)) for t in ties if t.one != t.other and t.kind in (MOTHER, FATHER, PARTNER)}
    for pair in told:
        assert [line for line in tree.lines if pair & set(line.joins)]


@given(families(), st.randoms(use_true_random=True))
def test_the_same_family_is_always_drawn_the_same(
    family: tuple[list[Kin], list[Tie], list[Home]], order: Random
) -> None:
    people, ties, homes = family
    first = draw(people, ties, index="p0", homes=homes)
    shuffled_people, shuffled_ties = list(people), list(ties)
    order.shuffle(shuffled_people)
    order.shuffle(shuffled_ties)
    assert draw(shuffled_people, shuffled_ties, index="p0", homes=homes) == first


@pytest.fixture
def tree() -> Genogram:
    """Two children of parents who are no longer together, a baby of the mother and her partner, a dead grandmother."""
    ties = [
        *(Tie("ngozi", MOTHER, child) for child in ("leah", "tom", "baby", "nobody")),
        Tie("femi", FATHER, "leah"),
        Tie("femi", FATHER, "tom"),
        Tie("dave", FATHER, "baby"),
        Tie("femi", RelationKind.FORMER_PARTNER, "ngozi"),
        Tie("ngozi", PARTNER, "dave"),
        Tie("grace", MOTHER, "ngozi"),
        Tie("leah", RelationKind.HALF_SIBLING, "baby"),
        Tie("grace", RelationKind.GRANDPARENT, "leah"),
    ]
    home = Home("Mum’s home", frozenset({"leah", "tom", "ngozi", "dave", "baby"}))
    return draw([LEAH, TOM, BABY, NGOZI, FEMI, DAVE, GRACE], ties, index="leah", homes=[home])


def by_key(tree: Genogram) -> dict[str, Symbol]:
    return {symbol.key: symbol for symbol in tree.symbols}


def test_symbols_are_the_usual_ones(tree: Genogram) -> None:
    found = by_key(tree)
    shapes = {key: symbol.shape for key, symbol in found.items()}
    assert shapes["leah"] is Shape.CIRCLE
    assert shapes["tom"] is Shape.SQUARE
    assert shapes["baby"] is Shape.TRIANGLE
    assert [key for key, symbol in found.items() if symbol.is_index] == ["leah"]
    assert [key for key, symbol in found.items() if symbol.has_died] == ["grace"]
    assert len(found["leah"].outlines) == 2


def test_generations_stand_in_rows_and_children_by_age(tree: Genogram) -> None:
    found = by_key(tree)
    assert tree.generations == 3
    assert found["grace"].y < found["ngozi"].y == found["femi"].y == found["dave"].y < found["leah"].y
    assert found["tom"].x < found["leah"].x < found["baby"].x
    assert found["femi"].x < found["ngozi"].x < found["dave"].x


def test_an_ended_couple_is_struck_through_and_implied_ties_are_not_drawn_again(tree: Genogram) -> None:
    assert {cut.joins for cut in tree.cuts} == {("femi", "ngozi")}
    assert not [line for line in tree.lines if line.look == "kin"]


def test_a_household_is_outlined_apart_from_who_does_not_live_there(tree: Genogram) -> None:
    assert tree.homes == (("A", "Mum’s home"),)
    femi = by_key(tree)["femi"]
    for outline in tree.outlines:
        inside = outline.x < femi.x < outline.x + outline.width and outline.y < femi.y < outline.y + outline.height
        assert not inside


def test_care_is_dashed_and_adoption_too() -> None:
    carer = Kin("carer", "Rae Holt", Sex.FEMALE)
    tree = draw([LEAH, carer], [Tie("carer", RelationKind.FOSTER_CARER, "leah")], index="leah")
    assert {line.look for line in tree.lines if "leah" in line.joins} == {"care"}
    tree = draw([LEAH, carer], [Tie("carer", MOTHER, "leah", by_order=True)], index="leah")
    assert {line.look for line in tree.lines if "leah" in line.joins} == {"care"}


def test_brothers_and_sisters_without_parents_are_joined_from_above() -> None:
    tree = draw([LEAH, TOM], [Tie("tom", RelationKind.SIBLING, "leah")], index="leah")
    assert {key for line in tree.lines for key in line.joins} == {"leah", "tom"}


def test_somebody_who_may_not_be_seen_has_no_name_no_sex_and_no_dates() -> None:
    hidden = Kin("hidden", "Femi Canary", Sex.MALE, "40 years", dt.date(1985, 9, 2), has_died=True, is_seen=False)
    tree = draw([LEAH, hidden], [Tie("hidden", RelationKind.PARENT, "leah")], index="leah")
    symbol = by_key(tree)["hidden"]
    assert (symbol.shape, symbol.words, symbol.title, symbol.has_died) == (
        Shape.DIAMOND,
        (SOMEONE,),
        SOMEONE,
        False,
    )
    assert "Canary" not in str(tree)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Leah", ("Leah",)),
        ("Leah Adeyemi", ("Leah Adeyemi",)),
        ("Wolfeschlegelsteinhausen", ("Wolfeschlegel…",)),
        ("Ana María José Álvarez de Toledo", ("Ana María José", "Álvarez de…")),
        ("陳大文陳大文陳大文", ("陳大文陳大文…",)),
        ("", ("",)),
    ],
)
def test_long_names_are_wrapped_and_cut(name: str, lines: tuple[str, ...]) -> None:
    assert wrapped(name) == lines


def test_a_life_that_has_ended_is_given_in_years() -> None:
    assert when_of(dt.date(1950, 1, 1), dt.date(2019, 3, 3), "69 years") == "1950–2019"
    assert when_of(None, dt.date(2019, 3, 3), "") == "?–2019"
    assert when_of(dt.date(1950, 1, 1), None, "76 years") == "76 years"


def test_the_words_fit_beside_the_symbol() -> None:
    tall = Kin("tall", "Ana María José Álvarez de Toledo", when="40 years")
    (symbol,) = draw([tall], [], index="tall").symbols
    assert len(symbol.words) == 3
    assert len(symbol.words) * 15 <= ROW
