"""A lead professional's home, and the family's help: team, plan, reviews, the end."""

import datetime as dt
import re

from tests.browser.pages.assessment import StartAssessment, TaskList
from tests.browser.pages.consent import Agreement
from tests.browser.pages.papers import Papers
from tests.browser.pages.sheet import Sheet, Words
from tests.browser.pages.stages import Move, Propose
from tests.browser.pages.voice import ChildsVoice


class MyFamilies(Sheet):
    """What needs the lead professional, in order, and the families."""

    HEADING = "What needs me, in order"

    def open_family(self, name: str) -> "Episode":
        """Open one of the families."""
        self.follow(name)
        return Episode(self.window)

    def go_on_with_assessment(self) -> TaskList:
        """Go on with the first CAF that has been begun."""
        self.open_family_at("Finish the CAF").follow("Finish the CAF")
        return TaskList(self.window)

    def open_family_at(self, step: str) -> "Episode":
        """Open the first family that stands at a step."""
        row = self.main.get_by_role("table", name="My families").get_by_role("row").filter(has_text=step).first
        self.hand.press(row.get_by_role("link").first)
        return Episode(self.window)

    def to_do(self) -> "ToDo":
        """See what others have asked of this worker."""
        return ToDo(self.follow_navigation("To do"))

    def answer_move(self, words: re.Pattern[str]) -> Move:
        """Open a stage move that waits for this worker."""
        self.hand.press(self.main.get_by_role("list").first.get_by_role("link", name=words))
        return Move(self.window)

    def home(self) -> "MyFamilies":
        """Go home, from wherever this window is."""
        self.hand.press(self.page.get_by_role("link", name="Home", exact=True))
        return MyFamilies(self.window)


class ToDo(Sheet):
    """Everything that waits for one worker."""

    HEADING = "To do"

    def act(self, action: str, how_far: str, note: str) -> "Plan":
        """Say how far an action has come."""
        self.follow(action)
        form = Sheet(self.window, "How far has this action come?")
        form.choose("How far has it come?", how_far).write("What happened?", note).press("Save")
        return Plan(self.window)

    def agree_to_lead(self, asked_by: str) -> "Episode":
        """Say yes to leading; only then the family has a name."""
        self.follow(f"Will you lead? Asked by {asked_by}")
        form = Sheet(self.window, "Will you lead?")
        form.choose("Will you be the lead professional?", "Yes, from today").press("Send my answer")
        return Episode(self.window)


class Episode(Sheet):
    """Where the help for a family stands."""

    HEADING = re.compile(r" family$")

    def name_lead(self) -> "Lead":
        """Go to naming the lead professional, which is the next step."""
        self.follow("Name a lead professional")
        return Lead(self.window)

    def agreement(self) -> "FamilyAgreement":
        """Go to what the family agreed to."""
        self.follow("See the agreement agreement")
        return FamilyAgreement(self.window)

    def start_assessment(self) -> StartAssessment:
        """Start the CAF."""
        self._tab("Assessment")
        Sheet(self.window, re.compile("^CAF")).follow("Start the CAF")
        return StartAssessment(self.window)

    def overview(self) -> "Episode":
        """See where it stands."""
        self._tab("Overview")
        return Episode(self.window)

    def versions(self) -> "Versions":
        """See the versions of the CAF."""
        self._tab("Assessment")
        return Versions(self.window)

    def papers(self) -> Papers:
        """See what was given on paper."""
        self._tab("Papers")
        return Papers(self.window)

    def team(self) -> "Team":
        """See the team."""
        self._tab("Team")
        return Team(self.window)

    def plan(self) -> "Plan":
        """See the plan."""
        self._tab("Plan")
        return Plan(self.window)

    def scores(self) -> "Scores":
        """See how far each child has come."""
        self._tab("Scores")
        return Scores(self.window)

    def outcomes(self) -> "Outcomes":
        """See the family's needs under the ten outcomes."""
        self._tab("Outcomes")
        return Outcomes(self.window)

    def reviews(self) -> "Reviews":
        """See the reviews."""
        self._tab("Reviews")
        return Reviews(self.window)

    def propose_move(self, child: str) -> Propose:
        """Propose another stage for a child."""
        self.follow(f"Propose a move for {child}")
        return Propose(self.window)

    def end_help(self) -> "Close":
        """Go to ending the help."""
        self.follow("End the help for this family")
        return Close(self.window)

    def _tab(self, name: str) -> None:
        self.hand.press(self.page.get_by_role("navigation", name="Parts of this case").get_by_role("link", name=name))


