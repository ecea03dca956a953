"""The invented families whose stories the journeys tell."""

import datetime as dt
import re
from dataclasses import dataclass

from locality.kernel.clock import SYSTEM_CLOCK, london_date
from tests.browser.pages.contacts import Call, Child, Decision
from tests.browser.pages.stages import StepDown


def today() -> dt.date:
    """Today in England, as the running system has it."""
    return london_date(SYSTEM_CLOCK.now())


@dataclass(frozen=True, slots=True)
class Family:
    """Two children and their mother, where they go to school, and what they say."""

    name: str
    elder: Child
    younger: Child
    mother: str
    mother_family_name: str
    home: tuple[str, str]
    cluster: str
    voice: str
    what_was_said: str

    @property
    def mother_name(self) -> str:
        """The mother's name in full."""
        return f"{self.mother} {self.mother_family_name}"

    @property
    def members(self) -> tuple[str, ...]:
        """Everybody's name in full."""
        return (self.mother_name, *(f"{child.given_name} {child.family_name}" for child in (self.elder, self.younger)))

    @property
    def anybody(self) -> re.Pattern[str]:
        """Words that lead to the family wherever its children are listed."""
        return re.compile(self.elder.given_name)

    @property
    def call(self) -> Call:
        """The call in which somebody first speaks of them."""
        return Call(
            source="2A School",
            agency=self.elder.school,
            caller="Idris Pemberton",
            said=self.what_was_said,
            wanted="Somebody to talk to about mornings and sleep.",
            reason="Support with parenting",
        )


WETHERALL = Family(
    name="Wetherall",
    elder=Child("Imani", "Wetherall", dt.date(2017, 5, 9), "Female", "Station Mead Primary School"),
    younger=Child("Josiah", "Wetherall", dt.date(2020, 1, 30), "Male", "Station Mead Primary School"),
    mother="Chantelle",
    mother_family_name="Wetherall",
    home=("14 Hamlet Rise\nWestcliff-on-Sea", "SS0 9SP"),
    cluster="Westcliff",
    voice="I like it when mum is home at bedtime. I don’t like being the grown-up.",
    what_was_said="Two pupils are tired and hungry in the mornings since their mother began to work nights.",
)
BRZOZOWSKI = Family(
    name="Brzozowska",
    elder=Child("Zofia", "Brzozowska", dt.date(2016, 11, 2), "Female", "Saxon King Primary School"),
    younger=Child("Antek", "Brzozowski", dt.date(2019, 8, 17), "Male", "Saxon King Primary School"),
    mother="Kinga",
    mother_family_name="Brzozowska",
    home=("3 Priory Court\nSouthend-on-Sea", "SS2 6TZ"),
    cluster="Prittlewell",
    voice="Babcia used to fetch us. Now nobody knows what day it is.",
    what_was_said="Both children come late since their grandmother died; their mother says she cannot cope alone.",
)

EARLY_HELP = Decision(
    outcome="Early help from several services, with an assessment",
    why="School and home both need support, and the mother asks for it.",
    stage="Stage 3",
    needs=("Support with parenting",),
)


def step_down(receiver: str) -> StepDown:
    """A planned move from stage 3 to stage 2."""
    return StepDown(
        to_stage="Stage 2",
        reason="Needs have become less",
        evidence="Every action is done; on time at school for six weeks; bedtime at eight.",
        remains="The breakfast club goes on.",
        contingency="Two late mornings in one week, or if mum’s shifts change again.",
        receiver=re.compile(f"^{receiver}"),
    )
