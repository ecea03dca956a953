"""What becomes of one request for help: drawn by chance, or set so that every state of every record is there to see."""

import random
from dataclasses import dataclass, replace

from locality.demo.chance import Weighted, between
from locality.demo.themes import Theme, theme, themes

_MOST_YEARS_OPEN = 3.5  # a family helped for longer has been forgotten
EARLY_HELP = frozenset({"early_help_single_agency", "early_help_multi_agency"})
SOCIAL_CARE = frozenset({"social_care_referral", "strategy_discussion"})
_OUTCOMES = Weighted(
    {
        "early_help_multi_agency": 38,
        "early_help_single_agency": 10,
        "nfa": 14,
        "info_advice": 15,
        "signpost_universal": 9,
        "social_care_referral": 4,
        "strategy_discussion": 1,
        "returned_no_consent": 5,
        "transfer_other_la": 2,
    }
)
_ANSWERS = Weighted(
    {
        ("accept",): 80,
        ("decline", "accept"): 6,
        ("wait", "accept"): 6,
        ("ask", "accept"): 4,
        ("expire", "accept"): 2,
        ("decline", "withdraw"): 1,
        ("withdraw",): 1,
    }
)
_CLOSURES = Weighted(
    {
        "needs_met_universal": 50,
        "needs_met_single_agency": 16,
        "stepped_up_social_care": 6,
        "consent_withdrawn": 7,
        "not_engaged": 9,
        "moved_out_of_area": 6,
        "reached_age_limit": 2,
        "child_died": 0.1,
        "duplicate_or_error": 1,
        "other": 2.9,
    }
)


