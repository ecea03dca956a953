"""Everybody around a person, in one statement: ties, responsibility, households, families, helpers, the family tree.

Row-level security decides who is there. Of a parent, child or partner whom the reader may not see the database says
that there is somebody (``kin_unseen``), and nothing else.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from locality.kernel.db import JsonObject
from locality.kernel.ids import FamilyId, HouseholdId, PersonId
from locality.people.queries.families import ResponsibilityRow, TieRow
from locality.people.queries.helping import Professional, professionals_about, read_professionals
from locality.people.queries.linking import DecisionRow, decisions_column, read_decisions
from locality.people.queries.persons import SUMMARY_COLUMNS, PersonRecord, PersonSummary
from locality.people.rules.codes import (
    Ethnicity,
    PersonKind,
    PrBasis,
    RelationKind,
    Sex,
    relation_words,
)  # fmt: skip
from locality.people.rules.genogram import MOST
from locality.people.rules.kinship import APART, COUPLES, Tie

_FAR = 3  # ties from the person to anybody in the tree: a parent's other child's other parent is drawn, no further
_FAMILY = 9  # who belongs to the family and is tied to nobody comes after all who are tied


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A household with everybody's time in it, those of today first."""

    id: HouseholdId
    name: str
    members: tuple[tuple[PersonSummary, dt.date | None, dt.date | None], ...]

    @property
    def now(self) -> frozenset[PersonId]:
        """Who lives there now."""
        return frozenset(person.id for person, _from_on, until_on in self.members if until_on is None)