class Versions(Episode):
    """The versions of a family's CAF."""

    HEADING = re.compile("^CAF of the ")

    def voice_of(self, child: str) -> ChildsVoice:
        """From the complete CAF to what a child said."""
        self.follow(re.compile("^Version 1"))
        Sheet(self.window, re.compile(", version 1$")).follow(f"{child}’s voice, and what came of it")
        return ChildsVoice(self.window)

    def compare(self) -> Sheet:
        """See what has changed between the last two."""
        self.follow("What has changed between versions")
        return Sheet(self.window, "What has changed")


class Lead(Sheet):
    """Naming a lead professional."""

    HEADING = re.compile("lead professional")

    def name(self, worker: re.Pattern[str]) -> Sheet:
        """Name a worker; where that leads depends on whether one may still see the family."""
        self.pick("Who will be the lead professional?", worker)
        self.press("Name this worker")
        return Sheet(self.window)


class Team(Episode):
    """Who helps the family."""

    HEADING = re.compile("^Team around the ")

    def add_worker(self, worker: re.Pattern[str], what: str) -> "Team":
        """A worker joins."""
        self.follow("Add somebody")
        form = Sheet(self.window, "Who joins the team?")
        form.pick("A worker", worker).choose("What will they do?", what).press("Add to the team")
        return Team(self.window)

    def add_family(self, name: Words) -> "Team":
        """Somebody of the family joins."""
        self.follow("Add somebody")
        form = Sheet(self.window, "Who joins the team?")
        form.pick("Or somebody of the family", name).press("Add to the team")
        return Team(self.window)

    def let_go(self, name: str, *, why: str) -> "Team":
        """Somebody's part ends."""
        self.follow(re.compile(f"^Leaves.*{re.escape(name)}"))
        form = Sheet(self.window, f"{name} leaves the team").write("Why do they leave?", why)
        form.press("End their part")
        return Team(self.window)

    def ask_to_lead(self, worker: re.Pattern[str], *, why: str) -> "Team":
        """Ask somebody to take the lead over."""
        self.follow("Change lead professional")
        form = Lead(self.window).pick("Who will be the lead professional?", worker).write("Why?", why)
        form.press("Ask this worker")
        return Team(self.window)


class Plan(Episode):
    """Who does what by when."""

    HEADING = re.compile("^Plan for the ")

    def add_action(self, *, better: str, action: str, name: str, due_on: dt.date) -> "Plan":
        """Agree an action that a worker takes on who is not in the team."""
        self.follow("Add an action")
        form = Sheet(self.window, "Add an action to the plan")
        form.write("What should be better?", better).write("What will be done?", action)
        form.unfold("Somebody who is not in the list").write("Or the name of somebody else", name)
        form.choose("If somebody else: who are they?", "A worker").date("By when?", due_on)
        form.press("Add to the plan")
        return Plan(self.window)

    def give_action(
        self, *, better: str, action: str, to: Words, due_on: dt.date, answers: Words | None = None
    ) -> "Plan":
        """Agree an action that somebody of the team or the family takes on; it may answer what a child said."""
        self.follow("Add an action")
        form = Sheet(self.window, "Add an action to the plan")
        form.write("What should be better?", better).write("What will be done?", action)
        form.pick("Who takes it on?", to).date("By when?", due_on)
        if answers is not None:
            form.pick("Does it answer something that a child said? (optional)", answers)
        form.press("Add to the plan")
        return Plan(self.window)

    def reach_goal(self) -> "Plan":
        """Say that the goal is reached."""
        self.press("This goal is reached")
        return Plan(self.window)

    def set_goal(self, *, change: str, known_by: str, answers: str) -> "Plan":
        """Set a goal that answers a need of the assessment."""
        self.follow("Set a goal")
        form = Sheet(self.window, "Set a goal")
        form.write("What needs to change?", change).write("How will everybody know that it has changed?", known_by)
        form.tick("Which needs of the assessment does it answer?", answers).press("Set this goal")
        return Plan(self.window)

    def finish(self, action: str, note: str) -> "Plan":
        """Say that an action is done."""
        self.follow(re.compile(f"^Update.*{action}"))
        form = Sheet(self.window)
        form.choose("How far has it come?", "Done").write("What happened?", note).press("Save")
        return Plan(self.window)


class Reviews(Episode):
    """The planned review and those held."""

    HEADING = re.compile("^Reviews of the ")

    def record(self, *, held_on: dt.date, next_on: dt.date, present: str, progress: str, child: str) -> "Reviews":
        """Record a review that was held."""
        self.follow("Record the review")
        form = Sheet(self.window, "Record the review")
        form.date("When was it?", held_on).write("Who was there?", present)
        form.write("What has changed since last time?", progress)
        form.write("What did the children say? (optional)", child)
        form.date("When is the next review?", next_on).press("Record the review")
        review = Sheet(self.window, re.compile("^Delivery plan and review")).says(child)
        return self.back_from(review)

    @staticmethod
    def back_from(page: Sheet) -> "Reviews":
        """From a meeting or a review back to all of them."""
        page.follow("Back to reviews")
        return Reviews(page.window)

    def arrange(self, *, on: dt.date, at: str, where: str) -> "Meeting":
        """Ask the team to a meeting."""
        self.follow("Arrange a meeting")
        form = Sheet(self.window, "Arrange a meeting").date("Which day?", on)
        form.write("At what time?", at).write("Where?", where).press("Arrange the meeting")
        return Meeting(self.window)


