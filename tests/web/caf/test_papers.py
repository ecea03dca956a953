"""Papers as their giver meets them: chosen, read, given, taken away; and what a recipient never gets."""

import datetime as dt
import io
import re
import zlib

import pypdf
import pytest
from docx import Document
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.audit.models import AuditEvent
from locality.caf import api as caf
from locality.caf.models import PaperCopy, VoiceEntry
from locality.caf.operations.commands import AddTeamMember
from locality.caf.operations.membership import add_team_member
from locality.caf.operations.sections import SaveSection, save_section
from locality.caf.rules.sections import SectionCode
from locality.caf.rules.words import CaseRoleKind, VoiceReaders
from locality.consent import api as consent
from locality.kernel.ids import AccountId, PersonId, new_id
from locality.people import api as people
from locality.people.models import Address, ChronologyEntry
from locality.referrals.operations.commands import Referrer
from tests.factories.caf import a_voice, an_action, fill_in
from tests.factories.referrals import a_contact
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story

DAD = "Mark Adeyemi"
HOME, POSTCODE, MOBILE = "12 Oak Road", "SS3 9AB", "07700 900123"
HIDDEN = "44 Refuge Lane"


def _father(uow: OpenUnit, story: Story) -> PersonId:
    """Leah's father lives elsewhere and has parental responsibility."""
    with uow() as unit:
        father = people.create_person(
            unit,
            people.NewPerson(
                kind=people.PersonKind.ADULT, given_name="Mark", family_name="Adeyemi", born_on=dt.date(1988, 1, 1)
            ),
        )
        people.add_to_family(unit, story.family.id, father)
        people.give_parental_responsibility(
            unit, people.NewResponsibility(child_id=story.leah, adult_id=father, basis=people.PrBasis.MARRIED_FATHER)
        )
    return father


def _address(uow: OpenUnit, *who: PersonId, line: str = HOME, postcode: str = POSTCODE, hidden: bool = False) -> None:
    with uow() as unit:
        people.record_address(
            unit,
            people.NewAddress(
                people=list(who), kind=people.AddressKind.HOME, lines=[line], postcode=postcode, do_not_disclose=hidden
            ),
        )


def _complete(uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        told = f"Mum moved to {HOME.upper()}, ss39ab. Her number is 07700-900-123. Bills are paid"
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, {"story": told}))
        caf.complete_assessment(unit, story.caf_id)
        an_action(unit, story.episode_id)


@layer
def complete(uow: OpenUnit, story: Story) -> Story:
    """The story, its CAF complete."""
    _complete(uow, story)
    return story


def _prepare(browse: Browse, story: Story, *who: object, what: str = "caf", status: int = 302) -> Page:
    path = f"{story.episode}/papers/new"
    page = browse.get(path)
    sent = browse.post(path, {**page.form(), "recipients": [str(one) for one in who], "what": what}, status=status)
    LAST[:] = [sent.location or ""]
    return browse.follow(sent) if status == 302 else sent


LAST: list[str] = []  # where the papers that were prepared last are


def _give(browse: Browse, _page: Page, **more: str) -> Page:
    return browse.follow(browse.post(LAST[0], {"was_read": "y", **more}))


def _file(browse: Browse, page: Page, words: str) -> bytes:
    return browse.raw("GET", page.links[words]).data


