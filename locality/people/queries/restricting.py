"""Reading which records are closed, to whom and why, for those who watch over that. People stay references."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.facts import AccessFacts
from locality.access.scope import elevated, facts_about
from locality.accounts import api as accounts
from locality.accounts.models import Account
from locality.kernel import direct
from locality.kernel.actor import Actor, Role
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people.rules.restricting import Ground, Mode


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """Somebody looked whether it is still needed."""

    at: dt.datetime
    by: str
    note: str
    review_on: dt.date


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """One restriction as lists and its page show it; people by reference, accounts by name and job."""

    id: uuid.UUID
    people: tuple[tuple[uuid.UUID, str], ...]
    accounts: tuple[tuple[uuid.UUID, str], ...]
    mode: Mode
    ground: Ground
    reason: str
    whole_family: bool
    declared: bool
    decided_at: dt.datetime
    decided_by: str
    until_at: dt.datetime | None
    review_on: dt.date
    lifted_at: dt.datetime | None
    lifted_by: str | None
    lifted_reason: str | None
    reviews: tuple[ReviewRow, ...] = ()

    @property
    def references(self) -> str:
        """Whose records, in one line."""
        return ", ".join(reference for _id, reference in self.people)

    @property
    def named(self) -> str:
        """Who is named, in one line."""
        return ", ".join(name for _id, name in self.accounts)

    def keeps_out(self, account_id: uuid.UUID | None) -> bool:
        """Whether it closes the records to this account by name."""
        return self.mode is Mode.CLOSED_TO and account_id in {one for one, _name in self.accounts}


# References and names are gathered with the system's reach, of rows that the reader's own reach has chosen.
_CHOSEN: Final = """
SELECT r.id FROM restriction AS r WHERE (%(lifted)s OR (r.lifted_at IS NULL
  AND (r.until_at IS NULL OR r.until_at > now())))
ORDER BY r.lifted_at DESC NULLS FIRST, r.review_on, r.id OFFSET %(offset)s LIMIT %(size)s
"""
_ROWS: Final = """
SELECT r.*,
  (SELECT jsonb_agg(jsonb_build_array(p.id, p.reference) ORDER BY p.reference) FROM restriction_person AS n
   JOIN person AS p ON p.id = n.person_id WHERE n.restriction_id = r.id) AS people,
  (SELECT jsonb_agg(jsonb_build_array(a.id, concat_ws(', ', a.name, nullif(a.job_title, ''))) ORDER BY a.name)
   FROM restriction_account AS n JOIN account AS a ON a.id = n.account_id WHERE n.restriction_id = r.id) AS accounts,
  (SELECT jsonb_agg(jsonb_build_array(v.reviewed_at, v.reviewed_by_name, v.note, v.review_on) ORDER BY v.reviewed_at)
   FROM restriction_review AS v WHERE v.restriction_id = r.id) AS reviews
FROM restriction AS r WHERE r.id IN ({chosen})
ORDER BY r.lifted_at DESC NULLS FIRST, r.review_on, r.id
"""
_OF_PEOPLE: Final = """
SELECT n.restriction_id FROM restriction_person AS n JOIN restriction AS r ON r.id = n.restriction_id
WHERE r.lifted_at IS NULL AND (r.until_at IS NULL OR r.until_at > now())
  AND (n.person_id = ANY(%(people)s) OR n.person_id IN (
    SELECT them.person_id FROM linked_person AS me JOIN linked_person AS them ON them.lead_id = me.lead_id
    WHERE me.person_id = ANY(%(people)s)) OR (r.whole_family AND n.person_id IN (
    SELECT other.person_id FROM family_member AS mine
    JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
    WHERE mine.person_id = ANY(%(people)s) AND mine.until_on IS NULL)))
"""
_CHOSEN_ROWS: Final = _ROWS.replace("{chosen}", "SELECT unnest(%(ids)s::uuid[])")
_ON_PEOPLE: Final = _ROWS.replace("{chosen}", _OF_PEOPLE)
_KEPT_OUT: Final = f"""
SELECT one.id FROM unnest(%(accounts)s::uuid[]) AS one (id) WHERE EXISTS (
  SELECT FROM restriction AS r
  LEFT JOIN restriction_account AS a ON a.restriction_id = r.id AND a.account_id = one.id
  WHERE r.id IN ({_OF_PEOPLE}) AND (r.mode = 'open_to') = (a.account_id IS NULL))
