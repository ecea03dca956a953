"""What the CAF room would have written of plan, reviews and closure."""

from dataclasses import dataclass

from locality.demo import days, together, told, voicing
from locality.demo.batch import NULL, YES, array
from locality.demo.chance import Weighted, between, one_of
from locality.demo.facts import Telling
from locality.demo.helping import Episode, tell
from locality.demo.teller import Teller
from locality.demo.themes import fill, words

FIRST_REVIEW_DAYS = 42
_LONG_DAYS = 730
# Of reviews: at how many the family puts right what it wanted, and up to where it wants that no longer.
_PUT_RIGHT, _NO_LONGER = 0.03, 0.06
_CLOSING_LINES = {
    "needs_met_universal": "Needs met: universal services are enough now",
    "needs_met_single_agency": "Needs met: one service goes on helping",
    "stepped_up_social_care": "Children's social care has taken over",
    "consent_withdrawn": "The family withdrew its agreement",
    "not_engaged": "The family could not be reached after several attempts",
    "moved_out_of_area": "The family moved to another area",
    "reached_age_limit": "The young person is now too old for the service",
    "child_died": "The child has died",
    "duplicate_or_error": "Opened twice or by mistake",
    "other": "Another reason",
}
_RATINGS = Weighted({"all": 25, "most": 45, "some": 22, "none": 8})
_NOTES = {
    "not_engaged": "Three visits and two letters without an answer.",
    "other": "The family is moving between two addresses and asked to pause.",
    "duplicate_or_error": "Opened for the wrong brother; the right one has his own.",
}
_ENDS = Weighted({"done": 72, "partly": 14, "not_done": 7, "no_longer_needed": 7})
_RISK = "School sees the children every day and would tell us; nobody thinks that they are in danger."
_NEW_AREA = "Chelmsford"
_WHY = {
    "partly": "Half of it done; the rest was no longer needed.",
    "not_done": "No time was found before the move.",
    "no_longer_needed": "Things got better by themselves.",
}


@dataclass(slots=True)
class Action:
    """An action of the plan as it goes."""

    id: str
    texts: tuple[str, str]
    codes: tuple[str, ...]
    outcome: int
    who: tuple[str, str, str, str]  # responsible, role id, person id, name
    created: int
    due: int
    status: str = "not_started"
    completed: int | None = None
    note: str = ""
    changes: int = 1
    goal: str = NULL


def draw_plan(t: Teller, episode: Episode, day: int) -> list[Action]:
    """The actions that family and team agree on."""
    chosen = list(t.family.theme.actions)
    t.rng.shuffle(chosen)
    plan = []
    child, carer = episode.children[0].called, t.family.carer.person.called
    for outcome, action, who, codes, number in chosen[: between(t.rng, 2, 4)]:
        made = (fill(outcome, child=child, carer=carer), fill(action, child=child, carer=carer))
        due = days.working(day + between(t.rng, 28, 84))
        plan.append(Action(t.id(), made, codes, number, _carries(t, episode, who), day, due))
    episode.actions = len(plan)
    if t.is_scene and plan:
        goal = together.set_goal(t, episode, day, plan[0].codes)
        for one in plan[: between(t.aside, 1, len(plan))]:
            one.goal = goal
    return plan


def _carries(t: Teller, episode: Episode, who: str) -> tuple[str, str, str, str]:
    if who == "professional":
        roles = [episode.lead, *episode.team] if episode.lead else episode.team
        named = [role for role in roles if role and role.worker]
        role = one_of(t.rng, named) if named else None
        return (who, role.id if role else NULL, NULL, role.name if role else episode.worker.name)
    if who == "family_member":
        return (who, NULL, t.family.carer.person.id, t.family.carer.person.name)
    if who == "child":
        child = episode.children[0]
        return (who, NULL, child.id, child.name) if child.due is None else ("family_member", NULL, NULL, "The parents")
    return ("volunteer", NULL, NULL, "A volunteer of Neighbour Hands")


def look_at(t: Teller, episode: Episode, plan: list[Action], day: int, *, last: bool) -> None:
    """A review looks at every open action; before needs are met none stays open."""
    for action in plan:
        if action.status not in {"not_started", "in_progress"}:
            continue
        over = last or (action.due <= day and t.rng.random() < 0.75)
        action.status = _ENDS.pick(t.rng) if over else "in_progress"
        action.note = _WHY.get(action.status, "")
        action.completed = day if over else None
        action.changes += 1
        at = (day, t.at_work())
        t.add("action_update", t.id(), action.id, episode.about, action.status, action.note, days.stamp(*at),
              episode.worker.name)  # fmt: skip
        if action.status == "done":
            tell(t, episode, at, "plan", f"Done: {action.texts[1]}", ("plan_action", action.id))


