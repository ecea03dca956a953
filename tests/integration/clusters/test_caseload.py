"""The caseload that other rooms push, its kept counts, and whose names it shows to whom."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason, management_of
from locality.accounts.models import Account
from locality.clusters import api as clusters
from locality.clusters.models import Cluster
from locality.clusters.queries.caseload import CaseloadWish, caseload_numbers, list_caseload
from locality.clusters.rules import CaseloadSort
from locality.kernel.actor import SYSTEM, Actor, Role, Scope, ScopeKind
from locality.kernel.db import bind_actor
from locality.kernel.ids import AccountId, EpisodeId, new_id
from locality.kernel.uow import UnitOfWork
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_case_note, a_cluster
from tests.support.database import NOW, OpenUnit

TODAY = dt.date(2026, 3, 3)
ALL = CaseloadWish()


@pytest.fixture
def cluster(session: Session) -> Cluster:
    return a_cluster(session)


def _families(session: Session, cluster: Cluster, wish: CaseloadWish = ALL) -> list[str | None]:
    return [row.family_name for row in list_caseload(session, cluster.id, wish, today=TODAY).page.rows]


def test_a_family_is_in_the_caseload_until_it_is_dropped(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    note = a_case_note(cluster)
    with uow() as unit:
        clusters.note_case(unit, note)
        clusters.note_case(unit, replace(note, stage=2, weight=4))
    (row,) = list_caseload(session, cluster.id, ALL, today=TODAY).page.rows
    assert (row.family_name, row.child_names, row.stage, row.weight) == ("Adeyemi", "Leah, Tom", 2, 4)
    assert (row.flags, row.days_late) == (("Child not yet heard",), 0)
    with uow() as unit:
        clusters.drop_case(unit, note.episode_id)
        clusters.drop_case(unit, note.episode_id)
    assert _families(session, cluster) == []
    assert caseload_numbers(session, cluster.id, today=TODAY).families == 0


def test_the_numbers_count_families_children_late_reviews_and_leads(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    lead = an_account(session, name="Amira Khan")
    with uow() as unit:
        for name, facts in (
            ("Adeyemi", {}),
            ("Novák", {"child_names": ("Baby",), "stage": 2, "next_review_on": dt.date(2026, 3, 2)}),
            ("Okoro", {"lead_account_id": lead.id, "lead_name": lead.name, "next_review_on": None}),
        ):
            clusters.note_case(unit, a_case_note(cluster, family_name=name, **facts))
    numbers = caseload_numbers(session, cluster.id, today=TODAY)
    assert (numbers.families, numbers.children, numbers.late, numbers.without_lead) == (3, 5, 1, 2)
    assert numbers.by_stage == {1: 0, 2: 1, 3: 2, 4: 0}
    assert [(held.name, held.families) for held in numbers.leads] == [("Amira Khan", 1)]


@pytest.mark.parametrize(
    ("wish", "families"),
    [
        (CaseloadWish(), ["Novák", "Adeyemi", "Okoro"]),
        (CaseloadWish(stage=2), ["Novák"]),
        (CaseloadWish(overdue=True), ["Novák"]),
        (CaseloadWish(without_lead=True), ["Novák", "Adeyemi"]),
        (CaseloadWish(flag=clusters.CaseFlag.UNBORN), ["Novák"]),
        (CaseloadWish(sort=CaseloadSort.FAMILY), ["Adeyemi", "Novák", "Okoro"]),
        (CaseloadWish(sort=CaseloadSort.STAGE), ["Adeyemi", "Okoro", "Novák"]),
        (CaseloadWish(sort=CaseloadSort.WEIGHT), ["Okoro", "Adeyemi", "Novák"]),
        (CaseloadWish(sort=CaseloadSort.LEAD), ["Novák", "Adeyemi", "Okoro"]),
        (CaseloadWish(sort=CaseloadSort.SEEN), ["Okoro", "Adeyemi", "Novák"]),
        (CaseloadWish(page=2), []),
    ],
)
def test_filters_and_orders(
    uow: OpenUnit, session: Session, cluster: Cluster, wish: CaseloadWish, families: list[str]
) -> None:
    lead = an_account(session, name="Amira Khan")
    seen = dt.date(2026, 2, 25)
    with uow() as unit:
        for facts in (
            {"family_name": "Adeyemi"},
            {
                "family_name": "Novák", "stage": 2, "weight": 4, "next_review_on": dt.date(2026, 3, 2),
                "last_seen_on": seen, "flags": (clusters.CaseFlag.UNBORN,),
            },
            {
                "family_name": "Okoro", "lead_account_id": lead.id, "lead_name": lead.name, "next_review_on": None,
                "weight": 9, "last_seen_on": None,
            },
        ):  # fmt: skip
            clusters.note_case(unit, a_case_note(cluster, **facts))
    assert _families(session, cluster, wish) == families


def test_fifty_families_make_a_page(uow: OpenUnit, session: Session, cluster: Cluster) -> None:
    with uow() as unit:
        for number in range(51):
            clusters.note_case(unit, a_case_note(cluster, family_name=f"Family {number}"))
    first = list_caseload(session, cluster.id, ALL, today=TODAY).page
    second = list_caseload(session, cluster.id, CaseloadWish(page=2), today=TODAY).page
    assert (len(first.rows), first.has_next, len(second.rows), second.has_next) == (50, True, 1, False)


def _seen_by(session: Session, actor: Actor, cluster: Cluster) -> list[str | None]:
    session.commit()
    bind_actor(session, actor)
    try:
        return _families(session, cluster)
    finally:
        session.commit()
        bind_actor(session, SYSTEM)


def _of(session: Session, role: Role, cluster: Cluster, name: str) -> tuple[Account, Actor]:
    account = an_account(session, name=name)
    return account, an_actor(account, Scope(role, ScopeKind.CLUSTER, cluster.id))


def test_names_are_shown_where_a_grant_reaches_and_withheld_elsewhere(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    agreed, not_agreed = new_id(), new_id()
    with uow() as unit:
        clusters.note_case(unit, a_case_note(cluster, family_name="Agreed", about=(agreed,), shared_with_cluster=True))
        clusters.note_case(
            unit, a_case_note(cluster, family_name="Private", about=(not_agreed,), next_review_on=dt.date(2026, 4, 1))
        )
        grants.give(unit, [agreed], principal=cluster.id, reason=GrantReason.CLUSTER_AGREEMENT, record=new_id())
        grants.give(
            unit, [agreed, not_agreed], principal=management_of(cluster.id), reason=GrantReason.SUPERVISOR,
            record=new_id(),
        )  # fmt: skip
    _, member = _of(session, Role.CLUSTER_MEMBER, cluster, "Mel")
    _, supervisor = _of(session, Role.SUPERVISOR, cluster, "Sam")
    _, elsewhere = _of(session, Role.CLUSTER_MEMBER, a_cluster(session, name="Leigh"), "Eve")
    assert _seen_by(session, member, cluster) == ["Agreed", None]
    assert _seen_by(session, supervisor, cluster) == ["Agreed", "Private"]
    assert _seen_by(session, elsewhere, cluster) == []


def test_a_lead_professional_sees_their_own_entry_from_outside_the_cluster(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    account = an_account(session, name="Amira Khan")
    with uow() as unit:
        note = a_case_note(cluster, lead_account_id=account.id, lead_name=account.name)
        clusters.note_case(unit, note)
        clusters.note_case(unit, a_case_note(cluster))
    assert len(_seen_by(session, an_actor(account, Role.LEAD_PROFESSIONAL), cluster)) == 1
    load = clusters.load_of(session, AccountId(account.id))
    assert (load.families, load.children, load.weight) == (1, 2, 6)


def test_entries_can_be_pushed_by_somebody_who_may_not_see_them(
    uow: OpenUnit, session: Session, cluster: Cluster
) -> None:
    stranger = an_actor(an_account(session, name="Jo Bloggs"), Role.LEAD_PROFESSIONAL)
    note = a_case_note(cluster)
    with uow(stranger) as unit:
        clusters.note_case(unit, note)
        clusters.note_case(unit, replace(note, stage=4))
    assert caseload_numbers(session, cluster.id, today=TODAY).by_stage[4] == 1


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from((0, 1, 2, None)), st.integers(1, 4), st.integers(0, 1), st.integers(1, 2)
    ),
    max_size=12,
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
@given(CHANGES)
def test_kept_counts_are_those_of_the_entries_whatever_is_pushed(
    session: Session, cluster: Cluster, changes: list[tuple[int, int | None, int, int, int]]
) -> None:
    bind_actor(session, SYSTEM)
    with session.begin_nested() as attempt:
        unit = UnitOfWork(session=session, actor=SYSTEM, now=NOW)
        leads = [an_account(session, name=f"Lead {n}") for n in range(2)]
        other = a_cluster(session, name="Other")
        families = [EpisodeId(new_id()) for _ in range(4)]
        for which, lead, stage, where, children in changes:
            if lead == 2:
                clusters.drop_case(unit, families[which])
                continue
            held = None if lead is None else leads[lead]
            note = a_case_note(
                (cluster, other)[where], episode_id=families[which], stage=stage, child_names=("A", "B")[:children],
                lead_account_id=held.id if held else None, lead_name=held.name if held else None,
            )  # fmt: skip
            clusters.note_case(unit, note)
        kept = _tally(session)
        clusters.rebuild_caseload_tally(unit)
        assert kept == _tally(session)
        attempt.rollback()
    session.expire_all()


def _tally(session: Session) -> list[tuple[object, ...]]:
    rows = session.execute(
        text(
            "SELECT cluster_id, lead_key, stage, families, children FROM caseload_tally"
            " WHERE families <> 0 OR children <> 0 ORDER BY 1, 2, 3"
        )
    )
    return [tuple(row) for row in rows]
