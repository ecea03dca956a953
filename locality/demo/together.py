"""What the CAF room would have written of working together in the families that are there to show it.

Goals, meetings with who came, scores over time, needs under the ten outcomes, and audits of quality. Drawn apart from
the rest of a family's history, so that the families stay who they are.
"""

import json

from locality.access.parts import GrantReason
from locality.demo import days
from locality.demo.batch import NULL, array, document
from locality.demo.chance import between, one_of
from locality.demo.helping import Episode, Role, management_of_cluster
from locality.demo.teller import Teller
from locality.kernel.ids import encode_reference
from locality.migrations.runner import FOLDER

# The finished CAF that the user guide names: numbers below the first that families get.
SHOWN_EPISODE, SHOWN_CAF = encode_reference("EH", 7), encode_reference("CA", 7)
_SDQ_FOUR_BANDS = "f0d00000-0000-4000-8000-000000000032"
_QUALITY_FORM = "f0d00000-0000-4000-8000-000000000040"
_ITEMS = tuple(
    item["code"]
    for item in json.loads((FOLDER / "versions" / "0026_reference.json").read_text(encoding="utf-8"))["quality"]
)
_SCALES = ("emotional", "conduct", "hyperactivity", "peer", "prosocial")
_ROOMS = ("Children’s centre, room 2", "School, the head’s office", "The family’s home", "Library, meeting room")
_NEEDS = {
    1: ("Mornings are missed at school", "Attendance of 82% last term", "Attendance of 91%", "Attendance of 96%"),
    3: ("Sleep is short and broken", "Sleep diary: five hours", "Sleep diary: seven hours", "Sleep diary: nine hours"),
    5: ("Evenings end in shouting", "Told by mother and child", "Fewer than half the evenings", "Once a fortnight"),
}
_STEPS = ("not_yet", "partly", "achieved")
_GOALS = (
    ("Mornings and evenings are calm", "Nobody shouts before school or at bedtime", "Three calm mornings a week"),
    ("School is a place to look forward to", "On time every day, and a friend to sit with", "On time four days a week"),
)
_WELL = "The child’s own words lead the assessment. Strengths are as full as needs."
_BETTER = "Say what happens if nothing changes, and tie each action to what the child said."
_LOOK_BACK_DAYS = 365


def set_goal(t: Teller, episode: Episode, day: int, codes: tuple[str, ...]) -> str:
    """A goal of the plan; the id under which actions serve it."""
    goal = str(t.new_id())
    wanted, known, at_review = one_of(t.aside, _GOALS)
    t.add(
        "plan_goal", goal, episode.id, episode.about, wanted, known, at_review, array(codes or ("D2.3",)), "5", NULL,
        days.stamp(day, 850), episode.worker.name, "1",
    )  # fmt: skip
    return goal


def meet(t: Teller, episode: Episode, day: int, *, is_over: bool) -> str:
    """A meeting of the team on a day, with its guests; the id by which its review names it."""
    meeting, worker, aside = str(t.new_id()), episode.worker, t.aside
    kind = "first" if episode.last_review is None and is_over else "review"
    t.add(
        "meeting", meeting, episode.id, episode.about, kind, "held" if is_over else "arranged", days.stamp(day, 930),
        "60", one_of(aside, _ROOMS), "", "", days.stamp(days.working_before(day - 14), 600), worker.id, worker.name,
        "2" if is_over else "1",
    )  # fmt: skip
    for role in [*([episode.lead] if episode.lead else []), *episode.team]:
        _ask(t, episode, meeting, role, came=_came(t, is_over=is_over))
    carer = t.family.carer.person
    if all(role.person is not carer for role in episode.team):
        t.add(
            "meeting_guest", str(t.new_id()), meeting, episode.about, NULL, carer.id, carer.name, "Family", "",
            "came" if is_over else NULL,
        )  # fmt: skip
    return meeting


def _came(t: Teller, *, is_over: bool) -> str:
    if not is_over:
        return NULL
    return "came" if t.aside.random() < 0.85 else "apologies"