@dataclass(frozen=True, slots=True)
class Script:
    """How a request for help goes. ``stop`` says where it stands still; an empty text: as far as time allows.

    ``moves`` are steps on the triangle at reviews ("up", "down", "top"); ``proposal`` is one that is not accepted;
    ``closure`` None keeps the episode open however long it lasts. ``holding`` is who has a contact that is held;
    ``enquiry`` what became of a question to a partner ("asked", "known", "unknown"); ``looked`` what a second look came
    to ("agrees", "disagrees") and ``corrected`` the outcome in place of the first;
    ``again``: how many days ago somebody got in touch about the family once more, where that contact stands, and what
    partners were asked. ``writes``: whoever got in touch left an e-mail address; ``is_shown``: it has the references of
    the user guide; ``is_for_lead``: the lead professional whom the documentation names first leads it.
    """

    outcome: str
    answers: tuple[str, ...] = ("accept",)
    stop: str = ""
    agreement: str = "agreed"
    moves: tuple[str, ...] = ()
    proposal: str = ""
    closure: str | None = "needs_met_universal"
    reviews: int = 2
    is_late: bool = False
    has_lead: bool = True
    second_caf: bool = False
    holding: str = "taken"
    enquiry: str = ""
    looked: str = ""
    corrected: str = ""
    writes: bool = False
    is_shown: bool = False
    is_for_lead: bool = False
    again: tuple[int, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A family that is there to show one state; ``days_ago`` is when it first got in touch, from and to.

    ``like``: its first child is the child of the family before ("same"), is taken for that child by mistake
    ("undone"), or has a twin ("apart").
    """

    days_ago: tuple[int, int]
    script: Script
    theme: str = ""
    children: int = 0
    is_unborn: bool = False
    is_hidden: bool = False
    shape: str = ""
    cluster: str = ""
    like: str = ""

    def theme_or(self, rng: random.Random) -> Theme:
        """The scene's theme, or any."""
        return theme(self.theme) if self.theme else themes().pick(rng)


def draw(rng: random.Random, drawn_theme: Theme, *, years_ago: float) -> Script:
    """A script by chance; with the years fewer requests end with social care, more with early help."""
    outcome = _OUTCOMES.pick(rng)
    if rng.random() < drawn_theme.concern * (0.25 + 0.05 * min(years_ago, 6)):
        outcome = "social_care_referral"
    if outcome not in EARLY_HELP:
        answers = ("accept",) if rng.random() < 0.9 else ("decline",)
        return Script(outcome, answers=answers)
    closure = _CLOSURES.pick(rng)
    reviews = between(rng, 1, 4)
    script = Script(
        outcome,
        answers=_ANSWERS.pick(rng),
        agreement=_agreement(rng, closure),
        closure=closure,
        reviews=reviews,
        moves=_moves(rng, closure, reviews),
        is_late=rng.random() < 0.18,
        second_caf=rng.random() < 0.12,
    )
    if rng.random() < 0.03:
        script = replace(script, proposal="declined" if rng.random() < 0.6 else "not_agreed")
    lingers = rng.random() < 0.012 and years_ago < _MOST_YEARS_OPEN
    return replace(script, closure=None, agreement="agreed") if lingers else script


def _agreement(rng: random.Random, closure: str) -> str:
    if closure == "consent_withdrawn":
        return "withdrawn"
    return "partial" if rng.random() < 0.1 else "agreed"


def _moves(rng: random.Random, closure: str, reviews: int) -> tuple[str, ...]:
    if closure == "stepped_up_social_care":
        return ("",) * (reviews - 1) + ("top",)
    chance = rng.random()
    if chance < 0.44:
        return ("",) * (reviews - 1) + ("down",)
    if chance < 0.5 and reviews > 1:
        return ("", *(("down",) * (reviews - 1)))
    if chance < 0.58 and reviews > 1:
        return ("up", "") + ("down",) * (reviews - 2)
    if chance < 0.62 and reviews > 2:
        return ("top", "down") + ("down",) * (reviews - 2)
    return ()


_M = "early_help_multi_agency"
_STILL = Script(_M, closure=None, reviews=6)


def _at(stop: str, **changes: object) -> Script:
    return replace(_STILL, stop=stop, **changes)  # type: ignore[arg-type]


def _ended(closure: str, **changes: object) -> Script:
    return replace(_STILL, closure=closure, reviews=2, **changes)  # type: ignore[arg-type]


_ENDINGS = (
    "needs_met_universal", "needs_met_single_agency", "consent_withdrawn", "not_engaged", "moved_out_of_area",
    "reached_age_limit", "child_died", "duplicate_or_error", "other",
)  # fmt: skip
_HOME_VISITS = ("parenting", "behaviour", "neglect", "separation", "substance")
_OTHERS: tuple[Scene, ...] = (
    *(Scene((0, 0), _at("open")) for _ in range(7)),
    Scene((0, 0), _at("open"), theme="neglect", children=3),
    Scene((0, 0), _at("open"), theme="new_baby", is_unborn=True, children=1),
    Scene((0, 0), _at("held", enquiry="asked"), theme="exploitation"),
    Scene((1, 1), _at("open")),
    Scene((1, 2), _at("held", enquiry="known"), theme="domestic_abuse", is_hidden=True, shape="mother"),
    *(Scene((4, 6), _at("open")) for _ in range(3)),
    Scene((1, 3), _at("sent")),
    *(Scene((2, 5), _at("offered")) for _ in range(4)),
    *(Scene((2, 5), _at("offered"), theme=theme, cluster="westcliff") for theme in _HOME_VISITS),
    Scene((2, 5), _at("offered"), theme="parenting", children=3, cluster="leigh"),
    *(Scene((12, 16), _at("offered")) for _ in range(3)),
    *(Scene((3, 9), _at("asked")) for _ in range(2)),
    *(Scene((6, 25), _at("waiting")) for _ in range(3)),
    *(Scene((6, 25), _at("waiting"), theme=theme, cluster="westcliff") for theme in _HOME_VISITS),
    *(Scene((4, 8), _at("declined")) for _ in range(2)),
    Scene((15, 20), _at("expired")),
    Scene((3, 5), _at("unplaced"), theme="emotional_wellbeing"),
    Scene((8, 20), _at("withdrawn")),
    Scene((2, 4), replace(_at("offered"), outcome="social_care_referral"), theme="neglect"),
    Scene((9, 14), Script("social_care_referral", answers=("decline",)), theme="neglect"),
    Scene((20, 40), Script("strategy_discussion"), theme="exploitation"),
    *(Scene((7, 12), _at("no_lead", has_lead=False)) for _ in range(3)),
    Scene((18, 24), _at("no_agreement", is_for_lead=True)),
    *(Scene((10, 20), _at("no_agreement")) for _ in range(2)),
    Scene((20, 30), _at("no_agreement", agreement="refused")),
    *(Scene((25, 45), _at("draft", is_for_lead=True)) for _ in range(2)),
    *(Scene((25, 45), _at("draft")) for _ in range(4)),
    Scene((30, 45), _at("no_caf", is_for_lead=True)),
    Scene((50, 60), _at("no_plan", is_for_lead=True)),
    *(Scene((50, 60), _at("no_plan")) for _ in range(2)),
    Scene((70, 80), _at("no_team"), shape="father"),
    Scene((120, 200), _at("late_review", is_for_lead=True)),
    *(Scene((120, 200), _at("late_review")) for _ in range(3)),
    Scene((140, 170), _at("", proposal="proposed", moves=("", "")), theme="parenting", shape="mother"),
    Scene((140, 170), _at("", proposal="proposed"), theme="attendance"),
    Scene((150, 190), _at("", proposal="more_info"), theme="bereavement"),
    Scene((150, 190), _at("", proposal="proposed_top"), theme="neglect"),
    Scene((150, 190), _at("", proposal="agreed"), theme="exploitation"),
    Scene((150, 220), _at("", proposal="urgent"), theme="domestic_abuse"),
    Scene((200, 240), _at("", proposal="withdrawn")),
    Scene((200, 240), _at("", proposal="not_agreed"), theme="neglect"),
    Scene((200, 240), _at("", proposal="declined"), theme="new_baby"),
    Scene((150, 260), _at("", moves=("mistake",)), theme="parenting"),
    Scene((200, 300), _at("", moves=("across",)), theme="housing_money"),
    Scene((330, 420), _at("late_review")),
    Scene((420, 600), _at("")),
    Scene((430, 500), _at("", moves=("up",)), theme="behaviour", shape="step", children=3),
    Scene((75, 90), _at("", agreement="withdrawn"), theme="separation", shape="two_homes"),
    Scene((160, 220), _at("", agreement="partial"), theme="parental_mental_health"),
    Scene((100, 130), _at(""), theme="new_baby", is_unborn=True, children=1),
    Scene((150, 300), _at(""), theme="domestic_abuse", is_hidden=True, shape="mother"),
    Scene((150, 300), _at(""), theme="young_carer", shape="grandparent"),
    Scene((150, 300), _at(""), theme="separation", shape="two_homes"),
    Scene((300, 380), _at("", moves=("top", "down")), theme="neglect"),
    Scene((300, 380), _at("", moves=("top",)), theme="substance"),
    Scene((40, 60), _at("allocated"), theme="send_autism"),
    *(
        Scene((260, 700), _ended(reason, agreement="withdrawn" if reason == "consent_withdrawn" else "agreed"))
        for reason in _ENDINGS
    ),
    Scene((260, 700), _ended("stepped_up_social_care", moves=("", "top"))),
    Scene((500, 900), Script("nfa", again=(0, "open", ""))),
    Scene((500, 900), Script("info_advice", again=(0, "held", "known"))),
    Scene((500, 900), Script("signpost_universal", again=(5, "open", ""))),
    Scene((500, 900), Script("returned_no_consent", again=(1, "held", "asked"))),
    Scene((500, 900), Script("transfer_other_la", again=(0, "open", ""))),
    *(Scene((0, 0), _at("held", enquiry=answer)) for answer in ("asked", "known", "unknown")),
    Scene((0, 0), _at("held", enquiry="asked"), theme="neglect"),
    Scene((0, 0), _at("held", enquiry="known", holding="put_back"), theme="substance"),
    *(Scene((4, 6), _at("held", enquiry="asked")) for _ in range(2)),
    Scene((4, 6), _at("held", enquiry="known", holding="taken_over")),
    Scene((5, 12), Script("nfa", looked="agrees", stop="decided", writes=True), children=1),
    Scene((6, 12), Script("signpost_universal", looked="agrees", stop="decided", writes=True), children=1),
    Scene(
        (6, 12),
        Script("nfa", looked="disagrees", corrected="info_advice", stop="decided", writes=True),
        theme="attendance",
        children=1,
    ),
    *(Scene((1, 2), Script("info_advice", stop="decided", writes=True)) for _ in range(3)),
    Scene((30, 60), Script("info_advice"), theme="attendance", children=1),
    Scene((8, 14), Script("signpost_universal"), theme="attendance", children=1, like="same"),
    Scene((30, 60), Script("nfa"), theme="attendance", children=1),
    Scene((10, 20), Script("info_advice"), theme="attendance", children=1, like="undone"),
    Scene((30, 60), Script("info_advice"), theme="attendance", children=2, like="apart"),
    # The finished CAF of the user guide.
    Scene(
        (290, 300), _ended("needs_met_universal", is_shown=True), theme="behaviour", shape="mother", children=2,
        cluster="leigh",
    ),
)  # fmt: skip
# Two scenes in three, and all that are for one of them, play where the accounts named first in the documentation work:
# they have work of each kind.
SCENES: tuple[Scene, ...] = tuple(
    replace(scene, cluster="leigh") if not scene.cluster and (scene.script.is_for_lead or place % 3) else scene
    for place, scene in enumerate(_OTHERS)
)
