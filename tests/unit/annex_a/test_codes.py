"""Every spelling of gender, ethnicity, source and yes or no that councils are known to use."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.annex_a import codes
from locality.annex_a.spelling import Unrecognised

GENDERS = [
    ("a) Male", "M"),
    ("Male", "M"),
    ("male ", "M"),
    ("MALE", "M"),
    ("M", "M"),
    ("1", "M"),
    (1, "M"),
    (1.0, "M"),
    ("Boy", "M"),
    ("b) Female", "F"),
    ("b)\xa0Female", "F"),
    (" Female\xa0", "F"),
    ("F", "F"),
    (2, "F"),
    ("Girl", "F"),
    ("c) Not stated/recorded", "U"),
    ("Not stated / recorded", "U"),
    ("Not Stated", "U"),
    ("U", "U"),
    (0, "U"),
    ("d) Neither", "U"),
    ("Neither", "U"),
    (9, "U"),
    ("Indeterminate", "U"),
    ("Unborn", "U"),
    ("Ｍａｌｅ", "M"),
]


@pytest.mark.parametrize(("cell", "expected"), GENDERS)
def test_gender_is_recognised_however_spelt(cell, expected):
    assert codes.sex(cell) == expected


@pytest.mark.parametrize("cell", ["", "e) Male?", "Mle", 3, "7", "yes", True])
def test_a_gender_that_is_not_listed_is_refused(cell):
    with pytest.raises(Unrecognised, match="gender is not one"):
        codes.sex(cell)


LETTERED = ["WBRI", "WIRI", "WIRT", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN"]
LETTERED += ["ABAN", "AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "REFU", "NOBT"]


@pytest.mark.parametrize(("place", "code"), list(enumerate(LETTERED)))
@pytest.mark.parametrize("form", ["{c}) {C}", "{C}", "{c}){C}", " {c})\xa0{C} ", "{C} - {c}", "{c}. {C}"])
def test_every_ethnicity_is_recognised_with_its_letter(place, code, form):
    assert codes.ethnicity(form.format(c="abcdefghijklmnopqrst"[place], C=code)) == code


ETHNICITIES = [
    ("White British", "WBRI"),
    ("white - british", "WBRI"),
    ("a) White British", "WBRI"),
    ("WBRI - White British", "WBRI"),
    ("White British (WBRI)", "WBRI"),
    ("a) WBRI White British", "WBRI"),
    ("Gypsy / Roma", "WROM"),
    ("White and Asian", "MWAS"),
    ("Mixed: White and Black Caribbean", "MWBC"),
    ("Asian or Asian British - Bangladeshi", "ABAN"),
    ("Bangladeshi", "ABAN"),
    ("Black or Black British: African", "BAFR"),
    ("Any other ethnic group", "OOTH"),
    ("b)", "WIRI"),
    ("r", "OOTH"),
    ("s) NOBT", "NOBT"),
    ("t) NOBT", "NOBT"),
    ("u) UNKNOWN", "NOBT"),
    ("Unknown", "NOBT"),
    ("Refused", "REFU"),
    ("CNHE", "CHNE"),
]


@pytest.mark.parametrize(("cell", "expected"), ETHNICITIES)
def test_ethnicity_is_recognised_however_spelt(cell, expected):
    assert codes.ethnicity(cell) == expected


@pytest.mark.parametrize("cell", ["s", "t)", "u", "XXXX", "Martian", "", 12, "WBR", "a) Martian"])
def test_an_ethnicity_that_could_be_anything_is_refused(cell):
    with pytest.raises(Unrecognised) as refused:
        codes.ethnicity(cell)
    assert refused.value.cure == "Write the code, such as WBRI or NOBT."


LABELS = {
    "a": "1A: Individual",
    "b": "1B: Individual",
    "c": "1C: Individual",
    "d": "1D: Individual",
    "e": "2A: Schools",
    "f": "2B: Education services",
    "g": "3A: Health services",
    "h": "3B: Health services",
    "i": "3C: Health services",
    "j": "3D: Health services",
    "k": "3E: Health services",
    "l": "3F: Health services",
    "m": "4: Housing",
    "n": "5A: LA services",
    "o": "5B: LA services",
    "p": "5C: LA services",
    "p1": "5D: LA services",
    "q": "6: Police",
    "r": "7: Other legal agency",
    "s": "8: Other",
    "t": "9: Anonymous",
    "u": "10: Unknown",
}
FORMS = ["{l}) {label}", "{label}", "{l}){label}", "{code}", "{lower}", "{code}:{words}", "{l}", "{l}) {words}"]


@pytest.mark.parametrize("letter", LABELS)
@pytest.mark.parametrize("form", FORMS)
def test_every_source_is_recognised_in_every_form(letter, form):
    label = LABELS[letter]
    code, words = label.split(": ")
    cell = form.format(l=letter, label=label, code=code, lower=code.lower(), words=words)
    assert codes.source(cell) == code


SOURCES = [
    ("Schools", "2A"),
    ("school", "2A"),
    ("SCHOOLS\xa0", "2A"),
    ("e)\xa02A:  Schools", "2A"),
    ("2A - Schools", "2A"),
    ("Police", "6"),
    (6, "6"),
    (6.0, "6"),
    ("10", "10"),
    (10, "10"),
    ("GP", "3A"),
    ("Health Visitor", "3B"),
    ("A&E", "3E"),
    ("Anonymous", "9"),
    ("Early help", "5D"),
    ("Self", "1C"),
    ("Other", "8"),
]


@pytest.mark.parametrize(("cell", "expected"), SOURCES)
def test_source_is_recognised_however_spelt(cell, expected):
    assert codes.source(cell) == expected


@pytest.mark.parametrize("cell", ["Health services", "Individual", "LA services"])
def test_a_source_that_could_be_several_says_how_to_choose(cell):
    with pytest.raises(Unrecognised, match="could be several") as refused:
        codes.source(cell)
    assert refused.value.cure.startswith("Write which, from ")


@pytest.mark.parametrize("cell", ["", "5", "2C", "11", "zz", "1", "3", 2])
def test_a_source_that_is_not_listed_is_refused(cell):
    with pytest.raises(Unrecognised, match="not one that Annex A lists"):
        codes.source(cell)


YES = ["a) Yes", "Yes", "YES ", "y", "Y", True, "TRUE", 1, "1", "a)\xa0yes"]
NO = ["b) No", "No", "no\xa0", "n", "N", False, "FALSE", 0, "0", 0.0]


@pytest.mark.parametrize(("cell", "expected"), [(c, True) for c in YES] + [(c, False) for c in NO])
def test_yes_and_no_are_recognised_however_spelt(cell, expected):
    assert codes.yes_no(cell) is expected


@pytest.mark.parametrize("cell", ["c) Unknown", "maybe", 2, "", "yes no"])
def test_neither_yes_nor_no_is_refused(cell):
    with pytest.raises(Unrecognised):
        codes.yes_no(cell)


CELLS = st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.dates(), st.none())


@pytest.mark.parametrize("read", [codes.sex, codes.ethnicity, codes.source, codes.yes_no])
@given(cell=CELLS)
def test_no_cell_breaks_a_reader(read, cell):
    with contextlib.suppress(Unrecognised):
        assert read(cell) in KNOWN


KNOWN = {"M", "F", "U", True, False, *LETTERED, *(label.split(":")[0] for label in LABELS.values())}