def _ask(t: Teller, episode: Episode, meeting: str, role: Role, *, came: str) -> None:
    described = ", ".join(part for part in (role.job_title, role.organisation) if part) or "Family"
    t.add(
        "meeting_guest", str(t.new_id()), meeting, episode.about, role.id, role.person.id if role.person else NULL,
        role.name, described, role.worker.email if role.worker else "", came,
    )  # fmt: skip


def write_change(t: Teller, episode: Episode, reviews: list[int]) -> None:
    """Scores and needs at the start, at each review and at the end."""
    start = episode.completed_on
    if start is None:
        return
    looks = [start, *reviews]
    for child in episode.children:
        if (child.age_on(start) or 0) >= 4:
            for who in ("parent", "teacher"):
                _score(t, episode, (child.id, who), looks)
    for code in (1, 3, 5)[: between(t.aside, 2, 3)]:
        _need(t, episode, code, looks)


def _score(t: Teller, episode: Episode, about: tuple[str, str], looks: list[int]) -> None:
    child, who = about
    points = {scale: between(t.aside, 4, 8) for scale in _SCALES}
    points["prosocial"] = between(t.aside, 4, 6)
    for day in looks:
        total = sum(points[scale] for scale in _SCALES[:4])
        t.add(
            "score", str(t.new_id()), episode.id, child, _SDQ_FOUR_BANDS, who, days.text(day), document(points),
            str(total), "", days.stamp(day, 970), episode.worker.id, episode.worker.name, NULL, "", "",
        )  # fmt: skip
        for scale in _SCALES[:4]:
            points[scale] = max(points[scale] - between(t.aside, 0, 2), 0)
        points["prosocial"] = min(points["prosocial"] + between(t.aside, 0, 1), 10)


def _need(t: Teller, episode: Episode, code: int, looks: list[int]) -> None:
    need, worker = str(t.new_id()), episode.worker
    words, *evidence = _NEEDS[code]
    t.add(
        "family_need", need, episode.id, episode.about, str(code), words, evidence[0], days.text(looks[0]),
        days.stamp(looks[0], 975), worker.name,
    )  # fmt: skip
    last = len(looks) - 1
    for place, day in enumerate(looks):
        ends = place == last and episode.closed_on is not None and place > 0
        step = 0 if place == 0 else 2 if ends else 1
        occasion = "baseline" if place == 0 else "closure" if ends else "review"
        t.add(
            "need_check", str(t.new_id()), need, episode.about, occasion, _STEPS[step], evidence[step], days.text(day),
            days.stamp(day, 980), worker.name,
        )  # fmt: skip


def audit_quality(t: Teller, episode: Episode, caf: tuple[str, str]) -> None:
    """An audit of a CAF, by its id and reference, by a manager who did not write it, in the last months."""
    author, aside = episode.worker, t.aside
    others = [one for one in t.world.workers if one.duties and one.duties[0].role == "manager" and one is not author]
    if not others:
        return
    day = max(days.working_before(t.today - between(aside, 1, 150)), episode.completed_on or 0)
    said = {code: "yes" if (chance := aside.random()) < 0.78 else "no" if chance < 0.93 else "na" for code in _ITEMS}
    counted = list(said.values())
    is_read = day < t.today - 30
    caf_id, reference = caf
    t.add(
        "quality_audit", str(t.new_id()), caf_id, episode.about, reference, "1", episode.cluster.id, _QUALITY_FORM,
        author.id, author.name, others[0].id, others[0].name, "manager", document(said), str(counted.count("yes")),
        str(counted.count("na")), str(len(_ITEMS)), _WELL, _BETTER, days.text(day), days.stamp(day, 900),
        days.stamp(day + 5, 700) if is_read else NULL, "Thank you, that helps." if is_read else "",
    )  # fmt: skip


def let_look_back(t: Teller, episode: Episode) -> None:
    """Those who manage the area read a closed case for a year."""
    closed = episode.closed_on
    if closed is None or closed < t.today - _LOOK_BACK_DAYS:
        return
    span = (days.stamp(closed, 16 * 60), 0, days.stamp(closed + _LOOK_BACK_DAYS, 16 * 60))
    manages = management_of_cluster(episode.cluster.id)
    t.grant(episode.children, manages, GrantReason.AFTER_CLOSURE, episode.id, span)
