"""One child's place on the triangle as the stages room would have kept it: moves, stays, and who accepted."""

from dataclasses import dataclass

from locality.access.parts import GrantReason
from locality.demo import days
from locality.demo.batch import EMPTY, NO, NULL, YES, array, flag, or_null
from locality.demo.families import Person
from locality.demo.teller import Teller
from locality.demo.world import Cluster, Worker


@dataclass(frozen=True, slots=True)
class Why:
    """What a move rests on; empty texts for moves that follow from other work."""

    reasons: tuple[str, ...] = ()
    evidence: str = ""
    risks: str = ""
    contingency: str = ""
    child: str = NULL
    parent: str = NULL


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who takes a child over: a principal and a name; ``worker`` is who says so."""

    id: str
    name: str
    worker: Worker


@dataclass(slots=True)
class Ledger:
    """Where a child stands. ``stage`` None: off the triangle."""

    child: Person
    stage: int | None = None
    cluster: Cluster | None = None
    sequence: int = 0
    move_id: str = ""
    since: int = 0
    begun: int = 0  # the sequence of the move by which the child came here
    episode_id: str = ""

    def enter(self, t: Teller, stage: int, cluster: Cluster, at: tuple[int, int], by: Worker, why: str) -> None:
        """Help begins."""
        self._row(t, "enter", (stage, cluster), at, by, Why(evidence=why))
        self._tell(t, at, by, f"Help began at stage {stage}")

    def leave(self, t: Teller, at: tuple[int, int], by: Worker, why: str) -> None:
        """Help has ended."""
        if self.stage is None:
            return
        stage = self.stage
        self._row(t, "leave", None, at, by, Why(evidence=why))
        self._tell(t, at, by, f"Help ended at stage {stage}")

    def across(self, t: Teller, cluster: Cluster, at: tuple[int, int], by: Worker) -> None:
        """Help goes on in another cluster."""
        if self.stage is None:
            return
        self._row(t, "across", (self.stage, cluster), at, by, Why(evidence="The family moved house"))
        self._tell(t, at, by, f"Moved to another cluster at stage {self.stage}")

    def move(self, t: Teller, to: int, at: tuple[int, int], by: Worker, why: Why, receiver: Receiver) -> str:
        """A proposed move that its receiver accepted; gives its id."""
        if self.stage is None or self.cluster is None:
            return ""
        before = self.stage
        direction = "up" if to > before else "down"
        asked = (days.working(at[0] - 6), at[1])
        move_id = self._row(t, direction, (to, self.cluster), at, by, why, accepted=(receiver, asked))
        if 4 in {before, to}:
            self._step(t, move_id, receiver.id, "agree", asked, t.world.workers[-1])
        self._step(t, move_id, receiver.id, "accept", at, receiver.worker)
        line = f"Moved {direction} from stage {before} to stage {to}; accepted by {receiver.name}"
        self._tell(t, at, by, line)
        return move_id

    def propose(self, t: Teller, to: int, day: int, by: Worker, why: Why, receiver: Receiver, state: str) -> None:
        """A move that is not accepted: open, or settled otherwise."""
        if self.stage is None or self.cluster is None:
            return
        direction = "up" if to > self.stage else "down"
        asked, move_id = (day, t.at_work()), t.id()
        settled = state in {"not_agreed", "declined", "withdrawn"}
        answer = days.working_after(day, 2)
        cluster = self.cluster
        urgent = state == "urgent"
        t.add(
            "stage_move", move_id, self.child.id, self.episode_id, direction, "proposed" if urgent else state, NULL,
            str(self.stage), str(to), cluster.id, cluster.locality_id, cluster.id, cluster.locality_id,
            flag(not urgent),
            NO if self.stage == 4 else NULL, flag(not urgent and 4 in {self.stage, to}), *_words(why), receiver.id,
            receiver.name, by.id, by.name, days.stamp(*asked), receiver.worker.id if settled else NULL,
            receiver.worker.name if settled else NULL, days.stamp(answer, asked[1]) if settled else NULL, NULL, NULL,
        )  # fmt: skip
        waits = (days.stamp(*asked), answer if settled else 0, days.stamp(answer, asked[1]) if settled else None)
        t.grant([self.child], receiver.id, GrantReason.RECEIVING_SERVICE, move_id, waits, ids=t.new_id)
        step = {
            "not_agreed": "refuse",
            "declined": "decline",
            "withdrawn": "withdraw",
            "more_info": "ask",
            "agreed": "agree",
        }
        if state in step:
            who = by if state == "withdrawn" else receiver.worker
            self._step(
                t, move_id, receiver.id, step[state], (answer, asked[1]), who, "Not now: the last weeks were hard."
            )

    def mistake(self, t: Teller, at: tuple[int, int], by: Worker) -> None:
        """A move up that was entered for the wrong child, and its correction on the same day."""
        if self.stage is None or self.cluster is None or self.stage == 4:
            return
        kept = (self.stage, self.cluster, self.move_id, self.since, self.begun)
        why = Why(reasons=("new_concern",), evidence="Entered for the wrong child", child="agreed", parent="agreed")
        wrong = self._row(t, "up", (self.stage + 1, self.cluster), at, by, why, goes_on=True)
        self._span(t, None, void=True)
        self.stage, self.cluster, self.move_id, self.since, self.begun = kept
        self.sequence += 1
        correction, stamp = t.id(), days.stamp(at[0], at[1] + 5)
        t.add(
            "stage_move", correction, self.child.id, NULL, "correction", "accepted", str(self.sequence),
            str(self.stage + 1), str(self.stage), NULL, NULL, NULL, NULL, YES, NULL, NO,
            *_words(Why(evidence="It was meant for another child")), NULL, NULL, by.id, by.name, stamp, by.id, by.name,
            stamp, days.text(at[0]), wrong,
        )  # fmt: skip
        self._tell(t, at, by, "The last stage entry was a mistake and was taken back")

    def close(self, t: Teller) -> None:
        """Write the stay that goes on today."""
        if self.stage is not None:
            self._span(t, None)

    def _row(
        self,
        t: Teller,
        direction: str,
        after: tuple[int, Cluster] | None,
        at: tuple[int, int],
        by: Worker,
        why: Why,
        *,
        accepted: tuple[Receiver, tuple[int, int]] | None = None,
        goes_on: bool = False,
    ) -> str:
        if self.stage is not None and not goes_on:
            self._span(t, at[0])
        move_id = t.id()
        before, stamp = (self.stage, self.cluster), days.stamp(*at)
        self.sequence += 1
        receiver, asked = accepted or (None, None)
        who = receiver.worker if receiver else by
        t.add(
            "stage_move", move_id, self.child.id, self.episode_id or NULL, direction, "accepted", str(self.sequence),
            or_null(before[0]), or_null(after and after[0]), *_place(before[1] if before[0] else None),
            *_place(after[1] if after else None), YES, NO if before[0] == 4 and direction == "down" else NULL,
            flag(receiver is not None and 4 in {before[0], after and after[0]}), *_words(why),
            receiver.id if receiver else NULL, receiver.name if receiver else NULL, by.id, by.name,
            days.stamp(*asked) if asked else stamp, who.id, who.name, stamp, days.text(at[0]), NULL,
        )  # fmt: skip
        self.stage, self.cluster = after or (None, None)
        self.move_id, self.since, self.begun = move_id, at[0], self.sequence
        return move_id

    def _span(self, t: Teller, until: int | None, *, void: bool = False) -> None:
        cluster = self.cluster
        if cluster is None:
            return
        t.add(
            "stage_span", self.move_id, self.child.id, self.episode_id or NULL, str(self.begun), str(self.stage),
            cluster.id, cluster.locality_id, days.text(self.since), NULL if until is None else days.text(until),
            flag(void),
        )  # fmt: skip

    def _step(
        self, t: Teller, move_id: str, receiver: str, step: str, at: tuple[int, int], by: Worker, note: str = ""
    ) -> None:
        t.add("stage_move_step", t.id(), move_id, self.child.id, receiver, step, note, by.id, by.name, days.stamp(*at))

    def _tell(self, t: Teller, at: tuple[int, int], by: Worker, line: str) -> None:
        source = f"{by.name}, {by.job_title}"
        t.story([self.child], at[0], days.stamp(*at), "stage", line, source, ("stage_move", self.move_id))


def _place(cluster: Cluster | None) -> tuple[str, str]:
    return (cluster.id, cluster.locality_id) if cluster else (NULL, NULL)


def _words(why: Why) -> tuple[str, ...]:
    reasons = array(why.reasons) if why.reasons else EMPTY
    return (reasons, why.evidence, why.risks, why.contingency, why.child, "", why.parent, "")
