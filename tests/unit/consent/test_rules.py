"""Agreement: who may give it, what it covers, what it is worth."""

import datetime as dt
import uuid

import pytest

from locality.consent.rules import (
    Capacity,
    Giver,
    Method,
    Purpose,
    Scope,
    ShareWith,
    Status,
    Taken,
    Terms,
    Topic,
    covers_agency,
    covers_cluster_team,
    covers_topic,
    reasons_against,
    status_of,
)
from locality.kernel.ids import PersonId

TODAY = dt.date(2026, 3, 3)
MOTHER, CHILD = PersonId(uuid.UUID(int=1)), PersonId(uuid.UUID(int=2))
SCHOOL, POLICE = uuid.UUID(int=10), uuid.UUID(int=11)
EVERYTHING = frozenset({Purpose.ASSESS, Purpose.STORE, Purpose.SHARE_BASIC, Purpose.SHARE_ADDITIONAL})
ADULT = Giver(MOTHER, is_adult=True, born_on=dt.date(1990, 1, 1))


def terms(**changed: object) -> Terms:
    values: dict[str, object] = {
        "people": (CHILD,), "given_by": MOTHER, "capacity": Capacity.PR_HOLDER, "purposes": EVERYTHING,
        "explained_how": "With the leaflet", "method": Method.WET_INK_HELD, "signed_on": dt.date(2026, 3, 1),
        "review_due_on": dt.date(2026, 9, 1), "cluster_team": True,
    }  # fmt: skip
    return Terms(**(values | changed))  # type: ignore[arg-type]


def aged(years: int) -> Giver:
    return Giver(CHILD, is_adult=False, born_on=dt.date(2026 - years, 1, 1))


def fields(agreement: Terms, giver: Giver = ADULT) -> list[str | None]:
    return [reason.field for reason in reasons_against(agreement, giver, TODAY)]


def test_a_parent_who_agrees_to_everything_on_paper() -> None:
    assert fields(terms()) == []


def test_a_young_person_under_16_who_can_decide_this() -> None:
    gillick = terms(
        given_by=CHILD, capacity=Capacity.SELF_GILLICK, gillick_assessed_by="J. Ward", gillick_reasons="Knows the risks"
    )
    assert fields(gillick, aged(14)) == []
    assert fields(gillick, aged(16)) == ["capacity"]


def test_gillick_is_never_assumed() -> None:
    bare = terms(given_by=CHILD, capacity=Capacity.SELF_GILLICK)
    assert fields(bare, aged(14)) == ["gillick_assessed_by", "gillick_reasons"]


@pytest.mark.parametrize(
    ("capacity", "years", "fits"),
    [
        (Capacity.SELF_16_17, 16, True), (Capacity.SELF_16_17, 17, True), (Capacity.SELF_16_17, 15, False),
        (Capacity.SELF_16_17, 18, False), (Capacity.SELF_ADULT, 18, True), (Capacity.SELF_ADULT, 17, False),
    ],
)  # fmt: skip
def test_the_capacity_fits_the_age_on_the_day(capacity: Capacity, years: int, fits: bool) -> None:
    assert fields(terms(given_by=CHILD, capacity=capacity), aged(years)) == ([] if fits else ["capacity"])


def test_an_unknown_age_is_left_to_the_worker() -> None:
    unknown = Giver(CHILD, is_adult=False, born_on=None)
    assert fields(terms(given_by=CHILD, capacity=Capacity.SELF_16_17), unknown) == []


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"people": ()}, ["people"]),
        ({"capacity": Capacity.COURT}, ["capacity_words"]),
        ({"capacity": Capacity.SELF_ADULT}, ["people"]),
        ({"purposes": frozenset()}, ["purposes"]),
        ({"purposes": frozenset({Purpose.SHARE_ADDITIONAL})}, ["purposes"]),
        ({"explained_how": ""}, ["explained_how"]),
        ({"method": None}, ["method"]),
        ({"signed_on": dt.date(2026, 3, 4), "review_due_on": dt.date(2026, 9, 1)}, ["signed_on"]),
        ({"review_due_on": None}, ["review_due_on"]),
        ({"review_due_on": dt.date(2026, 3, 1)}, ["review_due_on"]),
        ({"review_due_on": dt.date(2027, 9, 1)}, ["review_due_on"]),
        ({"share_with": ShareWith.NAMED}, ["share_with"]),
        ({"agencies_in": frozenset({SCHOOL}), "agencies_out": frozenset({SCHOOL})}, ["agencies_out"]),
    ],
)
def test_what_is_missing_is_said_beside_its_field(changed: dict[str, object], wrong: list[str]) -> None:
    assert fields(terms(**changed)) == wrong