def write_plan(t: Teller, episode: Episode, plan: list[Action]) -> None:
    """The rows of the plan as it stands."""
    for a in plan:
        t.add(
            "plan_action", a.id, episode.id, episode.about, *a.texts, array(a.codes), str(a.outcome), *a.who, NULL,
            days.text(a.due), a.status, NULL if a.completed is None else days.text(a.completed), a.note,
            days.stamp(a.created, 840), episode.worker.name, str(a.changes), a.goal, NULL,
        )  # fmt: skip
    voicing.cite(t, episode, [(a.id, a.created) for a in plan])


def hold_review(t: Teller, episode: Episode, due: int, held: int, next_on: int | None) -> None:
    """A review that was held."""
    review, worker = t.id(), episode.worker
    child, carer = episode.children[0].called, t.family.carer.person.called
    said = t.rng.random() < 0.6
    meeting = together.meet(t, episode, held, is_over=True) if t.is_scene else NULL
    t.add(
        "review", review, episode.id, episode.about, "held", days.text(due), days.text(held),
        fill(one_of(t.rng, words("present")), child=child, carer=carer),
        fill(one_of(t.rng, t.family.theme.progress), child=child, carer=carer),
        _decisions(t, episode, held, next_on), NULL if next_on is None else days.text(next_on),
        (child_said := one_of(t.rng, words("child_comment")) if said else ""),
        (parent_said := one_of(t.rng, words("parent_comment")) if said else ""), days.stamp(held, 960), worker.name,
        meeting, "School and the lead professional look again in a fortnight." if t.is_scene else "", "",
    )  # fmt: skip
    _keep_said(t, episode, (review, held), (child_said, parent_said))
    tell(t, episode, (held, 960), "review", "The team and the family reviewed the plan", ("review", review))
    episode.last_review = held


def _decisions(t: Teller, episode: Episode, held: int, next_on: int | None) -> str:
    """What a review decided; why help goes on that has lasted longer than two years."""
    usual = one_of(t.rng, words("decisions"))
    if next_on is None or held - episode.opened < _LONG_DAYS:
        return usual
    return one_of(t.aside, words("goes_on"))


def _keep_said(t: Teller, episode: Episode, review: tuple[str, int], said: tuple[str, str]) -> None:
    """What child and parents said at a review, for the story; now and then they put an earlier line right or end it."""
    review_id, held = review
    if held < t.today - told.KEPT_DAYS:
        return
    worker, children, carer = episode.worker, episode.children, t.family.carer.person
    for teller, words_said in zip(("the child", "a parent or carer"), said, strict=True):
        telling = Telling("review", review_id, held, 960, teller, worker)
        told.tell(t, telling, children, ("family_views", "plan", words_said))
    chance, record = t.aside.random(), t.new_id()
    telling = Telling("family", record, held, 970, carer.name, worker, own_words=True)
    if chance < _PUT_RIGHT:
        told.correct(t, telling, children, ("wants", one_of(t.aside, words("wants_now"))))
    elif chance < _NO_LONGER:
        told.end(t, telling, children, "wants")


def plan_review(t: Teller, episode: Episode, due: int, state: str, day: int) -> None:
    """A review that is planned, or was and will not be held."""
    if state == "planned":
        episode.planned_review = due
        if t.is_scene and due > t.today:
            together.meet(t, episode, due, is_over=False)
    t.add(
        "review", t.id(), episode.id, episode.about, state, days.text(due), NULL, "", "", "", NULL, "", "",
        days.stamp(day, 960), episode.worker.name, NULL, "", "",
    )  # fmt: skip


def write_closure(t: Teller, episode: Episode, day: int, reason: str) -> str:
    """How the episode ended; gives the reason in words."""
    rng = t.rng
    met = reason.startswith("needs_met")
    rated = reason not in {"duplicate_or_error", "child_died"}
    rating = ("all" if rng.random() < 0.5 else "most") if met else _RATINGS.pick(rng)
    decided = days.text(day - 2) if reason == "stepped_up_social_care" else NULL
    told = met or reason == "reached_age_limit"
    t.add(
        "closure", episode.id, episode.about, reason, _NOTES.get(reason, one_of(rng, words("closing")) if met else ""),
        rating if rated else NULL, decided, one_of(rng, words("child_exit")) if told else "",
        one_of(rng, words("parent_exit")) if told else "", one_of(rng, words("universal")) if told else "",
        one_of(rng, words("way_back")) if told else "", days.text(day), days.stamp(day, 16 * 60), episode.worker.name,
        "child_in_need" if reason == "stepped_up_social_care" else NULL,
        _RISK if reason in {"consent_withdrawn", "not_engaged"} else "",
        _NEW_AREA if reason == "moved_out_of_area" else "", YES if reason == "moved_out_of_area" else NULL,
    )  # fmt: skip
    line = _CLOSING_LINES[reason]
    tell(t, episode, (day, 960), "closure", f"Early help ended. {line}", ("episode", episode.id))
    return line


def line_of(reason: str | None) -> str:
    """A reason for closing in words."""
    return _CLOSING_LINES[reason] if reason else ""
