"""A council's workbook into the register, twice, and on through the main job."""

import argparse
import csv
import datetime as dt
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from sqlalchemy import func, select, text

from locality.annex_a.commands import COMMANDS, import_annex_a
from locality.annex_a.loading import person_id
from locality.caf.models import Assessment, Episode
from locality.clusters import api as clusters
from locality.clusters.models import Cluster, School
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.errors import RuleBroken
from locality.people import api as people
from locality.people.models import Person
from locality.referrals import api as referrals
from locality.referrals import jobs
from locality.referrals.models import Contact, ContactChild, Offer, Referral, ReferralMonth
from locality.referrals.operations.deciding import decide_child
from locality.referrals.rules.lifecycle import ReferralState
from locality.search.find import find_people
from locality.search.terms import read_terms
from locality.stages.models import StageSpan
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster, a_locality, a_school, an_agency
from tests.factories.referrals import a_contact, a_decision, a_service
from tests.support.layers import layer

SAMPLE = Path(__file__).parents[2] / "data" / "annex_a" / "annex-a-sample.xlsx"
COUNTED = (Person, Contact, ContactChild, Referral, Assessment, Episode, StageSpan)


@pytest.fixture
def sample(tmp_path):
    return shutil.copy(SAMPLE, tmp_path / "sample.xlsx")


@layer
def places(session, clock):
    east, west = a_locality(session, name="East", position=1), a_locality(session, name="West", position=2)
    shoebury = a_cluster(session, name="Shoebury", locality=east)
    leigh = a_cluster(session, name="Leigh", locality=west)
    a_school(session, name="Top Town Academy", cluster=leigh)
    return {"shoebury": shoebury.id, "leigh": leigh.id}


@layer
def loaded(clock, places):
    """The sample is on record; what the import said."""
    with TemporaryDirectory() as folder:
        return import_annex_a(Path(shutil.copy(SAMPLE, folder)))


def counts(session):
    session.expire_all()
    return {model.__tablename__: session.scalar(select(func.count()).select_from(model)) for model in COUNTED}


def test_the_sample_is_loaded_whole_and_a_second_run_changes_nothing(session, places, sample):
    said = import_annex_a(sample)
    first = counts(session)
    assert first == {
        "person": 16, "contact": 5, "contact_child": 5, "referral": 6, "assessment": 5, "episode": 5, "stage_span": 5,
    }  # fmt: skip
    assert said.splitlines()[:5] == [
        "                                      read  loaded   there  refused",
        "List 1, contacts                         5       5       0        0",
        "List 2, early help assessments           5       5       0        0",
        "List 3, referrals                        6       6       0        0",
        "16 children, 16 of them new.",
    ]
    again = import_annex_a(sample)
    assert counts(session) == first
    assert again.splitlines()[1:5] == [
        "List 1, contacts                         5       0       5        0",
        "List 2, early help assessments           5       0       5        0",
        "List 3, referrals                        6       0       6        0",
        "16 children, 0 of them new.",
    ]
    assert session.scalar(select(func.sum(ReferralMonth.children))) == 6


def test_people_come_with_what_the_lists_say(session, loaded):
    known = session.get(Person, person_id("9212044"))
    assert (known.la_child_id, known.sex, known.ethnicity, known.born_on.isoformat()) == (
        "9212044",
        people.Sex.FEMALE,
        people.Ethnicity.WBRI,
        "2015-01-25",
    )
    undated = session.get(Person, person_id("11973218"))
    assert undated.born_on is None
    assert undated.due_on is None
    not_stated = session.get(Person, person_id("6890906"))
    assert (not_stated.sex, not_stated.ethnicity) == (people.Sex.UNKNOWN, people.Ethnicity.NOBT)


def test_assessments_belong_to_the_cluster_that_the_organisation_names(session, places, loaded):
    found = dict(
        session.execute(
            select(Assessment.organisation, Episode.cluster_id).join(Episode, Episode.id == Assessment.episode_id)
        ).all()
    )
    assert found == {
        "Top Town Academy": places["leigh"],
        "Early Help Locality 2": places["leigh"],
        "Early Help Service": places["shoebury"],
    }
    assert "1 assessment names no school or locality of ours; the Shoebury cluster has it" in loaded


def test_referrals_keep_their_team_and_worker(session, loaded):
    found = session.scalars(select(Referral).where(Referral.allocated_team == "Multi Agency Safeguarding Hub")).one()
    assert (found.allocated_worker, found.no_further_action, found.source.value) == ("Dustin Hazlett", False, "8")


def test_a_loaded_child_is_found_by_the_councils_number(session, loaded):
    found = find_people(session, read_terms("9212044"))
    assert [row.id for row in found.people.rows] == [person_id("9212044")]


def test_a_loaded_child_goes_on_from_a_contact_to_help(session, uow, places, loaded):
    helped = select(StageSpan.person_id)
    child = session.scalars(select(ContactChild.person_id).where(ContactChild.person_id.not_in(helped))).first()
    with uow() as unit:
        service = a_service(unit, an_agency(session), cluster=session.get(Cluster, places["leigh"]))
        clusters.enrol(
            unit, person_id=child, school_id=session.scalars(select(School.id)).one(), from_on=dt.date(2025, 9, 1)
        )
    officer = an_actor(an_account(session, name="Mary Osei"), Role.SPOC_OFFICER)
    worker = an_actor(an_account(session, name="Priya Shah"), Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service))
    with uow(officer) as unit:
        referral = decide_child(unit, a_decision(a_contact(unit, child), child))
    with uow() as unit:
        jobs.route(unit, referral_id=referral)
    with uow(worker) as unit:
        referrals.accept_offer(unit, session.scalars(select(Offer.id).where(Offer.referral_id == referral)).one())
    session.expire_all()
    assert session.get(Referral, referral).state is ReferralState.ACCEPTED
    assert session.scalar(select(StageSpan.stage).where(StageSpan.person_id == child)) == 2


