"""What the insight room brings to the application."""

import argparse
import sys

from locality.access.permissions import Permission
from locality.insight.operations import mend, recount
from locality.insight.views import blueprint
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.uow import unit_of_work
from locality.web.formats import count
from locality.web.registration import Command, NavItem, Room

_SHOWN = 20


def recount_figures(arguments: argparse.Namespace) -> int:
    """Check every kept number and say what differs; with ``--mend`` put it right. 1 while something differs."""
    with unit_of_work(SYSTEM) as uow:
        found = recount(uow)
        if found and arguments.mend:
            mend(uow)
            left = recount(uow)
        else:
            left = found
    for difference in found[:_SHOWN]:
        sys.stdout.write(f"{difference.what}: kept {difference.kept:,}, recounted {difference.recounted:,}\n")
    if len(found) > _SHOWN:
        sys.stdout.write(f"… and {len(found) - _SHOWN:,} more\n")
    verdict = "all kept numbers are right" if not found else f"{count(len(found), 'number')} differed"
    sys.stdout.write(f"Recount: {verdict}{', mended' if found and not left else ''}\n")
    return 1 if left else 0


def _recount_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mend", action="store_true", help="keep the recounted numbers where they differ")


ROOM = Room(
    name="insight",
    blueprints=(blueprint,),
    nav=(NavItem("Triangle", "insight.show_triangle", Permission.TRIANGLE_VIEW, 50),),
    homes={Role.MANAGER: "insight.show_triangle"},
    commands=(
        Command(
            "insight recount",
            "Check the numbers kept behind the figures against a full recount.",
            recount_figures,
            _recount_arguments,
            ("locality insight recount", "locality insight recount --mend"),
        ),
    ),
    tasks={"insight.recount": "check the figures against a full recount"},
)
