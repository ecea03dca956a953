"""Records that are closed to somebody: a worker who knows the family, a colleague's child that is due for another look,
and one that was opened again.
"""

from locality.demo import days
from locality.demo.batch import NO, NULL, YES
from locality.demo.teller import Teller
from locality.demo.world import Worker

_REASONS = {
    "undone": "I know the mother from our running club.",
    "apart": "The twins’ grandmother works in her team.",
    "same": "The father stood for election. He did not win, and the papers have moved on.",
}


def write_closed(t: Teller, like: str) -> None:
    """Close the family's records to somebody, by the scene."""
    leads = sorted({worker.id: worker for found in t.world.leads.values() for worker in found}.values(), key=_name)
    keeper, named = t.world.officers[-1], leads[-1]
    declared, lifted = like == "undone", like == "same"
    decided = days.working_before(t.today - (95 if like == "apart" else 20))
    decider = named if declared else keeper
    child, restriction = t.family.children[0], t.new_id()
    again = (days.stamp(days.working_before(t.today - 2), 660), keeper.name, "It is not needed any more.")
    t.add(
        "restriction", restriction, f"{{{child.id}}}", "open_to" if lifted else "closed_to",
        {"undone": "own_family", "apart": "colleague", "same": "well_known"}[like], _REASONS[like], YES,
        YES if declared else NO, days.stamp(decided, 10 * 60), decider.id, decider.name, NULL,
        days.text(decided + 90), *(again if lifted else (NULL,) * 3),
    )  # fmt: skip
    t.add("restriction_person", restriction, child.id)
    t.add("restriction_account", restriction, named.id)


def _name(worker: Worker) -> str:
    return worker.name