def a_workbook(path, **lists):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in lists.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


HEADINGS = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source")


def test_what_cannot_be_used_is_in_the_error_file_with_its_cure(session, places, tmp_path):
    rows = [
        HEADINGS,
        ("A1", "M", "WBRI", "01/02/2015", 10, "01/02/2026", "2A"),
        ("A2", "Mle", "WBRI", None, None, "01/02/2026", "2A"),
        ("A3", "F", "=HYPERLINK()", None, None, "02/31/2026", "Health services"),
        ("A1", "M", "WBRI", "01/02/2015", 10, "01/02/2026", "a) 2A"),
    ]
    errors = tmp_path / "not-used.csv"
    said = import_annex_a(a_workbook(tmp_path / "bad.xlsx", List_1=rows), errors=errors)
    assert "List 1, contacts                         4       1       0        3" in said
    assert f"3 rows and 0 single values could not be used. {errors} says which, why, and the cure." in said
    assert "There is no sheet for List 2, so no early help assessments were read." in said
    with errors.open(encoding="utf-8-sig") as file:
        found = list(csv.reader(file))
    assert found[0][:6] == ["List", "Row", "Column", "Value", "Problem", "Cure"]
    assert [(line[1], line[2]) for line in found[1:]] == [
        ("3", "Gender"),
        ("4", "Ethnicity"),
        ("4", "Date of Contact"),
        ("4", "Contact Source"),
        ("5", "Child Unique ID"),
    ]
    assert all(line[5] for line in found[1:])
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in found for cell in line)
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_corrected_workbook_adds_only_what_was_missing(session, places, tmp_path):
    good = ("A1", "M", "WBRI", "01/02/2015", 10, "01/02/2026", "2A")
    bad = ("A2", "Mle", "WBRI", None, None, "01/02/2026", "2A")
    path = a_workbook(tmp_path / "one.xlsx", List_1=[HEADINGS, good, bad])
    import_annex_a(path)
    said = import_annex_a(a_workbook(path, List_1=[HEADINGS, good, ("A2", "Male", *bad[2:])]))
    assert "List 1, contacts                         2       1       1        0" in said
    assert "2 children, 1 of them new." in said


def test_an_expected_baby_is_loaded_with_the_date_it_is_due(session, places, tmp_path):
    row = ("B1", "c) Not stated", "NOBT", "01/06/2026", None, "01/03/2026", "3B")
    import_annex_a(a_workbook(tmp_path / "baby.xlsx", List_1=[HEADINGS, row]))
    baby = session.get(Person, person_id("B1"))
    assert (baby.born_on, baby.due_on.isoformat(), baby.sex) == (None, "2026-06-01", people.Sex.UNKNOWN)


def test_an_import_is_on_the_audit_trail(session, loaded):
    found = dict(session.execute(text("SELECT action, count(*) FROM audit_event GROUP BY 1")).all())
    assert (found["contact.imported"], found["referral.imported"], found["assessment.imported"]) == (5, 6, 5)


def test_a_file_that_is_no_workbook_is_refused_in_one_line(session, places, tmp_path):
    path = tmp_path / "notes.xlsx"
    path.write_text("hello")
    with pytest.raises(RuleBroken, match=r"^notes.xlsx is not an Excel workbook"):
        import_annex_a(path)


def test_an_unknown_cluster_and_none_at_all_are_said(session, clock, sample):
    with pytest.raises(RuleBroken, match="Set up at least one cluster first"):
        import_annex_a(sample)
    a_cluster(session, name="Shoebury", locality=a_locality(session))
    with pytest.raises(RuleBroken, match=r"There is no cluster nowhere\. There are: shoebury"):
        import_annex_a(sample, cluster="nowhere")


def test_the_command_reads_its_arguments(session, places, sample, capsys):
    command = COMMANDS[0]
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    assert command.run(parser.parse_args([str(sample), "--cluster", "leigh"])) == 0
    assert "the Leigh cluster has it" in capsys.readouterr().out


def test_a_child_whom_the_register_refuses_is_told_of_and_ends_nothing(session, uow, places, sample, tmp_path):
    taken = person_id("9212044")
    officer = an_actor(an_account(session, roles=[Role.SPOC_OFFICER]), Role.SPOC_OFFICER)
    with uow(officer) as unit:
        people.create_person(unit, people.NewPerson(id=taken, kind=people.PersonKind.CHILD, given_name="Leah"))
    said = import_annex_a(sample)
    assert session.get(Person, taken).given_name == "Leah"
    assert "16 children, 15 of them new." in said
    assert counts(session)["person"] == 16
    (errors,) = Path(sample).parent.glob("*.csv")
    with errors.open(encoding="utf-8-sig", newline="") as file:
        found = [row for row in csv.reader(file) if "9212044" in row]
    assert len(found) == 1
    assert "Put it right in the workbook" in " ".join(found[0])
