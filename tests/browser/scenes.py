"""A family for whom help has just begun, put into the running system: where the CAF's journeys start.

How a family comes so far, from the first call on, is walked in ``test_story.py``.
"""

import datetime as dt
from dataclasses import dataclass

from locality.app import create_app
from locality.caf import api as caf
from locality.clusters.models import Cluster
from locality.kernel.actor import SYSTEM
from locality.kernel.db import db
from locality.kernel.ids import AccountId, EpisodeId, PersonId, new_id
from locality.kernel.uow import UnitOfWork, unit_of_work
from locality.people import api as people
from locality.people.api import FactAgreement, FactSource, Told
from tests.browser.demonstration import Person
from tests.support.live import LiveSystem
from tests.support.servers import settings_for

COLLEAGUE = "eilidh.gunn"
_CLUSTER = "Westcliff"
_TOLD_ON = dt.date(2026, 9, 14)


@dataclass(frozen=True, slots=True)
class Young:
    """A child, or with ``due_on`` a baby who is expected and has no name yet."""

    given_name: str = ""
    born_on: dt.date | None = None
    due_on: dt.date | None = None

    def named(self, family_name: str) -> str:
        """What pages call the child in full."""
        return f"{self.given_name or 'Baby'} {family_name}"


@dataclass(frozen=True, slots=True)
class Helped:
    """A mother and her children, the youngest last; what somebody told the front door about them."""

    family_name: str
    mother_given_name: str
    children: tuple[Young, ...]
    told: tuple[Told, ...] = ()

    @property
    def mother(self) -> str:
        """Her name in full."""
        return f"{self.mother_given_name} {self.family_name}"

    @property
    def names(self) -> tuple[str, ...]:
        """What the children are called in full, the youngest last."""
        return tuple(child.named(self.family_name) for child in self.children)


def help_begins(live: LiveSystem, family: Helped, lead: Person) -> str:
    """Enter the family, open its early help and name who leads; the address of the help."""
    ((account_id,),) = live.query("SELECT id FROM account WHERE email = %s", lead.email)
    app = create_app(settings_for(live.database, live.name))
    with app.app_context():
        try:
            with unit_of_work(SYSTEM) as uow:
                episode_id = _begin(uow, family)
                caf.name_lead(uow, caf.NameLead(episode_id, AccountId(account_id), ""))  # type: ignore[arg-type]
        finally:
            db.session.remove()
            db.engine.dispose()
    return f"/episodes/{episode_id}"


def _begin(uow: UnitOfWork, family: Helped) -> EpisodeId:
    mother = people.create_person(
        uow,
        people.NewPerson(
            kind=people.PersonKind.ADULT, given_name=family.mother_given_name, family_name=family.family_name
        ),
    )
    children = tuple(_child(uow, one, family.family_name) for one in family.children)
    family_id = people.create_family(uow, name=family.family_name, members=[mother, *children])
    for child in children:
        people.give_parental_responsibility(
            uow, people.NewResponsibility(child_id=child, adult_id=mother, basis=people.PrBasis.BIRTH_MOTHER)
        )
    if family.told:
        telling = people.Telling(
            (FactSource.CONTACT, new_id()), _TOLD_ON, family.mother, agreement=FactAgreement.AGREED
        )
        people.tell_facts(uow, children, family.told, telling=telling)
    cluster = uow.session.query(Cluster).filter(Cluster.name == _CLUSTER).one()
    opening = caf.OpenEpisode(family_id, children, stage=3, cluster_id=cluster.id, why="Help from several services")
    return caf.open_episode(uow, opening)


def _child(uow: UnitOfWork, child: Young, family_name: str) -> PersonId:
    new = people.NewPerson(
        kind=people.PersonKind.CHILD,
        given_name=child.given_name,
        family_name=family_name,
        born_on=child.born_on,
        due_on=child.due_on,
    )
    return people.create_person(uow, new)
