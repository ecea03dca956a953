"""What waits for a worker, as lines that open the exact place: the whole list, or the head of it."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import url_for

from locality.caf.queries.worklist import Waiting, WaitKind
from locality.caf.rules.meetings import MEETING_LABELS
from locality.caf.rules.steps import Step
from locality.caf.rules.words import ACTION_STATUS_LABELS
from locality.caf.views.heading import today
from locality.web import formats

Line = dict[str, Any]
SOON_DAYS = 7
_STEP_PAGES = {
    Step.NAME_LEAD: "caf.lead",
    Step.START_CAF: "caf.start",
    Step.AGREE_PLAN: "caf.plan",
    Step.PLAN_REVIEW: "caf.plan_review",
    Step.HOLD_REVIEW: "caf.record_review",
}


def lines_of(waiting: Sequence[Waiting], *, caf_label: str) -> list[Line]:
    """A line for each: its words, where it is done, what stands under it, and when."""
    return [_line(one, caf_label) for one in waiting]


def groups_of(waiting: Sequence[Waiting], *, caf_label: str) -> list[tuple[str, list[Line]]]:
    """The lines under headings that say how soon."""
    grouped = groupby(waiting, key=_how_soon)
    return [(heading, lines_of(tuple(some), caf_label=caf_label)) for heading, some in grouped]


def _how_soon(one: Waiting) -> str:
    if one.comes_first:
        return "First"
    if one.due_on is None:
        return "When you can"
    if one.due_on < today():
        return "Late"
    return "In the next 7 days" if one.due_on <= today() + dt.timedelta(days=SOON_DAYS) else "Later"


def _line(one: Waiting, caf_label: str) -> Line:
    late = one.kind is WaitKind.ALERT or one.is_urgent or (one.due_on is not None and one.due_on < today())
    line = {"late": late, "hint": "", "when": formats.weekday(one.due_on) if one.due_on else ""}
    return line | _SAID[one.kind](one, caf_label)


def _alert(one: Waiting, _caf: str) -> Line:
    return {
        "text": f"Look today: {one.names[0]} said or showed something",
        "href": url_for("caf.voice_alert", assessment_id=one.assessment_id, child_id=one.about[0], alert_id=one.id),
        "when": "today",
    }


def _move(one: Waiting, _caf: str) -> Line:
    from_stage, to_stage = one.stages
    return {
        "text": f"Answer: {one.names[0]}, from stage {from_stage} to {to_stage}",
        "href": url_for("stages.move", move_id=one.id),
        "when": "urgent" if one.is_urgent else f"asked on {formats.weekday(one.at)}",
    }


def _lead_request(one: Waiting, _caf: str) -> Line:
    return {
        "text": f"Will you lead? Asked by {one.words}",
        "href": url_for("caf.answer_lead_request", request_id=one.id),
        "when": f"asked on {formats.weekday(one.at)}",
    }


def _step(one: Waiting, _caf: str) -> Line:
    where = step_href(one.step, episode_id=one.episode_id, family_id=one.family_id, draft_id=one.assessment_id)
    return {"text": f"{one.names[0]}: {one.words}", "href": where}


def step_href(
    step: Step | None, *, episode_id: uuid.UUID | None, family_id: uuid.UUID | None, draft_id: uuid.UUID | None
) -> str:
    """The exact place at which the next step of a family is done."""
    if step is Step.RECORD_AGREEMENT:
        return f"/families/{family_id}/agreement"
    if step is Step.FINISH_CAF and draft_id is not None:
        return url_for("caf.assessment", assessment_id=draft_id)
    endpoint = "caf.episode" if step is None else _STEP_PAGES.get(step, "caf.episode")
    return url_for(endpoint, episode_id=episode_id)


def _try(one: Waiting, _caf: str) -> Line:
    return {
        "text": f"Listen to {one.names[0]}, who could not be heard last time",
        "href": url_for("caf.listen", assessment_id=one.assessment_id, child_id=one.about[0]),
    }


def _action(one: Waiting, _caf: str) -> Line:
    status = "" if one.status is None else ACTION_STATUS_LABELS[one.status]
    whom = f"Your action for {formats.names(one.names)}" if one.names else "Your action"
    return {
        "text": one.words,
        "href": url_for("caf.plan_action", episode_id=one.episode_id, action_id=one.id),
        "hint": ". ".join(part for part in (f"{whom}: {status.lower()}", f"So that: {one.more}") if part),
    }


def _meeting(one: Waiting, _caf: str) -> Line:
    kind = "Meeting" if one.meeting is None else MEETING_LABELS[one.meeting]
    return {
        "text": f"{kind}, {one.names[0]}",
        "href": url_for("caf.meeting", episode_id=one.episode_id, meeting_id=one.id),
        "hint": one.more,
        "when": f"{formats.weekday(one.at)}, {formats.clock_time(one.at)}",
    }


def _feedback(one: Waiting, caf_label: str) -> Line:
    return {
        "text": f"Read the feedback on your {caf_label} {one.words}",
        "href": url_for("caf.quality_audit", audit_id=one.id),
        "when": f"since {formats.day(one.at)}",
    }


def _audit(one: Waiting, caf_label: str) -> Line:
    return {
        "text": f"Audit {caf_label} {one.words}",
        "href": url_for("caf.invited", invitation_id=one.id),
        "hint": f"Asked by {one.more}. You read it without names",
    }


def _referral(one: Waiting, _caf: str) -> Line:
    about = formats.names(one.names) if one.names else one.words
    return {
        "text": f"{_REFERRAL_WORDS[one.more]}: {about}",
        "href": url_for("referrals.referral", referral_id=one.id),
        "hint": f"Referral {one.words}",
    }


_REFERRAL_WORDS: Mapping[str, str] = {
    "returned_for_info": "Answer the service’s question",
    "declined": "A referral came back: the service declined",
    "expired": "A referral came back without an answer",
    "allocated": "A referral was passed to you",
}


def _disagreement(one: Waiting, _caf: str) -> Line:
    about = formats.names(one.names) if one.names else one.words
    return {
        "text": f"Answer a disagreement: {about}",
        "href": url_for("referrals.disagreement", disagreement_id=one.id),
        "hint": f"Referral {one.words}, raised by {one.more}",
    }


def _no_lead(one: Waiting, _caf: str) -> Line:
    family = one.names[0] if one.names else None
    return {
        "text": f"Nobody leads: {f'{family} family' if family else one.words}",
        # The cluster knows that nobody leads; whose family it is opens with their agreement to share.
        "href": url_for("caf.episode", episode_id=one.episode_id) if family else None,
        "hint": one.more,
        "late": True,
    }


_SAID: Mapping[WaitKind, Callable[[Waiting, str], Line]] = {
    WaitKind.ALERT: _alert,
    WaitKind.MOVE: _move,
    WaitKind.LEAD_REQUEST: _lead_request,
    WaitKind.STEP: _step,
    WaitKind.TRY: _try,
    WaitKind.ACTION: _action,
    WaitKind.MEETING: _meeting,
    WaitKind.FEEDBACK: _feedback,
    WaitKind.AUDIT: _audit,
    WaitKind.REFERRAL: _referral,
    WaitKind.DISAGREEMENT: _disagreement,
    WaitKind.NO_LEAD: _no_lead,
}
