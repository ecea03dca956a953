"""Who is offered and who is not, as front doors meet them: babies, swapped names, twins. Each line is a case."""

import datetime as dt
import uuid

import pytest

from locality.people.rules.codes import Sex
from locality.people.rules.linking import side_by_side
from locality.people.rules.matching import Candidate, KnownPlace, Probe, Strength, Verdict, compare, match

OFFERED = (Strength.POSSIBLE, Strength.LIKELY, Strength.VERY_LIKELY)
BORN = dt.date(2018, 5, 3)
DUE = dt.date(2026, 5, 2)


def on_record(given: str, family: str, **known: object) -> Candidate:
    """Somebody on record."""
    values: dict[str, object] = {
        "person_id": uuid.UUID(int=1), "reference": "PE-2222-222", "name": f"{given} {family}", "given_name": given,
        "family_name": family, "known_as": "", "previous_names": (), "born_on": None, "due_on": None,
        "sex": Sex.UNKNOWN, "nhs_number": None, "upn": None,
    }  # fmt: skip
    return Candidate(**(values | known))  # type: ignore[arg-type]


@pytest.mark.parametrize("apart", [-42, -12, -9, 0, 9, 10, 11, 12, 42])
@pytest.mark.parametrize("given", ["", "Ada"])
def test_a_baby_with_the_fathers_surname_is_offered_when_the_mother_is_named(apart: int, given: str) -> None:
    unborn = on_record("", "Adeyemi", due_on=DUE, adults=("Ngozi Adeyemi", "Tom Baker"))
    when = DUE + dt.timedelta(days=apart)
    still_due = Probe(family_name="Baker", due_on=when, adults=("Ngozi Adeyemi",))
    born = Probe(given_name=given, family_name="Baker", born_on=when, sex=Sex.FEMALE, adults=("Ngozi Adeyemi",))
    for probe in (still_due, born):
        found = match(probe, unborn)
        assert found is not None
        assert found.strength in OFFERED
        assert "same adult, Ngozi Adeyemi" in found.why
        assert "different surname, as a baby’s often is" in found.why


HOME = KnownPlace(("12 High Street",), "SS2 6ER")


@pytest.mark.parametrize(
    ("known", "home"),
    [
        ({"lines": ("12 High St",), "postcode": "SS2 6ER"}, {"places": (HOME,)}),
        ({"postcode": "SS2 6ER"}, {"places": (HOME,)}),
        ({"phones": ("07700 900001",)}, {"same_phone": True}),
    ],
    ids=["the same address", "the same postcode", "the same telephone"],
)
@pytest.mark.parametrize("apart", [-30, 0, 30])
def test_a_baby_with_the_fathers_surname_is_offered_where_they_live_together(
    known: dict[str, object], home: dict[str, object], apart: int
) -> None:
    when = DUE + dt.timedelta(days=apart)
    for probe in (Probe(family_name="Baker", due_on=when, **known), Probe(family_name="Baker", born_on=when, **known)):  # type: ignore[arg-type]
        found = match(probe, on_record("", "Adeyemi", due_on=DUE, **home))
        assert found is not None
        assert found.strength in OFFERED
        assert "different surname, as a baby’s often is" in found.why


def test_a_neighbours_baby_is_at_most_worth_a_look() -> None:
    probe = Probe(family_name="Baker", due_on=DUE, lines=("3 Low Road",), postcode="SS2 6ER", adults=("Joan Baker",))
    found = match(probe, on_record("", "Adeyemi", due_on=DUE, places=(HOME,), adults=("Ngozi Adeyemi",)))
    assert found is None or found.strength in (Strength.POSSIBLE, Strength.HOUSEHOLD)


@pytest.mark.parametrize(
    ("probe", "why_not"),
    [
        (Probe(family_name="Baker", due_on=DUE + dt.timedelta(days=10)), "nobody is named"),
        (Probe(family_name="Baker", due_on=DUE, adults=("Joan Smith",)), "another mother"),
        (
            Probe(family_name="Baker", due_on=DUE + dt.timedelta(days=80), adults=("Ngozi Adeyemi",)),
            "the mother’s next child",
        ),
    ],
)
def test_a_baby_of_another_surname_is_not_offered_for_its_date_alone(probe: Probe, why_not: str) -> None:
    unborn = on_record("", "Adeyemi", due_on=DUE, adults=("Ngozi Adeyemi",))
    found = match(probe, unborn)
    assert found is None or found.strength is Strength.HOUSEHOLD, why_not