def test_a_refusal_needs_a_reason_and_no_review() -> None:
    refusal = {"refused": True, "purposes": frozenset(), "method": None, "review_due_on": None, "explained_how": ""}
    assert fields(terms(**refusal)) == ["refusal_reason"]
    assert fields(terms(**refusal, refusal_reason="Not now")) == []


@pytest.mark.parametrize(
    ("agreement", "taken", "replaced", "status"),
    [
        (terms(), [], False, Status.ACTIVE),
        (terms(purposes=frozenset({Purpose.ASSESS})), [], False, Status.PARTIAL),
        (terms(topics_out=frozenset({Topic.MONEY})), [], False, Status.PARTIAL),
        (terms(agencies_out_words="Dad’s work"), [], False, Status.PARTIAL),
        (terms(), [Taken(Scope.TOPIC, topic=Topic.MONEY)], False, Status.PARTIAL),
        (terms(), [Taken(Scope.WHOLE)], False, Status.WITHDRAWN),
        (terms(), [], True, Status.SUPERSEDED),
        (terms(refused=True), [], False, Status.REFUSED),
        (terms(signed_on=dt.date(2023, 1, 1), review_due_on=dt.date(2024, 1, 1)), [], False, Status.EXPIRED),
        (terms(signed_on=dt.date(2025, 1, 1), review_due_on=dt.date(2025, 6, 1)), [], False, Status.ACTIVE),
    ],
    ids=["whole", "not all purposes", "a topic kept out", "somebody kept out", "a topic taken back", "taken back",
         "replaced", "refused", "review missed for a year", "review late"],
)  # fmt: skip
def test_what_an_agreement_is_worth(agreement: Terms, taken: list[Taken], replaced: bool, status: Status) -> None:
    assert status_of(agreement, taken, TODAY, replaced=replaced) is status


def test_every_helping_agency_is_told_but_those_named() -> None:
    agreement = terms(agencies_out=frozenset({POLICE}))
    assert covers_agency(agreement, [], SCHOOL)
    assert not covers_agency(agreement, [], POLICE)
    assert not covers_agency(agreement, [Taken(Scope.AGENCY, agency_id=SCHOOL)], SCHOOL)


def test_only_named_agencies_are_told() -> None:
    agreement = terms(share_with=ShareWith.NAMED, agencies_in=frozenset({SCHOOL}))
    assert covers_agency(agreement, [], SCHOOL)
    assert not covers_agency(agreement, [], POLICE)


@pytest.mark.parametrize("changed", [{"share_with": ShareWith.NOBODY}, {"purposes": frozenset({Purpose.ASSESS})}])
def test_without_sharing_nobody_is_told(changed: dict[str, object]) -> None:
    assert not covers_agency(terms(**changed), [], SCHOOL)


def test_a_topic_kept_out_is_not_told_to_anybody() -> None:
    agreement = terms(topics_out=frozenset({Topic.MONEY}))
    assert not covers_topic(agreement, [], Topic.MONEY)
    assert not covers_agency(agreement, [], SCHOOL, topic=Topic.MONEY)
    assert covers_agency(agreement, [], SCHOOL, topic=Topic.OFFENDING)
    assert not covers_topic(agreement, [Taken(Scope.TOPIC, topic=Topic.OFFENDING)], Topic.OFFENDING)


def test_the_cluster_team_sees_until_that_is_taken_back() -> None:
    assert covers_cluster_team(terms(), [])
    assert not covers_cluster_team(terms(), [Taken(Scope.CLUSTER_TEAM)])
    assert not covers_cluster_team(terms(cluster_team=False), [])
