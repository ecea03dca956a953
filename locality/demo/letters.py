"""What the messages room would have sent to whoever got in touch: the outcome, once every child is decided."""

import datetime as dt
import uuid
from dataclasses import dataclass

from locality.demo import days
from locality.demo.batch import NULL, array
from locality.demo.families import Person
from locality.demo.teller import Teller
from locality.messages.api import message_id, write_message
from locality.referrals.api import Outcome, Source, listener_for, outcome_told

# Before this nobody asked for e-mail addresses.
WRITTEN_DAYS = 180
_SHARE_WITH_ADDRESS = 0.4
_KEPT_DAYS = 8  # what is younger waits for the mail server to be set
_NUMBER = "the number on the council's website"
_HOUSE = {"authority": "Southend demonstration", "front_door_phone": _NUMBER, "duty_phone": _NUMBER}


def address_for(t: Teller, day: int, name: str, source: str, *, always: bool) -> str:
    """An e-mail address that no server can have, of some who got in touch lately; empty of the others."""
    if day < t.today - WRITTEN_DAYS or not (always or t.aside.random() < _SHARE_WITH_ADDRESS):
        return ""
    plain = ".".join("".join(c for c in part if c.isascii() and c.isalnum()) for part in name.casefold().split())
    where = {"1": "family", "2": "school", "3": "health", "6": "police"}.get(source[0], "partner")
    return f"{plain.strip('.') or 'somebody'}@{where}.locality.example"


@dataclass(frozen=True, slots=True)
class Referrer:
    """Whoever got in touch: about which contact, since when, and where they can be written to (empty: nowhere)."""

    contact_id: str
    reference: str
    source: str
    children: list[Person]
    received: int
    name: str = ""
    private: bool = False
    address: str = ""


def write_outcome(t: Teller, r: Referrer, outcomes: list[str], at: tuple[int, int], corrected: str = "") -> None:
    """The message with what was decided for the children at a day and minute; ``corrected``: a decision's id."""
    if not r.address:
        return
    day, minute = at
    listener = listener_for(Source(r.source))
    said = outcome_told(listener, [Outcome(outcome) for outcome in outcomes])
    received = dt.date.fromordinal(r.received)
    values = {"reference": r.reference, "received_on": f"{received.day} {received:%B %Y}", "outcome": said.outcome,
              "next_step": said.next_step}  # fmt: skip
    template = f"{listener.value}_{'corrected' if corrected else 'outcome'}"
    subject, body = write_message(template, {**_HOUSE, **values})
    key = ":".join(["contact", *(str(uuid.UUID(part)) for part in (r.contact_id, corrected) if part)])
    ident, kept = str(message_id(key)), day > t.today - _KEPT_DAYS
    t.add(
        "message", ident, key, template, "kept" if kept else "sent", "contact", r.contact_id, days.stamp(day, minute),
        NULL if kept else days.stamp(day, min(minute + 1, 1439)),
    )  # fmt: skip
    about = array(child.id for child in r.children)
    t.add("message_text", ident, about, r.address, subject, body.replace("\\", "\\\\").replace("\n", "\\n"))
