"""The course of one episode, day by day, as far as time or its script allows."""

from locality.demo import agreeing, assessing, caseload, days, helping, planning, together
from locality.demo.asking import end_referral, finish, tell_referral
from locality.demo.assessing import Assessment
from locality.demo.batch import NULL
from locality.demo.chance import between, one_of
from locality.demo.families import Person
from locality.demo.front_door import Decision
from locality.demo.ledger import Ledger, Receiver, Why
from locality.demo.planning import Action
from locality.demo.referral import Referral
from locality.demo.script import Script
from locality.demo.teller import Teller
from locality.demo.themes import words

_SOCIAL_CARE = "Children's social care"
_GOODBYE_DAYS = 40
_DOWN = ("needs_reduced", "outcomes_met", "progress_sustained")
_UP = ("needs_increased", "outcomes_not_met", "new_concern")


class Course:
    """An episode on its way; ``closed_on`` tells when it ended, if it did."""

    def __init__(self, t: Teller, referral: Referral, script: Script, ledgers: dict[str, Ledger]) -> None:
        self.t = t
        self.script = script
        self.ledgers = ledgers
        self.episode = helping.open_episode(t, referral, ledgers)
        self.plan: list[Action] = []
        self.agreement: str | None = None
        self.signed = 0
        self.versions = 1
        self.reviews: list[int] = []
        self.audited: tuple[str, str] | None = None
        if script.is_shown:
            self.episode.reference = together.SHOWN_EPISODE

    def run(self) -> int | None:
        """Tell it; the day on which it closed, or None."""
        day = self._lead_and_agree()
        day = self._assess(day) if day else 0
        day = self._agree_plan(day) if day else 0
        day = self._review(day) if day else 0
        if day and self.script.closure and self.t.has_come(day):
            self._close(day)
        elif self.script.agreement == "withdrawn" and self.script.closure is None and self.agreement:
            agreeing.withdraw(self.t, self.episode, self.agreement, days.working(self.t.today - 5) - 3)
        assessing.listen_to_unheard(self.t, self.episode)
        if self.t.is_scene:
            together.write_change(self.t, self.episode, self.reviews)
            if self.audited:
                together.audit_quality(self.t, self.episode, self.audited)
        planning.write_plan(self.t, self.episode, self.plan)
        helping.write_roles(self.t, self.episode, planning.line_of(self.script.closure))
        caseload.write_episode(self.t, self.episode)
        together.let_look_back(self.t, self.episode)
        return self.episode.closed_on

    def _lead_and_agree(self) -> int:
        t, script, episode = self.t, self.script, self.episode
        named = helping.lead_day(t, episode, script)
        if not script.has_lead or not t.has_come(named):
            return 0
        helping.name_lead(t, episode, named, is_first=script.is_for_lead)
        signed = days.working_after(named, between(t.rng, 0, 6))
        if t.agreement is not None and not t.has_come(signed):
            # Who came back agrees anew at once: what they agreed to years ago is gone over first.
            signed = named
        if not t.has_come(signed) or (script.stop == "no_agreement" and script.agreement != "refused"):
            return 0
        self.agreement = agreeing.agree(t, episode, signed, script.agreement)
        self.signed = signed
        return 0 if self.agreement is None or script.stop in {"no_agreement", "no_caf"} else signed

    def _assess(self, signed: int) -> int:
        t, script = self.t, self.script
        started = days.working_after(signed, between(t.rng, 0, 4))
        if not t.has_come(started):
            return 0
        took = between(t.rng, 22, 40) if script.is_late else between(t.rng, 6, 16)
        completed = days.working_after(started, took)
        if script.stop == "draft" or not t.has_come(completed):
            draft = Assessment(t.id(), 1, started, None, 0.15 + 0.7 * t.rng.random())
            assessing.write_assessment(t, self.episode, draft)
            return 0
        caf = Assessment(t.id(), 1, started, completed, 1, together.SHOWN_CAF if script.is_shown else "")
        self.audited = (caf.id, assessing.write_assessment(t, self.episode, caf))
        return completed

    def _agree_plan(self, completed: int) -> int:
        t, script, episode = self.t, self.script, self.episode
        met = days.working_after(completed, between(t.rng, 4, 14))
        if script.stop == "no_plan" or not t.has_come(met):
            planning.plan_review(t, episode, days.working(completed + planning.FIRST_REVIEW_DAYS), "planned", completed)
            return 0
        if script.stop != "no_team":
            helping.gather_team(t, episode, met)
        self.plan = planning.draw_plan(t, episode, met)
        return completed

    def _review(self, completed: int) -> int:
        """Reviews, with moves on the triangle; the day on which the work ends, or 0 while it goes on."""
        t, script = self.t, self.script
        due, last = days.working(completed + planning.FIRST_REVIEW_DAYS), completed
        for number in range(99):
            held = days.working(due + (between(t.rng, 8, 35) if script.is_late else between(t.rng, -2, 6)))
            # With a last review that was held the help ends, within the weeks that a last step and a goodbye take.
            is_last = script.closure is not None and number + 1 >= script.reviews and t.has_come(held + _GOODBYE_DAYS)
            stays = script.stop == "late_review" and t.today - due < 100
            if stays or not t.has_come(held):
                self._plan_next(due, last)
                return 0
            next_on = None if is_last else days.working(held + between(t.rng, 42, 82))
            planning.look_at(t, self.episode, self.plan, held, last=is_last)
            planning.hold_review(t, self.episode, due, held, next_on)
            self.reviews.append(held)
            self._renew_agreement(last, held)
            self._listen_again(held)
            if number < len(script.moves) and script.moves[number]:
                held = self._move(script.moves[number], held)
            last = held
            if next_on is None:
                return days.working_after(held, between(t.rng, 0, 12))
            due = next_on
        return 0

    def _plan_next(self, due: int, last: int) -> None:
        t = self.t
        moved = due
        # Nobody plans a review for a day that is long past; what is late is late by weeks.
        if due < t.today - 60:
            moved = days.working(t.today - between(t.rng, 3, 50))
            planning.plan_review(t, self.episode, due, "replaced", last)
        planning.plan_review(t, self.episode, moved, "planned", last)
        for code in self.plan:
            code.due = max(code.due, days.working(t.today - 21))
        self._propose()

    def _renew_agreement(self, last: int, held: int) -> None:
        if self.agreement and held - self.signed > 345:
            renewed = agreeing.agree(self.t, self.episode, held, self.script.agreement)
            self.agreement, self.signed = renewed or self.agreement, held
        if self.script.second_caf and held - last > 0 and self.t.rng.random() < 0.4:
            self._assess_again(held)

    def _assess_again(self, held: int) -> None:
        self.versions += 1
        started = days.working(held - 9)
        again = Assessment(self.t.id(), self.versions, started, held, 1)
        assessing.write_assessment(self.t, self.episode, again)

    def _listen_again(self, held: int) -> None:
        for child in self.episode.children:
            if self.t.rng.random() < 0.25:
                assessing.write_voice(self.t, self.episode, child, held, None)

    def _move(self, move: str, held: int) -> int:
        """Every child of the episode takes the step, where there is one to take; the day on which it counts."""
        t, episode = self.t, self.episode
        accepted = days.working_after(held, between(t.rng, 1, 6))
        if not t.has_come(accepted):
            return held
        for child in episode.children:
            ledger = self.ledgers[child.id]
            if move in {"across", "mistake"}:
                self._odd_move(ledger, move, (accepted, t.at_work()))
                continue
            to = self._to(ledger, move)
            if to is not None:
                receiver = self._receiver(to)
                move_id = ledger.move(
                    t, to, (accepted, t.at_work()), episode.worker, self._why(to < (ledger.stage or 0)), receiver
                )
                if to == 4:
                    self._refer_up(child, accepted, move_id)
        episode.stage = max(self.ledgers[child.id].stage or 1 for child in episode.children)
        return accepted

    def _odd_move(self, ledger: Ledger, move: str, at: tuple[int, int]) -> None:
        if move == "mistake":
            ledger.mistake(self.t, at, self.episode.worker)
        else:
            others = [cluster for cluster in self.t.world.clusters.values() if cluster is not ledger.cluster]
            ledger.across(self.t, one_of(self.t.rng, others), at, self.episode.worker)

    def _refer_up(self, child: Person, day: int, move_id: str) -> None:
        """A step up to stage 4 is a referral to social care."""
        t, worker = self.t, self.episode.worker
        decision = Decision(
            contact_id=NULL,
            children=[child],
            outcome="social_care_referral",
            stage=4,
            needs=(),
            day=day,
            minute=t.at_work(),
            officer=worker,
            source="5D",
            summary=one_of(t.rng, words("evidence_up")),
            concern=True,
            referral_id=move_id,
        )
        referral = tell_referral(t, decision, Script(decision.outcome), (worker.id, "sender", worker.name))
        ended = days.working(referral.day + between(t.rng, 30, 260))
        if referral.state == "accepted" and t.has_come(ended):
            by = referral.worker.name if referral.worker else worker.name
            end_referral(t, referral, ended, 15 * 60, by, "Social care's work has ended.")
        finish(t, referral)

    def _to(self, ledger: Ledger, move: str) -> int | None:
        stage = ledger.stage
        if stage is None:
            return None
        to = {"up": min(stage + 1, 3), "top": 4, "down": max(stage - 1, 1)}[move]
        return to if to != stage else None

    def _receiver(self, to: int) -> Receiver:
        t = self.t
        if to == 4:
            service = t.world.services[_SOCIAL_CARE]
            return Receiver(service.id, service.name, one_of(t.rng, t.world.answering[_SOCIAL_CARE]))
        others = [worker for worker in t.world.leads[self.episode.cluster.slug] if worker is not self.episode.worker]
        worker = one_of(t.rng, others)
        return Receiver(worker.id, worker.name, worker)

    def _why(self, down: bool) -> Why:  # noqa: FBT001 - the two kinds of move
        t = self.t
        if down:
            return Why(
                reasons=tuple(sorted({one_of(t.rng, _DOWN), one_of(t.rng, _DOWN)})),
                evidence=one_of(t.rng, words("evidence_down")),
                risks=one_of(t.rng, words("risk")),
                contingency=one_of(t.rng, words("contingency")),
                child="agreed",
                parent="agreed",
            )
        return Why(
            reasons=(one_of(t.rng, _UP),),
            evidence=one_of(t.rng, words("evidence_up")),
            child="not_asked",
            parent="agreed" if t.rng.random() < 0.7 else "not_agreed",
        )

    def _propose(self) -> None:
        state = self.script.proposal
        if not state:
            return
        to_top = state in {"proposed_top", "urgent"}
        state = "proposed" if state == "proposed_top" else state
        ledger = self.ledgers[self.episode.children[0].id]
        stage = ledger.stage or 2
        to = 4 if to_top else max(stage - 1, 1)
        if to == stage:
            to = stage + 1
        day = days.working(self.t.today - 12) if state != "urgent" else days.working(self.t.today - 4)
        why, receiver = self._why(to < stage), self._receiver(to)
        ledger.propose(self.t, to, day, self.episode.worker, why, receiver, state)

    def _close(self, day: int) -> None:
        t, episode, reason = self.t, self.episode, self.script.closure or "other"
        if reason == "consent_withdrawn" and self.agreement:
            agreeing.withdraw(t, episode, self.agreement, day)
        if self.script.proposal in {"declined", "not_agreed", "withdrawn"}:
            self._propose_before(day)
        if reason in {"consent_withdrawn", "moved_out_of_area", "not_engaged"}:
            planning.plan_review(t, episode, days.working(day + 40), "cancelled", day)
        episode.closed_on = day
        line = planning.write_closure(t, episode, day, reason)
        for child in episode.children:
            self.ledgers[child.id].leave(t, (day, 961), episode.worker, line)
        end_referral(t, episode.referral, day, 961, episode.worker.name, line)

    def _propose_before(self, day: int) -> None:
        """A step that was not taken after all."""
        ledger = self.ledgers[self.episode.children[0].id]
        stage = ledger.stage or 2
        to = stage - 1 if stage > 1 else 2
        asked = days.working(day - 40)
        if asked <= ledger.since:
            return
        receiver = self._receiver(to)
        ledger.propose(self.t, to, asked, self.episode.worker, self._why(to < stage), receiver, self.script.proposal)