"""  # noqa: S608 - our own constants
_WHY: Final = "the people of a restriction by reference, and whom it names, for who watches over it"


def list_restrictions(session: Session, *, lifted: bool, number: int) -> Page[RestrictionRow]:
    """Restrictions that the reader watches over, those that are due for a look first."""
    asked = {"lifted": lifted, "offset": (number - 1) * PAGE_SIZE, "size": PAGE_SIZE + 1}
    ids = [row.id for row in direct.rows(session, _CHOSEN, asked)]
    return page_of(_read(session, ids), number)


def get_restriction(session: Session, restriction_id: uuid.UUID) -> RestrictionRow:
    """One restriction. Raises ``NotFound``."""
    seen = direct.one_or_none(session, "SELECT id FROM restriction WHERE id = %(id)s", {"id": restriction_id})
    if seen is None:
        raise NotFound("There is no such restriction, or none that you may see")
    return _read(session, [restriction_id])[0]


def restrictions_on(session: Session, person_id: uuid.UUID) -> tuple[RestrictionRow, ...]:
    """What closes somebody's record to anybody now, whoever asks: the page that asks decides who may know."""
    with elevated(session, "who may see a record, and to whom it is closed"):
        rows = direct.rows(session, _ON_PEOPLE, {"people": [person_id]})
    return tuple(_row(row) for row in rows)


def kept_out(session: Session, people: Iterable[uuid.UUID], accounts: Iterable[uuid.UUID]) -> frozenset[AccountId]:
    """Those of these accounts to whom the record of any of these people is closed now, whoever asks; one statement."""
    asked = {"people": list(people), "accounts": list(accounts)}
    with elevated(session, "somebody to whom a record is closed is given and told nothing of it"):
        return frozenset(AccountId(row.id) for row in direct.rows(session, _KEPT_OUT, asked))


def addresses_of_watch(session: Session, people: Sequence[uuid.UUID], *, today: dt.date) -> dict[AccountId, str]:
    """The e-mail addresses of the data protection leads, but of those to whom one of these people is closed."""
    ids = [one.id for one in accounts.list_accounts_with_role(session, Role.DATA_PROTECTION, today=today)]
    wanted = set(ids) - kept_out(session, people, ids)
    with elevated(session, "whoever watches over closed records is told that one was closed"):
        found = session.execute(select(Account.id, Account.email).where(Account.id.in_(wanted)).order_by(Account.id))
        return {AccountId(row.id): row.email for row in found}


def closed_by_name(session: Session) -> frozenset[PersonId]:
    """Whose records are closed to the reader by name: nothing says to them that there is one."""
    row = direct.one_or_none(session, "SELECT closed_by_name() AS people")
    return frozenset(PersonId(one) for one in row.people) if row else frozenset()


def restriction_facts(session: Session, actor: Actor, *, restriction_id: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a restriction; None when there is none that the reader watches over."""
    seen = direct.one_or_none(session, "SELECT about FROM restriction WHERE id = %(id)s", {"id": restriction_id})
    if seen is None:
        return None
    return AccessFacts(people=tuple(seen.about), record=("restriction", restriction_id))


def facts_of_each(session: Session, actor: Actor, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, AccessFacts]:
    """What the policy asks about the record of each of these people; those closed to the actor are left out."""
    row = direct.one_or_none(session, "SELECT closed_people() AS people")
    asked = [person for person in people if row is None or person not in row.people]
    grants = facts_about(session, actor, asked).grants
    return {
        person: AccessFacts(people=(person,), grants=tuple(one for one in grants if one.person_id == person))
        for person in asked
    }


def whom_to_ask(session: Session, *, today: dt.date) -> tuple[str, ...]:
    """Who can say something about a record that is closed: the data protection leads, by name."""
    return tuple(one.name for one in accounts.list_accounts_with_role(session, Role.DATA_PROTECTION, today=today))


def _read(session: Session, ids: Sequence[uuid.UUID]) -> tuple[RestrictionRow, ...]:
    if not ids:
        return ()
    with elevated(session, _WHY):
        rows = direct.rows(session, _CHOSEN_ROWS, {"ids": list(ids)})
    return tuple(_row(row) for row in rows)


def _row(row: Any) -> RestrictionRow:
    return RestrictionRow(
        id=row.id,
        people=_pairs(row.people),
        accounts=_pairs(row.accounts),
        mode=Mode(row.mode),
        ground=Ground(row.ground),
        reason=row.reason,
        whole_family=row.whole_family,
        declared=row.declared,
        decided_at=row.decided_at,
        decided_by=row.decided_by_name,
        until_at=row.until_at,
        review_on=row.review_on,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by_name,
        lifted_reason=row.lifted_reason,
        reviews=tuple(
            ReviewRow(dt.datetime.fromisoformat(at), by, note, dt.date.fromisoformat(on))
            for at, by, note, on in row.reviews or ()
        ),
    )


def _pairs(found: Sequence[Sequence[str]] | None) -> tuple[tuple[uuid.UUID, str], ...]:
    return tuple((uuid.UUID(key), words) for key, words in found or ())


def shown_to(restrictions: Sequence[RestrictionRow], holder: uuid.UUID, *, names: Mapping[uuid.UUID, str]) -> bool:
    """Whether a grant of this holder counts under these restrictions; one held by a team always may."""
    if holder not in names:
        return True
    for one in restrictions:
        named = {account for account, _name in one.accounts}
        if (one.mode is Mode.OPEN_TO) == (holder not in named):
            return False
    return True
