"""Where a child belongs, what a case weighs, what a caseload says."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.clusters.rules import (
    CasePhase,
    LoadFlag,
    PlaceFacts,
    PlacePrecedence,
    Pointer,
    WeightFacts,
    case_weight,
    caseload_sentence,
    days_late,
    decide_place,
    postcode_prefixes,
    worker_load,
)

SCHOOL_FIRST, ADDRESS_FIRST = PlacePrecedence.SCHOOL_CLUSTER_FIRST, PlacePrecedence.ADDRESS_FIRST
EAST, WEST, NORTH = (uuid.UUID(int=n) for n in (1, 2, 3))
AT_SCHOOL = Pointer(EAST, "Garon Primary is a school of East")
AT_HOME = Pointer(WEST, "the home postcode starts with SS9 2, which is in West")
SIBLING = Pointer(NORTH, "a brother or sister is already helped by this cluster")


@pytest.mark.parametrize(
    ("postcode", "prefixes"),
    [
        ("SS2 6ER", ("SS2 6", "SS2")),
        ("ss26er", ("SS2 6", "SS2")),
        ("SS17 9AA", ("SS17 9", "SS17")),
        ("EC1A 1BB", ("EC1A 1", "EC1A")),
        ("ZZ99 3VZ", ("ZZ99 3", "ZZ99")),
        ("nowhere", ()),
        ("", ()),
        ("SS2", ()),
    ],
)
def test_a_postcode_stands_in_its_sector_and_district(postcode: str, prefixes: tuple[str, ...]) -> None:
    assert postcode_prefixes(postcode) == prefixes


@given(st.text())
def test_no_text_breaks_the_prefixes_of_a_postcode(text: str) -> None:
    assert len(postcode_prefixes(text)) in {0, 2}


@pytest.mark.parametrize(
    ("facts", "precedence", "cluster", "words"),
    [
        pytest.param(PlaceFacts(None, AT_SCHOOL, AT_HOME), SCHOOL_FIRST, EAST, "the school decides first", id="school"),
        pytest.param(PlaceFacts(None, AT_SCHOOL, AT_HOME), ADDRESS_FIRST, WEST, "home address decides", id="address"),
        pytest.param(PlaceFacts(None, None, AT_HOME), SCHOOL_FIRST, WEST, "SS9 2", id="not in a school here"),
        pytest.param(PlaceFacts(None, AT_SCHOOL, None), ADDRESS_FIRST, EAST, "Garon", id="no fixed address"),
        pytest.param(PlaceFacts(SIBLING, AT_SCHOOL, AT_HOME), SCHOOL_FIRST, NORTH, "stay with one", id="sibling"),
        pytest.param(PlaceFacts(None, None, None, ("no school is known",)), SCHOOL_FIRST, None, "no school", id="none"),
    ],
)
def test_the_cluster_is_decided_and_said_how(
    facts: PlaceFacts, precedence: PlacePrecedence, cluster: uuid.UUID | None, words: str
) -> None:
    decision = decide_place(facts, precedence=precedence)
    assert decision.cluster_id == cluster
    assert words in decision.how


def test_facts_that_agree_are_not_set_against_each_other() -> None:
    decision = decide_place(PlaceFacts(None, AT_SCHOOL, Pointer(EAST, "home")), precedence=SCHOOL_FIRST)
    assert decision.how == "Garon Primary is a school of East."


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        pytest.param(WeightFacts(stage=1, is_lead=False), 1, id="stage 1, team member"),
        pytest.param(WeightFacts(stage=1), 2, id="stage 1, lead"),
        pytest.param(WeightFacts(stage=2), 3, id="stage 2"),
        pytest.param(WeightFacts(stage=3), 5, id="stage 3"),
        pytest.param(WeightFacts(stage=4), 9, id="stage 4"),
        pytest.param(WeightFacts(stage=3, children=3), 7, id="two more children"),
        pytest.param(WeightFacts(stage=3, children=9), 8, id="siblings count three at most"),
        pytest.param(WeightFacts(stage=3, risk=2, travel=True, interpreter=True), 9, id="risk, travel, interpreter"),
        pytest.param(WeightFacts(stage=3, phase=CasePhase.ASSESSMENT), 6, id="in assessment"),
        pytest.param(WeightFacts(stage=3, phase=CasePhase.REVIEW_ONLY), 4, id="only reviewed"),
        pytest.param(WeightFacts(stage=1, is_lead=False, phase=CasePhase.REVIEW_ONLY), 1, id="never nothing"),
    ],
)
def test_a_case_weighs_by_the_formula(facts: WeightFacts, points: int) -> None:
    assert case_weight(facts) == points


@given(
    st.builds(
        WeightFacts,
        stage=st.sampled_from((1, 2, 3)),
        children=st.integers(0, 12),
        is_lead=st.booleans(),
        risk=st.sampled_from((0, 1, 2)),
        travel=st.booleans(),
        interpreter=st.booleans(),
        phase=st.sampled_from(CasePhase),
    )
)
def test_a_higher_stage_never_weighs_less(facts: WeightFacts) -> None:
    higher = WeightFacts(**{name: getattr(facts, name) for name in WeightFacts.__slots__} | {"stage": facts.stage + 1})
    assert case_weight(higher) >= case_weight(facts)


@pytest.mark.parametrize("facts", [WeightFacts(stage=0), WeightFacts(stage=5), WeightFacts(stage=1, risk=3)])
def test_a_case_that_cannot_be_is_not_weighed(facts: WeightFacts) -> None:
    with pytest.raises(ValueError, match=r"stage|risk"):
        case_weight(facts)


@pytest.mark.parametrize(
    ("weights", "percent", "flag"),
    [
        ([], 15, LoadFlag.GREEN),
        ([42], 85, LoadFlag.GREEN),
        ([45], 90, LoadFlag.AMBER),
        ([27, 24], 100, LoadFlag.AMBER),
        ([27, 27], 105, LoadFlag.RED),
    ],
)
def test_a_worker_is_full_at_the_limits(weights: list[int], percent: int, flag: LoadFlag) -> None:
    load = worker_load(weights=weights, children=3)
    assert (load.percent, load.flag) == (percent, flag)


def test_half_time_and_newly_qualified_workers_hold_less() -> None:
    assert worker_load(weights=[21], children=1, full_time=0.5).percent == 100
    assert worker_load(weights=[45], children=1, newly_qualified=True).percent == 100


def test_families_and_children_are_counted_apart() -> None:
    load = worker_load(weights=[3, 5], children=5)
    assert (load.families, load.children, load.weight) == (2, 5, 8)


@pytest.mark.parametrize("share", [0, -1, 2])
def test_a_share_of_full_time_has_bounds(share: float) -> None:
    with pytest.raises(ValueError, match="full time"):
        worker_load(weights=[], children=0, full_time=share)


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            {"children": 212, "families": 148, "late": 9, "without_lead": 3},
            "212 children in 148 families; 9 reviews late; 3 families without a lead professional.",
        ),
        (
            {"children": 1, "families": 1, "late": 1, "without_lead": 1},
            "1 child in 1 family; 1 review late; 1 family without a lead professional.",
        ),
        (
            {"children": 1_200, "families": 900, "late": 0, "without_lead": 0},
            "1,200 children in 900 families; no review late; every family has a lead professional.",
        ),
        ({"children": 0, "families": 0, "late": 0, "without_lead": 0}, "No families are open in this cluster."),
    ],
)
def test_the_caseload_in_one_sentence(counts: dict[str, int], sentence: str) -> None:
    assert caseload_sentence(**counts) == sentence


def test_a_review_is_late_after_its_day() -> None:
    today = dt.date(2026, 3, 3)
    assert [days_late(day, today=today) for day in (None, today, dt.date(2026, 3, 1))] == [0, 0, 2]