@pytest.mark.parametrize(
    ("given", "family", "their_given", "their_family"),
    [
        ("Smith", "Leah", "Leah", "Adeyemi-Smith"),
        ("Adeyemi", "Leah", "Leah", "Adeyemi-Smith"),
        ("Adeyemi-Smith", "Leah", "Leah", "Smith"),
        ("Okafor", "Tom", "Tom", "Garcia Okafor"),
        ("Ockafor", "Tom", "Tom", "Garcia Okafor"),
    ],
)
def test_swapped_names_with_half_of_a_double_surname_are_offered(
    given: str, family: str, their_given: str, their_family: str
) -> None:
    found = match(Probe(given_name=given, family_name=family, born_on=BORN), on_record(their_given, their_family,
                                                                                       born_on=BORN))  # fmt: skip
    assert found is not None
    assert found.strength in (Strength.LIKELY, Strength.VERY_LIKELY)
    assert "first name and half of a double surname swapped" in found.why


@pytest.mark.parametrize(
    ("given", "family", "their_given", "their_family"),
    [
        ("Leah", "Smith", "Leah", "Adeyemi-Smith"),
        ("Leah", "Adeyemi-Smith", "Leah", "Smith"),
        ("Smith", "Adeyemi", "Leah", "Adeyemi-Smith"),
        ("Tom", "Okafor", "Leah", "Garcia Okafor"),
    ],
)
def test_names_that_stand_in_their_places_are_not_called_swapped(
    given: str, family: str, their_given: str, their_family: str
) -> None:
    found = compare(Probe(given_name=given, family_name=family), on_record(their_given, their_family))
    assert not [one for one in found if "swapped" in one.words]


@pytest.mark.parametrize(
    ("given", "their_given"), [("Tom", "Leah"), ("Ada", "Leah"), ("Ayaan", "Amina"), ("Kofi", "Ama"), ("Maja", "Zofia")]
)
@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE, Sex.UNKNOWN])
def test_twins_are_kept_apart(given: str, their_given: str, sex: Sex) -> None:
    shared: dict[str, object] = {"born_on": BORN, "adults": ("Ngozi Adeyemi",)}
    twin = on_record(their_given, "Adeyemi", sex=Sex.FEMALE, same_phone=True, **shared)
    probe = Probe(
        given_name=given, family_name="Adeyemi", born_on=BORN, sex=sex, phones=("07700900001",),
        adults=("Ngozi Adeyemi",),
    )  # fmt: skip
    found = match(probe, twin)
    assert found is not None
    assert found.strength in (Strength.POSSIBLE, Strength.HOUSEHOLD)
    if found.strength is Strength.POSSIBLE:
        assert "may be a twin or sibling" in found.why


def test_records_side_by_side_are_weighed_as_likely_matches_are() -> None:
    probe = Probe(given_name="Smith", family_name="Leah", born_on=BORN, nhs_number="9990000018")
    other = on_record("Leah", "Adeyemi-Smith", born_on=BORN, nhs_number="9990000026")
    said = dict.fromkeys(("Known as", "Names before", "Date due", "Sex", "Pupil number", "First language"), "")
    one = said | {"First name": "Smith", "Surname": "Leah", "Date of birth": "3 May 2018", "NHS number": "18"}
    two = said | {"First name": "Leah", "Surname": "Adeyemi-Smith", "Date of birth": "3 May 2018", "NHS number": "26"}
    found = compare(probe, other)
    rows = {row.fact: row for row in side_by_side(one, two, found)}
    assert rows["First name"].side is Verdict.CLOSE
    assert rows["First name"].weight == "Speaks for it a lot"
    assert rows["Surname"].weight == "Says nothing"  # both names were weighed as one
    assert rows["Date of birth"].weight == "Speaks for it a great deal"
    assert rows["NHS number"].weight == "Speaks against it a great deal"
    assert rows["Sex"].side is Verdict.MISSING
    weighed = {"First name", "Date of birth", "NHS number", "Pupil number", "Sex"}
    assert sum(rows[fact].points for fact in weighed) == pytest.approx(
        sum(one.weight for one in found if one.fact in {"name", "birth date", "NHS number", "sex"})
    )
    assert all(set(row.as_finding()) == {"fact", "side", "points"} for row in rows.values())
