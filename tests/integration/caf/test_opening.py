"""Early help begins when a referral is accepted or an episode is opened."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason, management_of
from locality.access.scope import facts_about
from locality.caf import api as caf
from locality.caf.models import Episode
from locality.clusters.models import CaseloadEntry, CaseloadName
from locality.kernel.db import bind_actor
from locality.kernel.ids import EpisodeId
from locality.stages import api as stages
from tests.factories.caf import Helpers, a_family, a_led_episode, an_agreement, an_episode
from tests.support.database import OpenUnit


def test_children_are_placed_and_management_sees_them(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        family = a_family(unit, names=("Leah", "Tom"))
        an_episode(unit, family, at_work.cluster)
    standing = stages.current_stages(session, family.children)
    assert {child: now.stage for child, now in standing.items()} == dict.fromkeys(family.children, 3)
    facts = facts_about(session, at_work.manager, [*family.children, family.mother])
    assert management_of(at_work.cluster.id) in at_work.manager.principals
    assert {grant.person_id for grant in facts.grants} == {*family.children, family.mother}


def test_the_caseload_says_what_is_missing_first(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        family = a_family(unit)
        episode_id = an_episode(unit, family, at_work.cluster)
    entry = session.get_one(CaseloadEntry, episode_id)
    assert (entry.next_step, entry.lead_name, entry.stage, entry.children) == ("Name a lead professional", None, 3, 1)
    assert "no_agreement" in entry.flags
    assert session.get_one(CaseloadName, episode_id).child_names == "Leah"


def test_a_brother_joins_the_open_episode_and_everybody_there_sees_him(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
        brother = a_family(unit, names=("Tom",)).children[0]
        joined = caf.open_episode(
            unit,
            caf.OpenEpisode(
                family_id=family.id, children=(brother,), stage=2, cluster_id=at_work.cluster.id, why="Front door"
            ),
        )
    assert joined == episode_id
    assert set(session.get_one(Episode, episode_id).about) == {*family.children, brother}
    assert GrantReason.LEAD_PROFESSIONAL in facts_about(session, at_work.lead, [brother]).reasons
    assert GrantReason.MANAGEMENT in facts_about(session, at_work.manager, [brother]).reasons
    assert session.get_one(CaseloadEntry, episode_id).children == 2


def test_nobody_else_sees_the_episode(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        family = a_family(unit)
        episode_id = an_episode(unit, family, at_work.cluster)
    bind_actor(session, at_work.colleague)
    assert session.execute(select(Episode.id).where(Episode.id == episode_id)).first() is None
    bind_actor(session, at_work.manager)
    assert caf.open_episode_of(session, family.id) == EpisodeId(episode_id)


def test_the_cluster_team_comes_in_with_the_familys_agreement(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, agreed=False)
    assert session.get_one(CaseloadEntry, episode_id).next_step == "Record the family’s agreement"
    with uow() as unit:
        an_agreement(unit, family, cluster_team=True)
    entry = session.get_one(CaseloadEntry, episode_id, populate_existing=True)
    assert (entry.next_step, entry.shared_with_cluster) == ("Start the CAF", True)
