"""What the consent room would have written: agreements, refusals, withdrawals, sharing without agreement."""

from locality.demo import days, helping
from locality.demo.batch import EMPTY, NO, NULL, YES, array, flag
from locality.demo.chance import one_of
from locality.demo.families import Person
from locality.demo.helping import Episode, family_of
from locality.demo.teller import Agreed, Teller
from locality.demo.themes import words
from locality.demo.world import fixed_id

YEAR = 365
_EXPLAINED = ("Went through the leaflet together", "Talked at the kitchen table, with pictures for the children",
              "Explained by telephone and again at home", "With the interpreter, sentence by sentence")  # fmt: skip


def agree(t: Teller, episode: Episode, day: int, how: str) -> str | None:
    """An agreement (or a refusal) for the family; gives its id when something may follow from it."""
    rng, worker = t.rng, episode.worker
    giver, capacity, about, gillick = _giver(t, episode, day)
    refused = how == "refused"
    shares = not refused and rng.random() < 0.65
    agreement, at = t.id(), (day, t.at_work())
    partial = how == "partial"
    interpreter = t.family.culture.language if not refused and rng.random() < t.family.culture.interpreter else ""
    purposes = ["assess", "contact", "share_additional", "share_basic", "store"]
    if rng.random() < 0.6:
        purposes.insert(2, "evaluation")
    t.add(
        "agreement", agreement, t.family.id, array(p.id for p in about), giver.id, capacity, "",
        worker.name if gillick else "", "Explained it back in own words and asked good questions" if gillick else "",
        flag(refused), "We want to think about it first." if refused else "", EMPTY if refused else array(purposes),
        "nobody" if refused else "helping", EMPTY,
        "{" + fixed_id("agency", "Demonstration Police: Community Safety") + "}" if partial else EMPTY, "",
        "{money}" if partial else EMPTY, flag(shares), "" if refused else one_of(rng, _EXPLAINED), interpreter,
        NULL if refused else one_of(rng, ("wet_ink_held", "e_signature", "verbal_recorded")), days.text(day),
        NULL if refused else days.text(day + 350), days.stamp(*at), worker.id, worker.name,
    )  # fmt: skip
    words_of = "did not agree to take part." if refused else f"agreed to take part ({_CAPACITIES[capacity]})."
    source = f"{worker.name}, {worker.job_title}"
    t.story(about, day, days.stamp(*at), "agreement", f"{giver.name} {words_of}", source, ("agreement", agreement))
    if refused:
        t.agreement = None
        helping.end_by_agreement(t, episode, at)
        return None
    helping.agreed(t, episode, Agreed(agreement, day, shares), days.stamp(*at))
    return agreement


_CAPACITIES = {
    "pr_holder": "holds parental responsibility",
    "self_16_17": "for themselves, aged 16 or 17",
    "self_gillick": "for themselves, under 16 and able to decide this",
    "self_adult": "for themselves, an adult",
}


def _giver(t: Teller, episode: Episode, day: int) -> tuple[Person, str, list[Person], bool]:
    """Who agrees, in what capacity, for whom; and whether somebody judged that a child under 16 can decide."""
    members = family_of(t, episode)
    eldest = episode.children[0]
    age = eldest.age_on(day) or 0
    if t.giver is None:
        likely = 0.5 if age in {16, 17} else 0.08 if 13 <= age < 16 else 0
        alone = len(episode.children) == 1 and t.rng.random() < likely
        t.giver = eldest if alone else t.family.carer.person
    if t.giver is not eldest:
        return t.giver, "pr_holder", members, False
    capacity = "self_gillick" if age < 16 else "self_16_17" if age < 18 else "self_adult"
    return eldest, capacity, members, age < 16


def withdraw(t: Teller, episode: Episode, agreement: str, day: int) -> None:
    """The family takes its agreement back; what followed from it ends."""
    worker, at = episode.worker, (day, t.at_work())
    people = family_of(t, episode)
    risk = one_of(t.rng, ("unlikely", "watch", "watch"))
    t.add(
        "agreement_withdrawal", t.id(), agreement, array(p.id for p in people), "whole", NULL, NULL,
        t.family.carer.person.id, one_of(t.rng, words("withdrawn")), days.text(day), risk,
        "School keeps an eye on it." if risk == "watch" else "", days.stamp(*at), worker.id, worker.name,
    )  # fmt: skip
    line, source = "Agreement to take part was withdrawn.", f"{worker.name}, {worker.job_title}"
    t.story(people, day, days.stamp(*at), "agreement", line, source, ("agreement", agreement))
    helping.agreed(t, episode, None, days.stamp(*at))
    helping.end_by_agreement(t, episode, at)


def share_without(t: Teller, children: list[Person], day: int, minute: int, by: str, by_id: str) -> None:
    """Information given to social care without agreement, with its ground."""
    told, override = t.rng.random() < 0.7, t.id()
    t.add(
        "share_override", override, t.family.id, array(c.id for c in children), "child_at_risk",
        "What was said to the front door", "Children's social care", "Nadia Rahimi", YES if told else NO,
        "" if told else "Telling them might have put the child at more risk.", days.stamp(day, minute), by_id, by,
    )  # fmt: skip
    for child in children:
        t.add("share_override_person", override, child.id)
    line = "Information was shared without agreement. Not sharing may leave a child at risk of harm."
    t.story(children, day, days.stamp(day, minute), "agreement", line, by, ("share_override", override))


def renewals(day: int, last: int) -> list[int]:
    """The days on which an agreement is gone over again, yearly, up to a day."""
    return [working for n in range(1, 20) if (working := days.working(day + n * (YEAR - 20))) <= last]