class Meeting(Sheet):
    """One meeting of the team."""

    HEADING = re.compile("^Meeting on ")

    def record(self, *, progress: str, child: str, next_on: dt.date) -> Sheet:
        """Record who came, all of them, and what was said."""
        self.follow("Record the meeting")
        form = Sheet(self.window, "Record the review")
        for came in form.main.get_by_role("radio", name="Came", exact=True).all():
            self.hand.check(came)
        form.write("What has changed since last time?", progress)
        form.write("What did the children say? (optional)", child)
        form.date("When is the next review?", next_on).press("Record the review")
        return Sheet(self.window, re.compile("^Delivery plan and review"))

    def move(self, *, at: str) -> "Meeting":
        """Hold it at another time."""
        self.follow("Move it")
        form = Sheet(self.window, "Move the meeting")
        form.write("At what time?", at).press("Move the meeting")
        return Meeting(self.window)

    def call_off(self, why: str) -> Reviews:
        """Call it off."""
        self.follow("Call it off")
        Sheet(self.window, "Call the meeting off").write("Why does it not take place?", why).press("Call it off")
        return Reviews(self.window)


class Scores(Episode):
    """How far each child has come."""

    HEADING = re.compile("^Scores of the ")

    def add(self, child: int, numbers: tuple[int, ...], *, on: dt.date) -> "Scores":
        """Enter the SDQ as a teacher filled it in, for the child in this place of the list."""
        self.follow("Add a score")
        form = Sheet(self.window, "Add a score")
        self.hand.check(form.main.get_by_role("group", name="For whom?").get_by_role("radio").nth(child))
        form.choose("Which scale?", re.compile("SDQ.*four bands")).press("Continue")
        form = Sheet(self.window, re.compile("SDQ.* for ")).choose("Who answered?", "A teacher")
        form.date("When was it answered?", on)
        for label, number in zip(_SDQ, numbers, strict=True):
            form.write(label, str(number))
        form.press("Keep this score")
        return Scores(self.window)


_SDQ = (
    "Emotional symptoms", "Conduct problems", "Hyperactivity and inattention", "Peer relationship problems",
    "Prosocial behaviour",
)  # fmt: skip


class Outcomes(Episode):
    """A family's needs under the ten headings."""

    HEADING = re.compile("^Outcomes for the ")

    def record(self, *, outcome: str, need: str, evidence: str) -> "Outcomes":
        """Record a need."""
        self.follow("Record a need")
        form = Sheet(self.window, "Record a need").pick("Which outcome does it belong to?", outcome)
        form.write("What is the need?", need).write("How do you know?", evidence).press("Record this need")
        return Outcomes(self.window)

    def look_again(self, need: str, *, when: str, how_far: str, evidence: str) -> "Outcomes":
        """Say how far a need is met."""
        self.follow(re.compile(f"^Look again at: {need}"))
        form = Sheet(self.window, "How far is this need met?").choose("When do you look at it?", when)
        form.choose("How far has the good outcome come about?", how_far)
        form.write("How do you know?", evidence).press("Keep what I found")
        return Outcomes(self.window)


class Close(Sheet):
    """Ending the help."""

    HEADING = re.compile("^End the help for the ")

    def close(self, *, reason: str, rating: str, service: str, way_back: str) -> MyFamilies:
        """End it; the family is no longer the lead professional's."""
        form = self.because(reason)
        form.choose("How much of what was hoped for has been achieved?", rating)
        form.write("What do the children say about the help?", "They listened to us.")
        form.write("What do parents and carers say about it?", "It came in time.")
        form.write("Who stays in touch with the family?", service)
        form.write("What does the family do if it wants help again?", way_back).press("End the help")
        return MyFamilies(self.window)

    def because(self, reason: str) -> Sheet:
        """Say why; the next page asks what that reason asks."""
        self.choose("Why does it end?", reason).press("Continue")
        return Sheet(self.window, reason)


class FamilyAgreement(Agreement):
    """What a family agreed to, reached from the help it gets."""

    def back_to_help(self) -> Episode:
        """Back to the help for this family."""
        self.follow("Early help")
        self.hand.press(Sheet(self.window).main.get_by_role("link", name=re.compile("^EH-")).first)
        return Episode(self.window)
