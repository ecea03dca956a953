"""What the family sees differently stands beside the text: recorded, shown, answered and printed."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.audit.models import AuditEvent
from locality.caf import api as caf
from locality.caf.models import Dispute
from locality.caf.operations.sections import SaveSection, save_section
from locality.caf.rules.sections import SectionCode
from locality.kernel.ids import new_id
from locality.people import api as people
from locality.people.models import ChronologyEntry
from tests.factories.caf import MUM, a_draft, fill_in, may_look_back_still
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story

SAID = "He shouted once, not every night"
CARRIED, KEPT = "(said about version 1, still open)", "(said about version 1)"


@layer
def assessed(uow: OpenUnit, story: Story) -> Story:
    """The story, its CAF complete and told in words."""
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        words = {"story": "There is shouting every night"}
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, words))
        caf.complete_assessment(unit, story.caf_id)
    return story


@pytest.fixture
def written(browse: Browse, assessed: Story) -> Browse:
    """Its lead professional, signed in."""
    browse.sign_in(assessed.at_work.lead_account)
    return browse


def _record(browse: Browse, story: Story, *, status: int = 302, **changes: str) -> Page:
    path = f"{story.caf}/seen-differently/new"
    told = {"said_by_id": str(story.family.mother), "words": SAID, "part": "story", **changes}
    return browse.post(path, {**browse.get(path, most_queries=8).form(), **told}, status=status)


def _answer(browse: Browse, path: str, *, status: int = 302, **told: str) -> Page:
    return browse.post(path, {**browse.get(path, most_queries=8).form(), **told}, status=status)


def test_a_statement_stands_beside_the_part_that_it_is_about_and_is_answered(
    written: Browse, session: Session, story: Story
) -> None:
    assert "There is shouting every night" in written.get(f"{story.caf}/whole").main
    listed = written.follow(_record(written, story))
    assert listed.heading == "What the family sees differently"
    assert "The whole story Open" in listed.main
    assert f"{MUM}, 3 March 2026, written down by Amira Khan" in listed.main
    whole = written.get(f"{story.caf}/whole", most_queries=8)
    place = whole.main.index("There is shouting every night")
    assert whole.main.index(SAID) > place
    dispute = session.scalars(select(Dispute)).one()
    path = f"{story.caf}/seen-differently/{dispute.id}"
    refused = _answer(written, path, settled="both_stand", answer="", status=422)
    assert refused.error_beside("answer") == "Enter what you say to it"
    assert _answer(written, path, settled="both_stand", answer="The neighbours said so too").location
    main = written.get(f"{story.caf}/seen-differently", most_queries=8).main
    assert "Both views stand, one beside the other" in main
    assert "Amira Khan says to it: The neighbours said so too" in main
    assert {"dispute.recorded", "dispute.answered"} <= set(session.scalars(select(AuditEvent.action)))
    lines = session.scalars(select(ChronologyEntry.line)).all()
    assert "The family sees part of the assessment differently" in lines
    assert not [line for line in lines if SAID in line]


def test_what_is_open_or_stands_goes_with_the_next_version_and_is_answered_from_there(
    written: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    settled = (("D2.1", "We always had food", "changed"), ("D2.2", "She plays out", "both_stand"))
    for part, words in (("story", SAID), *(one[:2] for one in settled)):
        _record(written, story, part=part, words=words)
    for part, _words, came in settled:
        _answer(written, _path_of(session, story, part), settled=came, answer="I saw it")
    with uow(story.at_work.lead) as unit:
        second = a_draft(unit, story.episode_id)
    page = written.get(f"/caf/{second}/seen-differently", most_queries=8)
    assert SAID in page.main
    assert CARRIED in page.main
    assert "We always had food" not in page.main
    assert "She plays out" in page.main
    assert f"{MUM} sees it differently {KEPT}" in page.main
    assert CARRIED in written.get(f"/caf/{second}/whole", most_queries=8).main
    assert CARRIED not in written.get(f"{story.caf}/whole").main
    path = page.links["Answer, or say what came of it: The whole story, " + MUM]
    assert "It was said about version 1 and is still open." in written.get(path, most_queries=8).main
    assert _answer(written, path, settled="both_stand", answer="We talked").location
    for where in ("seen-differently", "whole"):
        main = written.get(f"/caf/{second}/{where}").main
        assert SAID in main, "that both views stand takes neither away"
        assert KEPT in main
        assert CARRIED not in main
    assert "We talked" in written.get(f"{story.caf}/seen-differently").main
    # An earlier version shows nothing of a later one.
    later = f"/caf/{second}/seen-differently/new"
    written.post(later, {**written.get(later).form(), "said_by": "Uncle Ade", "words": "New", "part": "home"})
    assert "Uncle Ade" in written.get(f"/caf/{second}/seen-differently").main
    assert "Uncle Ade" not in written.get(f"{story.caf}/seen-differently").main
    written.get(_path_of(session, story, "home"), status=404)


def test_after_help_has_ended_a_manager_of_the_area_keeps_and_answers_it(
    written: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    _record(written, story)
    with uow(story.at_work.lead) as unit:
        reason, rating = caf.ClosureReason.OTHER, caf.ClosureRating.SOME
        caf.close_episode(
            unit, caf.CloseEpisode(story.episode_id, reason, unit.today, rating=rating, note="They asked us to stop")
        )
    may_look_back_still(session)
    written.get(f"{story.caf}/seen-differently", status=404)
    written.sign_in(story.at_work.manager_account)
    assert "Add what somebody says" in written.get(f"{story.caf}/seen-differently").main
    # The grant after closure names the children; their mother is entered by name.
    told = {"said_by_id": "", "said_by": "Her mother", "part": "home", "words": "We said so at the end"}
    assert _record(written, story, **told).location
    assert _answer(written, _path_of(session, story, "story"), settled="both_stand", answer="Both are kept").location
    main = written.get(f"{story.caf}/whole").main
    assert "We said so at the end" in main
    assert "Both are kept" in main
    written.get(f"{story.caf}/about", status=403)
    written.sign_in(story.at_work.colleague_account)
    written.get(f"{story.caf}/seen-differently/new", status=404)


def _path_of(session: Session, story: Story, code: str) -> str:
    return f"{story.caf}/seen-differently/{session.scalars(select(Dispute.id).where(Dispute.code == code)).one()}"


def test_it_is_printed_beside_the_text_and_what_is_taken_back_is_not(
    written: Browse, session: Session, story: Story
) -> None:
    _record(written, story)
    _record(written, story, part="D2.1", words="We always had food", said_by_id="", said_by="Uncle Ade")
    _record(written, story, part="whole", words="It is not fair")
    _record(written, story, part="home", words="Nobody asked who lives here")
    (taken,) = (one for one in session.scalars(select(Dispute)) if one.code == "whole")
    path = f"{story.caf}/seen-differently/{taken.id}"
    assert _answer(written, path, settled="taken_back", answer="We talked").location
    new = f"{story.episode}/papers/new"
    sent = {**written.get(new).form(), "recipients": [str(story.family.mother)], "what": "caf"}
    page = written.follow(written.post(new, sent))
    assert page.main.index("There is shouting every night") < page.main.index(SAID)
    assert page.main.index("Basic care, ensuring safety and protection") < page.main.index("We always had food")
    assert "Uncle Ade sees it differently, 3 March 2026" in page.main
    assert "It is not fair" not in page.main
    # Where nothing was written, the statement stands under the name of the part all the same.
    for main in (page.main, written.get(f"{story.caf}/whole").main):
        assert main.index("Family and home now") < main.index("Nobody asked who lives here")


def test_what_is_seen_differently_in_conclusions_stands_there_before_a_level_is_chosen(
    browse: Browse, story: Story
) -> None:
    browse.sign_in(story.at_work.lead_account)
    _record(browse, story, part=f"conclusion:{story.leah}")
    new = f"{story.episode}/papers/new"
    sent = {**browse.get(new).form(), "recipients": [str(story.family.mother)], "what": "caf"}
    paper = browse.follow(browse.post(new, sent))
    for main in (browse.get(f"{story.caf}/whole").main, paper.main):
        assert "Conclusions" in main
        assert main.index("Conclusions") < main.index("No answer", main.index("Conclusions")) < main.index(SAID)


def test_an_address_typed_beside_a_name_is_not_on_paper_where_it_must_not_be_said(
    written: Browse, uow: OpenUnit, story: Story
) -> None:
    with uow() as unit:
        people.record_address(
            unit,
            people.NewAddress(
                people=[story.leah], kind=people.AddressKind.HOME, lines=["44 Refuge Lane"], postcode="SS3 9AB",
                do_not_disclose=True,
            ),
        )  # fmt: skip
    _record(written, story, said_by_id="", said_by="Uncle Ade, 44 refuge lane")
    new = f"{story.episode}/papers/new"
    sent = {**written.get(new).form(), "recipients": [str(story.family.mother)], "what": "caf"}
    page = written.follow(written.post(new, sent))
    assert "Uncle Ade, [left out] sees it differently, 3 March 2026" in page.main
    assert "refuge lane" not in page.main.lower()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"words": ""}, "words", "Enter what they say"),
        ({"said_by_id": "", "said_by": ""}, "said_by", "Enter who sees it differently"),
        ({"part": "D9.9"}, "part", "Select what it is about"),
        ({"said_on-year": "2027"}, "said_on-day", "The date must be today or in the past"),
        ({"said_on-year": "2020"}, "said_on-day", "The assessment was begun on 3 March 2026, not before"),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_stays(
    written: Browse, story: Story, changes: dict[str, str], field: str, message: str
) -> None:
    page = _record(written, story, status=422, **{"answer": "A long answer", **changes})
    assert message in page.html
    assert "A long answer" in page.html
    assert field


def test_a_colleague_who_answered_first_is_named(written: Browse, session: Session, story: Story) -> None:
    _record(written, story)
    path = f"{story.caf}/seen-differently/{session.scalars(select(Dispute.id)).one()}"
    page = written.get(path)
    written.post(path, {**page.form(), "answer": "First"})
    late = written.post(path, {**page.form(), "answer": "Second"}, status=422)
    assert "Amira Khan has answered in the meantime" in late.main
    assert "Second" in late.html


def test_who_reads_the_assessment_reads_it_and_nobody_else_does(
    written: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    _record(written, story)
    written.sign_in(story.at_work.manager_account)
    assert SAID in written.get(f"{story.caf}/seen-differently").main
    written.sign_in(story.at_work.colleague_account)
    written.get(f"{story.caf}/seen-differently", status=404)
    written.get(f"{story.caf}/seen-differently/{new_id()}", status=404)
    # Nor does emergency access change it while others help.
    with uow() as unit:
        outsider = story.at_work.colleague_account.id
        grants.give(unit, [story.leah], principal=outsider, reason=GrantReason.BREAK_GLASS, record=new_id())
    listed = written.get(f"{story.caf}/seen-differently").main
    assert SAID in listed
    assert "Add what somebody says" not in listed
    written.get(_path_of(session, story, "story"), status=403)
