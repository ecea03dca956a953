"""A plan of faults: drawn from its seed, every kind in it, nothing asked of a broker that is kept away."""

import pytest

from benchmarks.faults.planning import Fault, Moment, plan

OF_THE_BROKER = {Fault.BROKER, Fault.BROKER_EMPTIED}


def drawn(seed: int, faults: int = 60) -> tuple[Moment, ...]:
    return plan(faults=faults, seconds=270, away_s=60, seed=seed)


def test_the_seed_alone_decides_the_plan() -> None:
    assert drawn(2007) == drawn(2007) != drawn(2008)


@pytest.mark.parametrize("seed", range(40))
def test_there_are_as_many_faults_as_asked_for_every_kind_of_them_in_time(seed: int) -> None:
    moments = drawn(seed)
    assert len(moments) == 60
    assert {moment.fault for moment in moments} == set(Fault)
    assert [moment.at_s for moment in moments] == sorted(moment.at_s for moment in moments)
    assert all(0 <= moment.at_s + moment.lasts_s <= 270 for moment in moments)


@pytest.mark.parametrize("seed", range(40))
def test_the_broker_is_kept_away_once_and_left_alone_meanwhile(seed: int) -> None:
    moments = drawn(seed)
    (away,) = [moment for moment in moments if moment.fault is Fault.BROKER_STOPPED]
    assert away.lasts_s == 60
    meanwhile = [m.fault for m in moments if away.at_s <= m.at_s <= away.at_s + 60 and m is not away]
    assert meanwhile
    assert not OF_THE_BROKER & set(meanwhile)


@pytest.mark.parametrize("seed", range(40))
def test_a_short_plan_has_each_kind_once(seed: int) -> None:
    faults = [moment.fault for moment in plan(faults=len(Fault), seconds=10, away_s=2, seed=seed)]
    assert sorted(faults) == sorted(Fault)


@pytest.mark.parametrize("seed", range(40))
def test_once_the_broker_is_emptied_while_no_worker_is_there(seed: int) -> None:
    moments = drawn(seed)
    killed = [moment.at_s for moment in moments if moment.fault is Fault.WORKER]
    emptied = [moment.at_s for moment in moments if moment.fault is Fault.BROKER_EMPTIED]
    assert any(0 < at - dead < 2 for at in emptied for dead in killed)
