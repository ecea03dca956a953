"""``./run faults``: referrals are sent and answered over HTTP while parts of a whole system are killed.

At the end the database and a mail server are asked: is every acknowledged referral in exactly one place, was none
accepted twice, did no message go twice, and had everything settled in time? The same storm then passes over a control
without a row of intent, which must lose referrals.
"""

import argparse
import sys
from collections.abc import Sequence

from benchmarks import results
from benchmarks.faults.house import House, house
from benchmarks.faults.planning import Fault, plan
from benchmarks.faults.proofs import Harm, Wrong
from benchmarks.faults.storm import SETTLE_S, Outcome, Wish, referrals_wrong, storm, unsure, wrongs_of

_SECONDS_A_FAULT, _SECONDS_A_REFERRAL = 4.5, 0.27
_AWAY_S = 60.0
_LEASE_S = 30
_CHILDREN = 5_000
_SHOWN = 20
_CONTROL_S, _CONTROL_SETTLE_S = 45.0, 45.0
CONTROL = "benchmarks.faults.naive"


def main(words: Sequence[str]) -> int:
    """Run what was asked for; returns the exit status: 0 when every proof holds."""
    asked = _arguments().parse_args(words)
    report = results.Report(asked.seed)
    print(f"{results.machine()}; seed {asked.seed}; {asked.referrals:,} referrals, {asked.faults} faults")
    with house(children=asked.size, lease_s=_LEASE_S) as built:
        held = True
        if "faults.control_lost".startswith(asked.only) and asked.only.startswith("faults.c"):
            held = control(built, report, asked)
        else:
            held = product(built, report, asked)
            held = control(built, report, asked) and held
    report.write()
    return 0 if held else 1


def product(built: House, report: results.Report, asked: argparse.Namespace) -> bool:
    """The storm over the product; whether every proof holds."""
    built.start()
    outcome = storm(built, wish_of(asked.referrals, asked.faults, asked.seed), label="Referrals")
    wrongs = wrongs_of(built, outcome)
    add_figures(report, asked.size, outcome, wrongs, with_person=unsure(built, outcome))
    for wrong in wrongs[:_SHOWN]:
        print(f"  {wrong.harm.value}: {wrong.words}")
    if not outcome.is_settled:
        print(f"  not settled within {SETTLE_S:.0f} s of the last fault")
    built.stop()
    return not wrongs and outcome.is_settled


def control(built: House, report: results.Report, asked: argparse.Namespace) -> bool:
    """The storm over the control; whether it found losses, as it must."""
    built.start(CONTROL)
    outcome = storm(built, control_wish(asked.referrals, asked.seed), label="Control")
    lost = [wrong for wrong in referrals_wrong(built, outcome) if wrong.harm is Harm.LOST]
    note = f"of {len(outcome.acknowledged):,} acknowledged; must be above 0"
    report.add("faults.control_lost", size=asked.size, value=len(lost), unit="", note=note)
    for wrong in lost[:3]:
        print(f"  for instance: {wrong.words}")
    if not lost:
        print("  The control lost nothing, so this run has shown nothing.")
    built.stop()
    return bool(lost)


def wish_of(referrals: int, faults: int, seed: int) -> Wish:
    """A storm long enough for so many referrals and faults on two cores."""
    seconds = max(faults * _SECONDS_A_FAULT, referrals * _SECONDS_A_REFERRAL)
    moments = plan(faults=faults, seconds=seconds, away_s=min(_AWAY_S, seconds / 3), seed=seed)
    return Wish(referrals, seconds, moments, seed)


def control_wish(referrals: int, seed: int) -> Wish:
    """A short storm with every kind of fault once; the control's worker looks for a lost broker ever more rarely."""
    moments = plan(faults=len(Fault), seconds=_CONTROL_S, away_s=10.0, seed=seed)
    return Wish(max(100, referrals // 8), _CONTROL_S, moments, seed, settle_s=_CONTROL_SETTLE_S)


def add_figures(
    report: results.Report, size: int, outcome: Outcome, wrongs: Sequence[Wrong], *, with_person: int
) -> None:
    """The figures of the storm over the product."""
    lost = sum(wrong.harm is Harm.LOST for wrong in wrongs)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.faults.items()))
    report.add("faults.lost", size=size, value=lost, unit="", note=f"of {len(outcome.acknowledged):,}")
    doubled = f"{outcome.races:,} races for an offer, {with_person} messages left to a person"
    report.add("faults.doubled", size=size, value=len(wrongs) - lost, unit="", note=doubled)
    report.add("faults.settle_s", size=size, value=outcome.settle_s, unit="s", limit=SETTLE_S, note=kinds)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--referrals", type=int, default=1_000, metavar="N")
    parser.add_argument("--faults", type=int, default=60, metavar="N")
    parser.add_argument("--seed", type=int, default=2007, metavar="S", help="decides which part is broken when")
    parser.add_argument("--size", type=int, default=_CHILDREN, metavar="CHILDREN", help="of the demonstration")
    parser.add_argument(
        "--only", default="faults", metavar="PREFIX", help="figures whose names begin so: faults.control runs it alone"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