def _everything(pdf: bytes) -> str:
    """All text of a PDF, and all bytes of it, every stream unpacked."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    streams = []
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            streams.append(zlib.decompress(found.group(1)).decode("latin-1"))
        except zlib.error:
            streams.append(found.group(1).decode("latin-1"))
    return re.sub(r"\s+", " ", text) + pdf.decode("latin-1") + "".join(streams)


def test_a_mother_gets_the_assessment_as_page_pdf_large_print_and_word(
    browse: Browse, uow: OpenUnit, session: Session, complete: Story
) -> None:
    browse.sign_in(complete.at_work.lead_account)
    page = _prepare(browse, complete, complete.family.mother)
    assert "for Grace Adeyemi" in page.heading
    assert "Nothing is given before you say so" in page.main
    given = _give(browse, page)
    assert "noted as a share" in given.banner
    for words in ("PDF, Grace Adeyemi", "PDF in large print, Grace Adeyemi"):
        pdf = _file(browse, given, words)
        text = _everything(pdf)
        assert "Strong in General health" in text
        assert "This copy is for: Grace Adeyemi" in text
    word = Document(io.BytesIO(_file(browse, given, "Word, Grace Adeyemi")))
    assert any("Sleep and attendance" in line.text for line in word.paragraphs)
    assert browse.get(given.links["Page to print, Grace Adeyemi"]).heading == "CAF of the Adeyemi family"
    events = session.scalars(select(AuditEvent.action)).all()
    assert "paper.given" in events
    assert "page.caf.paper_file" in events
    lines = session.scalars(select(ChronologyEntry.line)).all()
    assert "The assessment was given to Grace Adeyemi" in lines


def test_a_parent_never_gets_the_other_parents_whereabouts(browse: Browse, uow: OpenUnit, story: Story) -> None:
    father = _father(uow, story)
    _address(uow, story.family.mother, story.leah)
    with uow() as unit:
        people.record_contact_point(
            unit,
            people.NewContactPoint(person_id=story.family.mother, kind=people.ContactKind.MOBILE, value=MOBILE),
        )
    _complete(uow, story)
    browse.sign_in(story.at_work.lead_account)
    given = _give(browse, _prepare(browse, story, father))
    text = _everything(_file(browse, given, f"PDF, {DAD}")).casefold()
    assert "bills are paid" in text
    for secret in (HOME, POSTCODE, "SS39AB", "900-123", "900123"):
        assert secret.casefold() not in text
    assert "[left out]" in text
    assert "Address of Leah Adeyemi" in given.main
    hers = _everything(_file(browse, _give(browse, _prepare(browse, story, story.family.mother)), "PDF, Grace Adeyemi"))
    assert HOME.upper() in hers


def test_what_must_not_be_disclosed_goes_to_nobody_not_even_by_a_school(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    _address(uow, story.family.mother, story.leah, line=HIDDEN, hidden=True)
    with uow(story.at_work.lead) as unit:
        words = {"story": f"They are safe at {HIDDEN} now"}
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, words))
    browse.sign_in(story.at_work.lead_account)
    page = _prepare(browse, story, story.family.mother)
    assert "Refuge" not in page.main
    assert "Refuge" not in str(session.scalars(select(PaperCopy.content)).one())


def test_an_address_that_is_hidden_since_is_not_handed_out_any_more(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    _address(uow, story.family.mother, story.leah)
    with uow(story.at_work.lead) as unit:
        words = {"story": f"They live at {HOME}"}
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, words))
    browse.sign_in(story.at_work.lead_account)
    given = _give(browse, _prepare(browse, story, story.family.mother))
    pdf = given.links["PDF, Grace Adeyemi"]
    assert browse.raw("GET", pdf).data.startswith(b"%PDF")
    with uow() as unit:
        unit.session.execute(update(Address).values(do_not_disclose=True))
    refused = browse.get(pdf, status=302)
    assert refused.location == f"{story.episode}/papers"


def test_who_told_the_front_door_is_taken_out_of_every_text(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow() as unit:
        a_contact(unit, story.leah, referrer=Referrer(name="Norah Tattle", role="Neighbour"))
    with uow(story.at_work.lead) as unit:
        words = {"story": "It began when Norah Tattle rang us"}
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, words))
    browse.sign_in(story.at_work.lead_account)
    page = _prepare(browse, story, story.family.mother)
    assert "Tattle" not in page.main
    assert "It began when [left out] rang us" in page.main


def test_an_agency_that_the_family_leaves_out_is_refused_and_nothing_is_prepared(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    role = _named(uow, story, "Sean Byrne", organisation="Shoebury Health")
    browse.sign_in(story.at_work.lead_account)
    assert "for Sean Byrne" in _prepare(browse, story, role, what="plan").heading
    _withdraw(uow, story, consent.Scope.AGENCY, agency=story.at_work.team.agency_id)
    page = _prepare(browse, story, role, what="plan", status=422)
    assert "The family said that the agency of Sean Byrne must not be told" in page.text
    assert len(session.scalars(select(PaperCopy.id)).all()) == 1


@pytest.mark.parametrize("scope", [consent.Scope.WHOLE, consent.Scope.TOPIC])
def test_what_the_family_takes_back_counts_on_the_next_request(
    browse: Browse, uow: OpenUnit, complete: Story, scope: consent.Scope
) -> None:
    role = _colleague(uow, complete)
    browse.sign_in(complete.at_work.lead_account)
    given = _give(browse, _prepare(browse, complete, role))
    pdf = given.links["PDF, Sean Byrne"]
    assert browse.raw("GET", pdf).data.startswith(b"%PDF")
    topic = consent.Topic.MENTAL_HEALTH if scope is consent.Scope.TOPIC else None
    _withdraw(uow, complete, scope, topic=topic)
    for path in (pdf, given.links["Page to print, Sean Byrne"]):
        assert browse.get(path, status=302).location == f"{complete.episode}/papers"


def test_a_topic_that_is_kept_out_takes_its_elements_with_it(browse: Browse, uow: OpenUnit, complete: Story) -> None:
    role = _colleague(uow, complete)
    _withdraw(uow, complete, consent.Scope.TOPIC, topic=consent.Topic.MONEY)
    browse.sign_in(complete.at_work.lead_account)
    page = _prepare(browse, complete, role)
    assert "Housing, employment and financial considerations: the family keeps its topic out" in page.main
    assert "Strong in Housing" not in page.main


def test_words_that_a_child_keeps_are_in_nobodys_paper_but_the_childs(
    browse: Browse, uow: OpenUnit, story: Story
) -> None:
    with uow(story.at_work.lead) as unit:
        a_voice(unit, story.caf_id, story.leah, own_words="I hide in the wardrobe", readers=VoiceReaders.LEAD_ONLY)
    role = _colleague(uow, story)
    _complete(uow, story)
    browse.sign_in(story.at_work.lead_account)
    for who in (role, story.family.mother):
        page = _prepare(browse, story, who)
        assert "wardrobe" not in page.text
        assert "Leah decides who may read it" in page.main
    assert "wardrobe" in _prepare(browse, story, story.leah).main


def test_a_child_who_changes_their_mind_is_heeded_by_papers_that_are_ready(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    with uow(story.at_work.lead) as unit:
        a_voice(unit, story.caf_id, story.leah, own_words="I hide in the wardrobe", readers=VoiceReaders.TEAM)
    role = _colleague(uow, story)
    _complete(uow, story)
    browse.sign_in(story.at_work.lead_account)
    given = _give(browse, _prepare(browse, story, role))
    assert "wardrobe" in browse.get(given.links["Page to print, Sean Byrne"]).main
    assert "wardrobe" in _prepare(browse, story, role).main
    with uow() as unit:
        unit.session.execute(update(VoiceEntry).values(readers=VoiceReaders.LEAD_ONLY))
    for words in ("Page to print, Sean Byrne", "PDF, Sean Byrne", "Word, Sean Byrne"):
        assert browse.get(given.links[words], status=302).location == f"{story.episode}/papers"
    assert "wardrobe" not in browse.get(LAST[0]).text
    refused = browse.post(LAST[0], {"was_read": "y"}, status=422)
    assert "What Sean Byrne may know has changed" in refused.text


def test_who_may_not_read_a_childs_words_reads_them_in_no_copy_either(
    browse: Browse, uow: OpenUnit, story: Story
) -> None:
    with uow(story.at_work.lead) as unit:
        a_voice(unit, story.caf_id, story.leah, own_words="I hide in the wardrobe", readers=VoiceReaders.LEAD_ONLY)
    _complete(uow, story)
    browse.sign_in(story.at_work.lead_account)
    given = _give(browse, _prepare(browse, story, story.leah))
    assert "wardrobe" in browse.get(given.links["Page to print, Leah Adeyemi"]).main
    browse.sign_in(story.at_work.manager_account)
    for words in ("Page to print, Leah Adeyemi", "PDF, Leah Adeyemi"):
        assert browse.get(given.links[words], status=302).location == f"{story.episode}/papers"


def test_a_section_that_is_left_out_is_not_in_the_bytes(browse: Browse, uow: OpenUnit, complete: Story) -> None:
    browse.sign_in(complete.at_work.lead_account)
    page = _prepare(browse, complete, complete.family.mother)
    given = _give(browse, page, leave_out="shared")
    text = _everything(_file(browse, given, "PDF, Grace Adeyemi"))
    assert "Strong in Wider family" not in text
    assert "Strong in General health" in text
    assert "left out by Amira Khan" in given.main


def test_nothing_is_given_unread_and_no_file_before_it_is_given(browse: Browse, uow: OpenUnit, complete: Story) -> None:
    browse.sign_in(complete.at_work.lead_account)
    page = _prepare(browse, complete, complete.family.mother)
    refused = browse.post(LAST[0], {}, status=422)
    assert "Read it, then tick this box" in refused.text
    assert "PDF, Grace Adeyemi" not in page.links


def test_many_papers_are_made_in_the_background_with_progress(
    browse: Browse, uow: OpenUnit, session: Session, complete: Story
) -> None:
    from locality.caf.jobs import make_paper
    from locality.kernel.outbox import OutboxMessage

    roles = [_named(uow, complete, f"Helper {number}") for number in range(11)]
    browse.sign_in(complete.at_work.lead_account)
    given = _give(browse, _prepare(browse, complete, *roles, what="plan"))
    assert "0 of 11 files are ready" in given.main
    owed = session.scalars(select(OutboxMessage.payload).where(OutboxMessage.task == "caf.make_paper")).all()
    assert len(owed) == 11
    copies = session.scalars(select(PaperCopy.id)).all()
    with uow() as unit:
        for copy in copies[:4]:
            make_paper(unit, paper_copy=copy)
            make_paper(unit, paper_copy=copy)  # told twice
    assert "4 of 11 files are ready" in browse.get(LAST[0]).main


def test_a_childs_plan_speaks_to_the_child(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        voice = a_voice(unit, story.caf_id, story.leah)
        an_action(unit, story.episode_id, voice_id=voice)
    browse.sign_in(story.at_work.lead_account)
    page = _prepare(browse, story, story.leah, what=f"child_plan:{story.leah}")
    assert "What you said" in page.main
    assert "I want to sleep in my own bed" in page.main
    assert "Grace Adeyemi will do this by" in page.main


def test_pages_of_papers_take_few_statements_and_a_stranger_finds_nothing(
    browse: Browse, uow: OpenUnit, complete: Story
) -> None:
    browse.sign_in(complete.at_work.lead_account)
    page = _give(browse, _prepare(browse, complete, complete.family.mother))
    for path in (f"{complete.episode}/papers", f"{complete.episode}/papers/new", LAST[0],
                 page.links["Page to print, Grace Adeyemi"]):  # fmt: skip
        browse.get(path, most_queries=8)
    browse.sign_in(complete.at_work.colleague_account)
    for path in (f"{complete.episode}/papers", LAST[0], page.links["PDF, Grace Adeyemi"]):
        browse.get(path, status=404)


def test_strange_choices_are_refused_beside_the_field(browse: Browse, uow: OpenUnit, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/papers/new"
    form = browse.get(path).form()
    for wrong in ({}, {"recipients": "x", "what": "caf"}, {"recipients": str(new_id()), "what": "caf"},
                  {"recipients": str(story.leah), "what": "child_plan:zzz"}, {"what": "\0"}):  # fmt: skip
        browse.post(path, {**form, **wrong}, status=422)


def _colleague(uow: OpenUnit, story: Story) -> object:
    """Sean Byrne, a teacher, joins the team by the family's agreement."""
    role = new_id()
    with uow(story.at_work.lead) as unit:
        add_team_member(
            unit,
            AddTeamMember(
                role_id=role,
                episode_id=story.episode_id,
                kind=CaseRoleKind.TEAM_MEMBER,
                account_id=AccountId(story.at_work.colleague_account.id),
            ),
        )
    return role


def _named(uow: OpenUnit, story: Story, name: str, *, organisation: str = "Club") -> object:
    role = new_id()
    with uow(story.at_work.lead) as unit:
        add_team_member(
            unit,
            AddTeamMember(
                role_id=role,
                episode_id=story.episode_id,
                kind=CaseRoleKind.TEAM_MEMBER,
                name=name,
                organisation=organisation,
            ),
        )
    return role


def _withdraw(
    uow: OpenUnit, story: Story, scope: consent.Scope, *, agency: object = None, topic: consent.Topic | None = None
) -> None:
    with uow(story.at_work.lead) as unit:
        agreement = consent.open_agreement(unit.session, [story.leah], today=unit.today)
        assert agreement is not None
        consent.withdraw(
            unit,
            consent.Withdraw(
                agreement_id=agreement.id,
                scope=scope,
                withdrawn_by=story.family.mother,
                reason="We changed our minds",
                withdrawn_on=unit.today,
                risk=consent.RiskView.UNLIKELY,
                agency_id=agency,  # type: ignore[arg-type]
                topic=topic,
            ),
        )
