"""What the CAF room would have written of an assessment: nineteen elements, voices, conclusions, comments."""

from dataclasses import dataclass
from functools import cache

from locality.caf.api import CHILD_TOOLS
from locality.demo import days, told, voicing
from locality.demo.batch import EMPTY, NO, NULL, YES, or_null
from locality.demo.chance import Weighted, between, one_of
from locality.demo.facts import Telling
from locality.demo.families import Person
from locality.demo.helping import Episode, tell
from locality.demo.sectioning import write_sections
from locality.demo.teller import Teller
from locality.demo.themes import Theme, fill, words, words_by

CHILD_CODES = ("D1.1a", "D1.1b", "D1.1c", "D1.2", "D1.3", "D1.4", "D1.5", "D1.6", "D1.7a", "D1.7b", "D1.7c", "D1.7d")
SHARED_CODES = ("D2.1", "D2.2", "D2.3", "D3.1", "D3.2", "D3.3", "D3.4")
_NOT_YET = {"D1.7a": 2, "D1.7b": 3, "D1.7c": 4, "D1.7d": 5, "D1.6": 1, "D1.3": 1, "D1.4": 2}  # from which age asked
_EVIDENCE = Weighted({"parent_said": 40, "observed": 30, "child_said": 20, "other_worker": 10})
_SAYING = {"child_said": "the child", "parent_said": "a parent or carer"}
_TRIED_AGAIN_WITHIN = 14  # days after the day that was set for it
# What was known already stood in the CAF: how often it was right, and up to where it was put right; else asked again.
_CONFIRMED, _CORRECTED = 0.78, 0.9
_LEVELS = {
    1: Weighted({"no_additional_needs": 1, "additional_needs_single_service": 4}),
    2: Weighted({"additional_needs_single_service": 3, "additional_needs_multi_service": 5}),
    3: Weighted({"additional_needs_multi_service": 5, "complex_needs": 4, "risk_of_harm": 0.3}),
    4: Weighted({"complex_needs": 3, "risk_of_harm": 2}),
}
_TOOLS = {
    "young": Weighted({"observation": 5, "pictorial_scale": 3, "learning_diary": 2, "symbols_sign": 0.5}),
    "middle": Weighted({"three_houses": 5, "my_star": 2, "pictorial_scale": 2, "symbols_sign": 1, "talking_mats": 0.7}),
    "teen": Weighted({"direct_words": 4, "statements": 3, "app_or_web": 2, "sdq_self": 1, "advocate": 0.5}),
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """One version of a CAF; ``completed`` None while it is a draft."""

    id: str
    number: int
    started: int
    completed: int | None
    share: float  # of the answers that are given
    reference: str = ""  # the next one, unless it is to be a known one


def write_assessment(t: Teller, episode: Episode, assessment: Assessment) -> str:
    """All of it: a complete CAF answers everything, a draft as much as somebody has come to; gives the reference."""
    a, worker = assessment, episode.worker
    stamp = days.stamp(a.completed or a.started, between(t.rng, 540, 1000))
    led = _what_led(t, episode, a)
    carer = t.family.carer.person
    present = fill(one_of(t.rng, words("present")), child=episode.children[0].called, carer=carer.called)
    reference = a.reference or t.batch.reference("CA")
    t.add(
        "assessment", a.id, reference, episode.id, episode.about, str(a.number),
        "draft" if a.completed is None else "complete", days.text(a.started),
        or_null(a.completed and days.text(a.completed)), worker.id, worker.name, worker.agency, present,
        led, worker.id, worker.name, days.stamp(a.started, 600), "2",
    )  # fmt: skip
    given = 0
    codes: list[tuple[str, Person | None]] = [(code, child) for child in episode.children for code in CHILD_CODES]
    codes += [(code, None) for code in SHARED_CODES]
    for code, child in codes:
        if a.completed is not None or t.rng.random() < a.share:
            _write_answer(t, episode, a, (code, child), stamp)
            given += 1
    _write_children(t, episode, a, stamp)
    if t.is_scene:
        write_sections(t, episode, a.id, a.started)
    if a.completed is None:
        episode.draft_answers = given
        return reference
    episode.draft_answers = None
    episode.completed_on = a.completed
    line = "The assessment was completed" if a.number == 1 else "The assessment was brought up to date"
    tell(t, episode, (a.completed, 960), "assessment", line, ("assessment", a.id))
    return reference


def _what_led(t: Teller, episode: Episode, a: Assessment) -> str:
    """What led to asking for help: what the contact told stands there already, and is mostly right."""
    known, children, worker = episode.referral.decision.summary, episode.children, episode.worker
    if a.started < t.today - told.KEPT_DAYS or a.number > 1:
        return known
    telling = Telling("assessment", a.id, a.started, 600, worker.name, worker)
    chance = t.aside.random()
    if chance < _CONFIRMED:
        told.confirm(t, telling, children, "led_to")
        told.confirm(t, telling, children, "school")
    elif chance < _CORRECTED:
        known = f"{known} {one_of(t.aside, words('put_right'))}"
        told.correct(t, telling, children, ("led_to", known))
    else:
        told.tell(t, telling, children, ("led_to", "story", known))
    return known


def _keep_said(
    t: Teller, episode: Episode, a: Assessment, said: tuple[str, list[Person]], line: tuple[str, str]
) -> None:
    """What child or parents said to a CAF that is complete: ``said`` is who said it of whom."""
    (teller, about), (topic, words_said) = said, line
    if a.completed is not None and words_said and a.started >= t.today - told.KEPT_DAYS:
        telling = Telling("assessment", a.id, a.completed, 960, teller, episode.worker, own_words=True)
        told.tell(t, telling, about, (topic, "assessment", words_said))


def _write_answer(t: Teller, episode: Episode, a: Assessment, about: tuple[str, Person | None], stamp: str) -> None:
    code, child = about
    worker = episode.worker
    strengths, needs = _said(t, episode, code, child, a.started)
    severity = NULL if not needs else str(between(t.rng, 1, 3))
    silent = not strengths and not needs
    evidence = "" if silent else _EVIDENCE.pick(t.rng)
    t.add(
        "element_answer", t.id(), a.id, NULL if child is None else child.id, code,
        episode.about if child is None else "{" + child.id + "}", strengths, needs,
        EMPTY if silent else "{" + evidence + "}", severity, YES if silent else NO, stamp, worker.id,
        worker.name, "1",
    )  # fmt: skip
    if evidence in _SAYING:
        said = (_SAYING[evidence], episode.children if child is None else [child])
        for topic, text in (("going_well", strengths), ("worrying", needs)):
            _keep_said(t, episode, a, said, (topic, text and told.line_of_element(code, text)))


def _said(t: Teller, episode: Episode, code: str, child: Person | None, day: int) -> tuple[str, str]:
    theme = t.family.theme
    age = None if child is None else child.age_on(day)
    if child is not None and (age is None or age < _NOT_YET.get(code, 0)):
        return ("", "")
    name = (child or episode.children[0]).called
    carer = t.family.carer.person.called
    strengths = needs = ""
    if child is None or child is episode.children[0]:
        strengths, needs = _of_theme(t, theme, code)
    chance = t.rng.random()
    if not strengths and chance < 0.62:
        strengths = one_of(t.rng, _ordinary(code))
    return fill(strengths, child=name, carer=carer), fill(needs, child=name, carer=carer)


def _of_theme(t: Teller, theme: Theme, code: str) -> tuple[str, str]:
    strengths, needs = theme.strengths.get(code), theme.needs_under.get(code)
    return (one_of(t.rng, strengths) if strengths else "", one_of(t.rng, needs) if needs else "")


@cache
def _ordinary(code: str) -> tuple[str, ...]:
    return tuple(words_by("strengths")[code])


def _write_children(t: Teller, episode: Episode, a: Assessment, stamp: str) -> None:
    """Voice for each child; conclusions and comments once it is complete."""
    for child in episode.children:
        if a.completed is not None or t.rng.random() < a.share:
            write_voice(t, episode, child, min(a.started + 1, t.today - 1), a)
        if a.completed is not None:
            _write_end(t, episode, a, child, stamp)


def _write_end(t: Teller, episode: Episode, a: Assessment, child: Person, stamp: str) -> None:
    worker, carer = episode.worker, t.family.carer.person
    text = fill(one_of(t.rng, t.family.theme.conclusion), child=child.called, carer=carer.called)
    level = _LEVELS[episode.stage].pick(t.rng)
    t.add("conclusion", t.id(), a.id, child.id, level, text, "", worker.id, stamp, worker.name, "1")
    can_speak = (child.age_on(a.started) or 0) >= 4 and t.rng.random() < 0.75
    t.add(
        "family_comment", t.id(), a.id, child.id, "child", YES if can_speak else NO,
        (own := one_of(t.rng, words("child_comment")) if can_speak else ""), "", stamp, worker.name, "1",
    )  # fmt: skip
    _keep_said(t, episode, a, ("the child", [child]), ("family_views", own))
    spoke = t.rng.random() < 0.85
    t.add(
        "family_comment", t.id(), a.id, child.id, "parent", YES if spoke else NO,
        (view := one_of(t.rng, words("parent_comment")) if spoke else ""), carer.name if spoke else "", stamp,
        worker.name, "1",
    )  # fmt: skip
    _keep_said(t, episode, a, (carer.name, [child]), ("family_views", view))


def write_voice(t: Teller, episode: Episode, child: Person, day: int, assessment: Assessment | None) -> str | None:
    """The child's own words, or why they could not be had; gives the id when they were."""
    rng, worker = t.rng, episode.worker
    age = child.age_on(day)
    voice, at = t.id(), (day, t.at_work())
    why = "unborn" if age is None else ""
    if not why and rng.random() < 0.05:
        why = one_of(rng, ("refused", "not_seen", "unsafe_to_ask", "other"))
    of = NULL if assessment is None else assessment.id
    if why:
        note = "Asleep at both visits" if why == "other" else ""
        again = days.working(max(day + 30, (child.due or 0) + 14))
        t.add(
            "voice_entry", voice, episode.id, of, child.id, "not_obtained", "", "", "team", why, note, days.text(again),
            days.text(day), days.stamp(*at), worker.id, worker.name, NULL, "", NO, NO,
        )  # fmt: skip
        episode.unheard[child.id] = (child, again)
        return None
    episode.unheard.pop(child.id, None)
    group = "young" if (age or 0) < 6 else "middle" if (age or 0) < 12 else "teen"
    said = fill(one_of(rng, t.family.theme.voice[group]), child=child.called, carer=t.family.carer.person.called)
    present = fill(one_of(rng, words("nobody")), child=child.called, carer=t.family.carer.person.called)
    readers = "lead_only" if group == "teen" and rng.random() < 0.15 else "team"
    tool, sitting = _TOOLS[group].pick(rng), NULL
    if tool in CHILD_TOOLS and assessment is not None and rng.random() < voicing.ON_A_TABLET:
        sitting, said = voicing.sit(t, episode, child, tool=tool, day=day, of=assessment.id, said=said)
        voicing.draw(t, child, worker, tool=tool, of=(sitting, voice), at=days.stamp(*at))
    advocate = "An advocate of the council’s advocacy service" if tool == "advocate" else ""
    t.add(
        "voice_entry", voice, episode.id, of, child.id, tool, said, present, readers, NULL, "", NULL,
        days.text(day), days.stamp(*at), worker.id, worker.name, sitting, advocate, NO, voicing.did_suit(tool, age),
    )  # fmt: skip
    episode.voices.append((voice, child.id, day))
    if rng.random() < 0.5:
        t.add("voice_reading", t.id(), voice, child.id, one_of(rng, words("reading")), days.stamp(*at), worker.id,
              worker.name)  # fmt: skip
    line = "Their own words were written down"
    t.story([child], day, days.stamp(*at), "voice", line, f"{worker.name}, {worker.job_title}", ("voice_entry", voice))
    episode.last_voice = max(day, episode.last_voice or 0)
    return voice


def listen_to_unheard(t: Teller, episode: Episode) -> None:
    """Children whom somebody would have tried again by now, while the help went on."""
    for child, _ in list(episode.unheard.values()):
        while episode.closed_on is None and child.id in episode.unheard:
            _, again = episode.unheard[child.id]
            if again >= t.today - _TRIED_AGAIN_WITHIN:
                break
            write_voice(t, episode, child, again, None)


def answers_in_all(children: list[Person]) -> int:
    """How many answers a CAF with these children asks for."""
    return len(CHILD_CODES) * len(children) + len(SHARED_CODES)