@dataclass(frozen=True, slots=True)
class FamilyTimes:
    """A family with everybody's time in it, those of today first."""

    id: FamilyId
    reference: str
    name: str
    members: tuple[tuple[PersonSummary, dt.date | None, dt.date | None], ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that the People page of a record shows. ``unseen`` are keys of those who may not be named."""

    ties: tuple[TieRow, ...]
    responsibility: tuple[ResponsibilityRow, ...]
    homes: tuple[HomeRow, ...]
    families: tuple[FamilyTimes, ...]
    professionals: tuple[Professional, ...]
    tree: tuple[PersonSummary, ...]
    tree_ties: tuple[Tie, ...]
    unseen: tuple[str, ...]
    left_out: bool
    decisions: tuple[DecisionRow, ...] = ()


def surroundings(session: Session, person: PersonRecord) -> Surroundings:
    """Everybody around a person and their other records; one statement."""
    mine = [person.id, *(one.id for one in person.linked)]
    statement = sa.select(_FOUND, professionals_about(mine).label("helpers"), decisions_column(mine).label("decided"))
    asked = {
        "mine": mine,
        "apart": [kind.value for kind in APART],
        "couples": [kind.value for kind in COUPLES],
        "far": _FAR,
        "family": _FAMILY,
        "most": MOST + 1,
    }
    row = session.execute(statement, asked).one()
    return replace(_Reading.of(person.id, mine, row[0]).all(row[1]), decisions=read_decisions(row[2]))


# Ties are looked up person by person (LATERAL with OFFSET 0): joined as sets, the planner walks a whole table, and asks
# of each row in it whether the reader may see it.
_FIELDS = ", ".join(f"p.{column.key}" for column in SUMMARY_COLUMNS)
_TIMES = "jsonb_build_array(m.person_id, m.from_on, m.until_on) ORDER BY m.until_on DESC NULLS FIRST, m.from_on, m.id"
# What has ended is drawn of couples alone: a line struck through. A carer of before is in the list of relations.
_DRAWN = "r.kind <> ALL(:apart) AND (r.until_on IS NULL OR r.kind = ANY(:couples))"
_FOUND = sa.text(
    f"""
    (WITH RECURSIVE kin (id, far) AS (
      SELECT unnest(CAST(:mine AS uuid[])), 0
      UNION
      SELECT near.id, kin.far + 1 FROM kin CROSS JOIN LATERAL (
        SELECT r.other_id AS id FROM relationship AS r WHERE r.person_id = kin.id AND {_DRAWN}
        UNION ALL
        SELECT r.person_id FROM relationship AS r WHERE r.other_id = kin.id AND {_DRAWN}
      ) AS near WHERE kin.far < :far
    ), family_time AS MATERIALIZED (
      SELECT m.* FROM family_member AS m WHERE m.family_id IN (
        SELECT own.family_id FROM family_member AS own
        WHERE own.person_id = ANY(:mine) AND own.until_on IS NULL)
    ), home_time AS MATERIALIZED (
      SELECT m.* FROM household_member AS m WHERE m.household_id IN (
        SELECT own.household_id FROM household_member AS own WHERE own.person_id = ANY(:mine))
    ), drawn AS MATERIALIZED (
      SELECT id, min(far) AS far FROM (
        SELECT id, far FROM kin UNION ALL SELECT person_id, :family FROM family_time WHERE until_on IS NULL
      ) AS everybody GROUP BY id ORDER BY far, id LIMIT :most
    ), held AS MATERIALIZED (
      SELECT DISTINCT ON (h.id) h.* FROM (
        SELECT of_child.* FROM drawn CROSS JOIN LATERAL (
          SELECT * FROM parental_responsibility AS one WHERE one.child_id = drawn.id OFFSET 0) AS of_child
        UNION ALL
        SELECT by_adult.* FROM unnest(CAST(:mine AS uuid[])) AS me (id) CROSS JOIN LATERAL (
          SELECT * FROM parental_responsibility AS one WHERE one.adult_id = me.id OFFSET 0) AS by_adult) AS h
    ), tie AS MATERIALIZED (
      SELECT DISTINCT ON (r.id) r.* FROM drawn CROSS JOIN LATERAL (
        SELECT * FROM relationship AS one WHERE one.person_id = drawn.id
        UNION ALL
        SELECT * FROM relationship AS one WHERE one.other_id = drawn.id OFFSET 0) AS r
    ), shown AS (
      SELECT id FROM drawn UNION SELECT person_id FROM tie UNION SELECT other_id FROM tie
      UNION SELECT child_id FROM held UNION SELECT adult_id FROM held
      UNION SELECT person_id FROM family_time UNION SELECT person_id FROM home_time
    )
    SELECT jsonb_build_object(
      'people', (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]')
                 FROM (SELECT {_FIELDS} FROM person AS p WHERE p.id IN (SELECT id FROM shown)) AS p),
      'drawn', (SELECT coalesce(jsonb_agg(id ORDER BY far, id), '[]') FROM drawn),
      'ties', (SELECT coalesce(jsonb_agg(to_jsonb(tie) ORDER BY until_on DESC NULLS FIRST, id), '[]') FROM tie),
      'held', (SELECT coalesce(jsonb_agg(to_jsonb(held) ORDER BY until_on DESC NULLS FIRST, id), '[]') FROM held),
      'unseen', (SELECT coalesce(jsonb_agg(to_jsonb(u) ORDER BY u.place, u.person_id, u.kind), '[]')
                 FROM kin_unseen((SELECT array_agg(id) FROM drawn)) AS u),
      'families', (SELECT coalesce(jsonb_agg(jsonb_build_array(f.id, f.reference, f.name, (
                     SELECT jsonb_agg({_TIMES}) FROM family_time AS m WHERE m.family_id = f.id))
                     ORDER BY f.created_at DESC, f.id), '[]')
                   FROM family AS f WHERE f.id IN (SELECT family_id FROM family_time)),
      'homes', (SELECT coalesce(jsonb_agg(jsonb_build_array(h.id, h.name, (
                  SELECT jsonb_agg({_TIMES}) FROM home_time AS m WHERE m.household_id = h.id))
                  ORDER BY h.created_at DESC, h.id), '[]')
                FROM household AS h WHERE h.id IN (SELECT household_id FROM home_time))
    )) AS found
    """  # noqa: S608 - the columns are our own
).bindparams(
    sa.bindparam("mine", type_=ARRAY(sa.Uuid())),
    sa.bindparam("apart", type_=ARRAY(sa.Text())),
    sa.bindparam("couples", type_=ARRAY(sa.Text())),
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the statement gave, on its way to rows."""

    me: PersonId
    mine: frozenset[str]
    people: Mapping[str, PersonSummary]
    found: JsonObject

    @classmethod
    def of(cls, me: PersonId, mine: Iterable[uuid.UUID], found: JsonObject) -> "_Reading":
        people = {row["id"]: _person(row) for row in found["people"]}
        return cls(me, frozenset(map(str, mine)), people, found)

    def all(self, helpers: Sequence[JsonObject]) -> Surroundings:
        """Everything in the shape in which the page shows it."""
        drawn = [
            key for key in self.found["drawn"] if key in self.people and (key not in self.mine or self._is_me(key))
        ]
        return Surroundings(
            ties=self._ties(),
            responsibility=self._responsibility(),
            homes=tuple(HomeRow(HouseholdId(uuid.UUID(k)), name, self._times(m)) for k, name, m in self.found["homes"]),
            families=tuple(
                FamilyTimes(FamilyId(uuid.UUID(key)), reference, name, self._times(members))
                for key, reference, name, members in self.found["families"]
            ),
            professionals=read_professionals(helpers),
            tree=tuple(self.people[key] for key in drawn[:MOST]),
            tree_ties=self._tree_ties(),
            unseen=tuple(sorted({_unseen(row) for row in self.found["unseen"]})),
            left_out=len(drawn) > MOST,
        )

    def _is_me(self, key: str) -> bool:
        return key == str(self.me)

    def _key(self, key: str) -> str:
        """Whose symbol somebody is drawn as: the other records of the person are the person."""
        return str(self.me) if key in self.mine else key

    def _times(self, members: Sequence[Any] | None) -> tuple[tuple[PersonSummary, dt.date | None, dt.date | None], ...]:
        """Those of today first, adults before children, the eldest first."""
        times = [
            (self.people[key], _date(from_on), _date(until_on))
            for key, from_on, until_on in members or ()
            if key in self.people
        ]
        return tuple(sorted(times, key=lambda time: (time[2] is not None, time[0].kind, *_born(time[0]))))

    def _ties(self) -> tuple[TieRow, ...]:
        rows = []
        for row in self.found["ties"]:
            for one, other, turned in (
                (row["person_id"], row["other_id"], True),
                (row["other_id"], row["person_id"], False),
            ):
                if one in self.mine and other in self.people and other not in self.mine:
                    words = relation_words(RelationKind(row["kind"]), turned=turned)
                    between = _date(row["from_on"]), _date(row["until_on"])
                    rows.append(TieRow(uuid.UUID(row["id"]), self.people[other], words, *between))
        return tuple(sorted(rows, key=lambda row: (row.until_on is not None, row.other.kind, _born(row.other))))

    def _responsibility(self) -> tuple[ResponsibilityRow, ...]:
        rows = []
        for row in self.found["held"]:
            other = row["adult_id"] if row["child_id"] in self.mine else row["child_id"]
            if {row["adult_id"], row["child_id"]} & self.mine and other in self.people:
                rows.append(
                    ResponsibilityRow(
                        uuid.UUID(row["id"]),
                        PersonId(uuid.UUID(row["child_id"])),
                        self.people[other],
                        PrBasis(row["basis"]),
                        row["limits"],
                        _date(row["from_on"]),
                        _date(row["until_on"]),
                    )
                )
        return tuple(rows)

    def _tree_ties(self) -> tuple[Tie, ...]:
        adopted = {(row["adult_id"], row["child_id"]) for row in self.found["held"] if row["basis"] == PrBasis.ADOPTION}
        seen = tuple(
            Tie(
                self._key(row["person_id"]),
                RelationKind(row["kind"]),
                self._key(row["other_id"]),
                is_over=row["until_on"] is not None,
                by_order=(row["person_id"], row["other_id"]) in adopted,
            )
            for row in self.found["ties"]
            if row["until_on"] is None or row["kind"] in COUPLES
        )
        return seen + tuple(_tie_to_unseen(row, self._key(row["person_id"])) for row in self.found["unseen"])


def _tie_to_unseen(row: JsonObject, known: str) -> Tie:
    """A tie to somebody who may not be seen; that they are a mother or a father is not said."""
    couple = row["kind"] in (RelationKind.PARTNER, RelationKind.FORMER_PARTNER)
    kind = RelationKind(row["kind"]) if couple else RelationKind.PARENT
    one, other = (_unseen(row), known) if row["is_above"] else (known, _unseen(row))
    return Tie(one, kind, other, is_over=row["is_over"])


def _unseen(row: JsonObject) -> str:
    return f"unseen {row['place']}"


def _person(row: JsonObject) -> PersonSummary:
    values = dict(row)
    values["id"] = PersonId(uuid.UUID(row["id"]))
    for name in ("born_on", "due_on", "died_on"):
        values[name] = _date(row[name])
    for name, code in (("kind", PersonKind), ("sex", Sex), ("ethnicity", Ethnicity)):
        values[name] = code(row[name])
    return PersonSummary(**values)


def _born(person: PersonSummary) -> tuple[bool, dt.date]:
    return (person.born_on is None, person.born_on or dt.date.min)


def _date(written: str | None) -> dt.date | None:
    return None if written is None else dt.date.fromisoformat(written)
