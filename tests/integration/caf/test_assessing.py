"""Writing a CAF: agreement first, nothing overwritten unseen, complete when everything is there."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.audit.models import AuditEvent
from locality.caf import api as caf
from locality.caf.models import Assessment, EarlierText, ElementAnswer, Review, VoiceEntry, VoiceReading
from locality.caf.operations.commands import RecordReading
from locality.caf.operations.concluding import ConclusionOvertaken
from locality.caf.operations.elements import AnswerOvertaken
from locality.caf.operations.voices import record_reading
from locality.clusters.models import CaseloadEntry
from locality.kernel.db import bind_actor
from locality.kernel.errors import NotFound, RuleBroken
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId, new_id
from locality.people import api as people
from tests.factories.caf import (
    Helpers,
    a_complete_caf,
    a_draft,
    a_led_episode,
    a_voice,
    fill_in,
)
from tests.support.database import OpenUnit
from tests.support.layers import layer


def _answer(text: str) -> caf.Answer:
    return caf.Answer(strengths=text, evidence=(caf.Evidence.OBSERVED,))


@layer
def begun(uow: OpenUnit, at_work: Helpers) -> tuple[EpisodeId, AssessmentId, PersonId]:
    """A draft about one child."""
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        assessment_id = a_draft(unit, episode_id)
    return episode_id, assessment_id, family.children[0]


def test_without_agreement_there_is_no_caf(uow: OpenUnit, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, _ = a_led_episode(unit, at_work, agreed=False)
    with pytest.raises(RuleBroken, match="Record the family’s agreement first"), uow(at_work.lead) as unit:
        a_draft(unit, episode_id)


def test_one_draft_at_a_time(uow: OpenUnit, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]) -> None:
    with pytest.raises(RuleBroken, match="is being written already"), uow(at_work.lead) as unit:
        a_draft(unit, begun[0])


def test_saving_counts_in_the_caseload(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    episode_id, assessment_id, child = begun
    assert session.get_one(CaseloadEntry, episode_id).next_step == "Finish the CAF: 0 of 19 answered"
    with uow(at_work.lead) as unit:
        saved = caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 0, _answer("Trusts her aunt")))
        caf.save_element(unit, caf.SaveElement(assessment_id, "D2.1", None, 0, caf.Answer(is_not_discussed=True)))
    entry = session.get_one(CaseloadEntry, episode_id, populate_existing=True)
    assert (saved.version, entry.next_step) == (1, "Finish the CAF: 2 of 19 answered")


@pytest.mark.parametrize("code", ["D9.9", "D2.1", ""])
def test_an_element_of_the_wrong_kind_is_not_there(
    uow: OpenUnit, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId], code: str
) -> None:
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        caf.save_element(unit, caf.SaveElement(begun[1], code, begun[2], 0, _answer("x")))


def test_a_save_on_an_old_version_shows_the_colleagues_text_and_changes_nothing(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    with uow(at_work.lead) as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 0, _answer("First")))
    with uow() as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 1, _answer("Second")))
    with pytest.raises(AnswerOvertaken) as refused, uow(at_work.lead) as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 1, _answer("Third")))
    assert (refused.value.current.answer.strengths, refused.value.current.version) == ("Second", 2)
    assert session.scalars(select(ElementAnswer.strengths)).all() == ["Second"]


def test_two_who_write_the_first_words_do_not_overwrite_each_other(
    uow: OpenUnit, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    with uow() as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 0, _answer("First")))
    with pytest.raises(AnswerOvertaken, match="Locality has saved"), uow(at_work.lead) as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 0, _answer("Also first")))


def test_what_somebody_else_wrote_is_kept_when_it_is_replaced(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    with uow() as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 0, _answer("Theirs")))
    with uow(at_work.lead) as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 1, _answer("Mine")))
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 2, _answer("Mine, better")))
    kept = session.scalars(select(EarlierText)).all()
    assert [(row.facts["strengths"], row.replaced_by_name) for row in kept] == [("Theirs", "Amira Khan")]


def test_fifty_thousand_words_are_kept(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    long = "family " * 50_000
    with uow(at_work.lead) as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 0, _answer(long)))
    assert session.scalar(select(ElementAnswer.strengths)) == long


def test_a_team_member_reads_the_assessment_and_a_stranger_does_not(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    episode_id, assessment_id, _ = begun
    bind_actor(session, at_work.colleague)
    assert session.scalar(select(Assessment.id)) is None
    with uow(at_work.lead) as unit:
        caf.add_team_member(
            unit,
            caf.AddTeamMember(
                new_id(),
                episode_id,
                caf.CaseRoleKind.TEAM_MEMBER,
                account_id=AccountId(at_work.colleague_account.id),
            ),
        )
    bind_actor(session, at_work.colleague)
    assert session.scalar(select(Assessment.id)) == assessment_id


@pytest.mark.parametrize(("readers", "sees"), [(caf.VoiceReaders.TEAM, 1), (caf.VoiceReaders.LEAD_ONLY, 0)])
def test_the_child_decides_whether_the_team_reads_their_words(
    uow: OpenUnit,
    session: Session,
    at_work: Helpers,
    begun: tuple[EpisodeId, AssessmentId, PersonId],
    readers: caf.VoiceReaders,
    sees: int,
) -> None:
    episode_id, assessment_id, child = begun
    with uow(at_work.lead) as unit:
        caf.add_team_member(
            unit,
            caf.AddTeamMember(
                new_id(),
                episode_id,
                caf.CaseRoleKind.TEAM_MEMBER,
                account_id=AccountId(at_work.colleague_account.id),
            ),
        )
        a_voice(unit, assessment_id, child, readers=readers)
    seen = {}
    for actor in (at_work.colleague, at_work.manager, at_work.lead):
        bind_actor(session, actor)
        seen[actor.name] = len(session.scalars(select(VoiceEntry.id)).all())
    assert seen == {"Sean Byrne": sees, "Ruth Cole": sees, "Amira Khan": 1}


def test_how_words_kept_to_the_lead_are_read_is_kept_to_the_lead_as_well(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    with uow(at_work.lead) as unit:
        for readers in caf.VoiceReaders:
            voice_id = a_voice(unit, assessment_id, child, readers=readers)
            record_reading(unit, RecordReading(new_id(), assessment_id, child, voice_id, f"For {readers.value}"))
    seen = {}
    for actor in (at_work.manager, at_work.lead):
        bind_actor(session, actor)
        seen[actor.name] = set(session.scalars(select(VoiceReading.reading)))
    assert seen == {"Ruth Cole": {"For team"}, "Amira Khan": {"For team", "For lead_only", "For chosen"}}


def test_a_reading_belongs_to_words_of_the_same_child_and_episode(
    uow: OpenUnit, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    with uow() as unit:
        other_episode, other = a_led_episode(unit, at_work, names=("Mia", "Tom"))
    with uow(at_work.lead) as unit:
        theirs = a_draft(unit, other_episode)
        words = a_voice(unit, theirs, other.children[0])
    for where, whose in ((assessment_id, child), (assessment_id, other.children[0]), (theirs, other.children[1])):
        with pytest.raises(NotFound), uow(at_work.lead) as unit:
            record_reading(unit, RecordReading(new_id(), where, whose, words, "She misses her father"))


def test_the_story_never_repeats_the_childs_words(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    with uow(at_work.lead) as unit:
        a_voice(unit, assessment_id, child)
    lines = " ".join(row.line for row in people.list_story(session, child).rows)
    assert "Their own words were written down" in lines
    assert "bed" not in lines


def test_a_conclusion_on_an_old_version_is_not_lost(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun

    def said(text: str, version: int) -> caf.SaveConclusion:
        return caf.SaveConclusion(assessment_id, child, version, caf.ConclusionLevel.SINGLE_SERVICE, text)

    with uow() as unit:
        caf.save_conclusion(unit, said("Theirs", 0))
    with pytest.raises(ConclusionOvertaken) as refused, uow(at_work.lead) as unit:
        caf.save_conclusion(unit, said("Mine", 0))
    assert refused.value.current.text == "Theirs"
    with uow(at_work.lead) as unit:
        caf.save_conclusion(unit, said("Mine", 1))
    assert session.scalars(select(EarlierText)).one().facts["text"] == "Theirs"


def test_completing_says_everything_that_is_missing(
    uow: OpenUnit, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    with pytest.raises(RuleBroken) as refused, uow(at_work.lead) as unit:
        caf.complete_assessment(unit, begun[1])
    lines = [reason.message for reason in refused.value.reasons]
    assert lines[0].startswith("Development of Leah: 12 elements have no answer (General health;")
    assert "Conclusions for Leah are missing" in lines


def test_a_complete_caf_stays_as_it_is_and_the_review_is_planned(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    episode_id, assessment_id, child = begun
    with uow(at_work.lead) as unit:
        fill_in(unit, assessment_id, [child])
        caf.complete_assessment(unit, assessment_id)
    entry = session.get_one(CaseloadEntry, episode_id)
    assert entry.next_step == "Agree the plan with the family"
    assert session.scalar(select(Review.due_on)) == entry.next_review_on
    with pytest.raises(RuleBroken, match="complete and does not change"), uow(at_work.lead) as unit:
        caf.save_element(unit, caf.SaveElement(assessment_id, "D1.2", child, 1, _answer("Later")))


def test_the_next_version_follows_a_complete_one(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, names=("Leah", "Tom"))
    with uow(at_work.lead) as unit:
        a_complete_caf(unit, episode_id, family.children)
        second = a_draft(unit, episode_id)
    assert session.get_one(Assessment, second).version_no == 2


def test_everything_is_in_the_audit_log(
    uow: OpenUnit, session: Session, at_work: Helpers, begun: tuple[EpisodeId, AssessmentId, PersonId]
) -> None:
    _, assessment_id, child = begun
    with uow(at_work.lead) as unit:
        fill_in(unit, assessment_id, [child])
        caf.complete_assessment(unit, assessment_id)
    actions = set(session.scalars(select(AuditEvent.action).where(AuditEvent.actor_name == "Amira Khan")))
    assert actions >= {
        "assessment.started", "element.saved", "voice.recorded", "conclusion.saved", "comments.saved",
        "assessment.completed",
    }  # fmt: skip
