"""Officers of the front door who send referrals, by the form and by deciding a contact."""

import re
import threading
import uuid
from dataclasses import dataclass
from queue import SimpleQueue

from benchmarks.faults.clients import Client, GaveUp, Pace
from benchmarks.visitor import Answer, hidden_fields
from locality.kernel.clock import SYSTEM_CLOCK, london_date

# Every so many submissions one begins with a contact, whose referrer is owed a message.
_CONTACT_EVERY = 3
_DECIDE = re.compile(r'href="(/contacts/[0-9a-f-]{36}/children/[0-9a-f-]{36}/decide)"')
_DECIDED = "Decided already"
_SUMMARY = "The family would like help with routines at home."


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the system said that it has: a referral, or a contact whose decision makes one."""

    number: int
    key: uuid.UUID
    is_contact: bool
    email: str = ""


class Officer(threading.Thread):
    """Takes numbers from the pace and sends a referral for each until the system has said that it has it."""

    def __init__(
        self, client: Client, pace: Pace, children: list[uuid.UUID], said: "SimpleQueue[Acknowledged]"
    ) -> None:
        super().__init__(name=f"officer {client.email}", daemon=True)
        self.failures: list[str] = []
        self._client = client
        self._pace = pace
        self._children = children
        self._said = said

    def run(self) -> None:
        """Work until nothing is left."""
        while (number := self._pace.take()) is not None:
            try:
                by_contact = number % _CONTACT_EVERY == 0
                self._said.put(self._contact(number) if by_contact else self._refer(number))
            except GaveUp as error:
                self.failures.append(f"submission {number}: no answer to {error}")
            except _Refused as error:
                self.failures.append(f"submission {number}: refused: {error}")
        self._client.close()

    @property
    def tries(self) -> int:
        """Pages asked for, those asked for again among them."""
        return self._client.tries

    def _refer(self, number: int) -> Acknowledged:
        path = f"/people/{self._children[number % len(self._children)]}/refer"
        fields = hidden_fields(self._client.get(path).body) | {
            "need_codes": "PARENTING_SUPPORT",
            "stage": "2",
            "consented_summary": _SUMMARY,
            "agreed": "yes",
            "urgency": "routine",
        }
        answer = _redirected(self._client.send(path, fields))
        return Acknowledged(number, _id_in(answer.location), is_contact=False)

    def _contact(self, number: int) -> Acknowledged:
        email = f"sender.{number}@school.example"
        fields = hidden_fields(self._client.get("/contacts/new").body) | _contact_fields(number, email)
        answer = self._client.send("/contacts/new", fields)
        if answer.status != 302 and 'name="who"' in answer.body:
            answer = self._client.send("/contacts/new", fields | {"who": "new"})
        location = _redirected(answer).location
        self._decide(self._client.get(location))
        return Acknowledged(number, _id_in(location), is_contact=True, email=email)

    def _decide(self, contact: Answer) -> None:
        found = _DECIDE.search(contact.body)
        if found is None:
            raise _Refused(f"no decision is offered: {contact.status}")
        page = self._client.get(found.group(1))
        answer = self._client.send(found.group(1), hidden_fields(page.body) | _DECISION)
        # The first answer may have been lost with the process that gave it: the page then says that it is decided.
        if answer.status != 302 and _DECIDED not in self._client.get(found.group(1)).body:
            raise _Refused(f"the decision: {answer.status}")


_DECISION = {
    "outcome": "early_help_single_agency",
    "reason": "Routines at home, and the family asks for help.",
    "stage": "2",
    "need_codes": "PARENTING_SUPPORT",
    "urgency": "routine",
    "agreed": "yes",
    "consented_summary": _SUMMARY,
}


class _Refused(Exception):
    """The system answered, and would not take what was sent."""


def _redirected(answer: Answer) -> Answer:
    if answer.status != 302:
        shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.body.partition("<main")[2]))
        raise _Refused(f"{answer.status} {shown[:200]}")
    return answer


def _contact_fields(number: int, email: str) -> dict[str, str]:
    """A school's contact of today about a child whom nobody knows yet."""
    today = london_date(SYSTEM_CLOCK.now())
    return {
        "received_on-day": str(today.day),
        "received_on-month": str(today.month),
        "received_on-year": str(today.year),
        "source": "2A",
        "source_agency": "Garon Primary School",
        "referrer_name": "Joan Fletcher",
        "referrer_email": email,
        "what_said": _SUMMARY,
        "agreement_known": "agreed",
        "given_name": f"Child{_letters(number)}",
        "family_name": f"Fam{_letters(number * 7919 + 104729)}",
        "born_on-day": str(number % 28 + 1),
        "born_on-month": str(number // 28 % 12 + 1),
        "born_on-year": str(2012 + number // 336 % 9),
    }


def _letters(number: int) -> str:
    """A made-up ending of a name that no other number has."""
    return "".join("abdefgiklmnoprstuv"[number // 18**place % 18] for place in range(5))


def _id_in(location: str) -> uuid.UUID:
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", location)
    if found is None:
        raise _Refused(f"led to {location}")
    return uuid.UUID(found.group())
