"""What other rooms may call of people. Reads take a session, changes a unit of work; nobody else writes our tables.

Entering and knowing people::

    create_person(uow, NewPerson(kind=..., given_name=..., born_on=... | due_on=..., ...)) -> PersonId
    edit_person(uow, person_id, seen_version=..., facts=PersonFacts(...))
    summaries(session, ids) -> {PersonId: PersonSummary}      one statement; who may not be seen is left out
    find_by_reference(session, "PE-...") / find_by_la_child_id(session, "...") / person_exists(session, id)
    records_like(session, person_id, Probe(...)) -> (Match, ...)   of somebody on record: home, numbers, adults too
    side_by_side(said, said, compare(Probe(...), Candidate(...)))   two records, fact by fact (``COMPARED_FACTS``)
    likely_matches(session, Probe(given_name=..., family_name=..., born_on=..., ...)) -> (Match, ...)

Families, households, ties::

    create_family(uow, name=..., members=[...]) -> FamilyId     add_to_family(uow, family_id, person_id)
    leave_family(uow, family_id, person_id)                     create_household(uow, name=..., members=[...])
    family_and_rows(session, id) -> (FamilySummary, (MemberRow, ...))
    get_family(session, id) / family_of(session, person_id) / families_of(session, people)
    family_members(session, family_id) -> (PersonSummary, ...)  children_in(members)
    record_relationship(uow, NewRelationship(person_id, other_id, kind))      "person is the kind of other"
    give_parental_responsibility(uow, NewResponsibility(child_id, adult_id, basis))
    holders_of_responsibility(session, children) -> {child: (adult, ...)}

Linked records (a link joins records and moves none: read with all ids, write to the one that was asked for)::

    same_person_ids(session, ids) -> {id: (id, *others)}        all records of the same person, itself first
    links_changed: a slot, called with (uow, people) when a link of theirs was decided or undone
    decide_link(uow, NewDecision(id=..., one_id=..., other_id=..., kind=LinkKind.SAME_PERSON, reason="..."))
    lead_of(session, person_id) -> PersonId                     the record that leads, for what is opened for the person
    told_apart(session, person_id) -> {id, ...}                 whom nobody should offer as a likely match again

Whereabouts and places::

    record_address(uow, NewAddress(people=[...], lines=[...], postcode=..., do_not_disclose=...)) -> ids
    record_contact_point(uow, NewContactPoint(person_id, kind, value))
    home_postcode(session, person_id) / home_postcodes(session, people)   elevate where the product must know
    find_postcode(session, typed) -> PostcodePlace | None               postcode_known(session, typed) -> bool

The story::

    note_story(uow, people, happened_on=..., kind=StoryKind..., line="...", source=None, record=(kind, id))
    list_story(session, person_id, wanted=StoryFilter(...), number=1) -> Page[StoryRow]

What was told, once for all (``Topic`` says what a line is about; forms declare it, see ``locality.web.prefill``)::

    tell_facts(uow, people, [Told(Topic.WANTS, "..."), ...], telling=Telling((FactSource.CONTACT, id), told_on, teller))
    known_answers(session, people, topics) -> {Topic: ToldFact}     told_facts(session, people) -> (ToldFact, ...)
    known_alike(session, people, topics)                            where the same was told of each of them
    told_from(form.answers()) -> (Told, ...)                        story_so_far(session, people, contact=id)
    GoOverForm: the questions of ``GONE_OVER``, which everybody asks, filled in with what is known
    count_reuse(uow, record=..., about=..., counted={Topic: Reuse})     ``tell_facts`` counts by itself
    known_of(session, person_id, topics) -> {Topic: line}           the same for one person, with what the details say
    reuse_by_month(session, since=...) / reuse_of(session, record_id)
    reuse_differences(session) / rebuild_reuse(uow)      what is kept by month against the records, and counting anew

Closed records: ``kept_out(session, people, accounts)`` -> those accounts to whom one of the records is closed now.

Slots: ``standing`` (higher rooms say where children stand, for the identity bar: a
``StandingSource`` each), ``professionals`` (who helps, a select of ``professional_row`` each),
``lines_kept_back`` (lines of the story that a reader may not get, a ``KeptBack`` each),
``record_tabs`` (more tabs on a person's record),
``grant_holders`` (what teams, services and places are called). Codes and checks for forms and imports are here too
(``Sex``, ``Ethnicity``, ``tidy_postcode``, ...).
"""

from locality.people.forms.story import GONE_OVER, GoOverForm
from locality.people.operations.facts import Telling, Told, count_reuse, tell_facts, told_from
from locality.people.operations.facts_counting import rebuild_reuse
from locality.people.operations.families import (
    add_to_family,
    create_family,
    leave_family,
    rename_family,
)  # fmt: skip
from locality.people.operations.homes import create_household, join_household, leave_household
from locality.people.operations.linking import NewDecision, decide_link, links_changed
from locality.people.operations.persons import NewPerson, PersonFacts, create_person, edit_person, enter_at_front_door
from locality.people.operations.postcodes import ImportedPostcodes, import_postcodes
from locality.people.operations.story import LINE_LENGTH, note_story
from locality.people.operations.ties import (
    NewRelationship,
    NewResponsibility,
    end_parental_responsibility,
    end_relationship,
    give_parental_responsibility,
    record_relationship,
)  # fmt: skip
from locality.people.operations.whereabouts import (
    NewAddress,
    NewContactPoint,
    end_address,
    end_contact_point,
    hide_address,
    record_address,
    record_contact_point,
)  # fmt: skip
from locality.people.queries.facts import (
    KeptBack,
    ReuseFigures,
    StorySoFar,
    known_alike,
    known_answers,
    lines_kept_back,
    reuse_by_month,
    reuse_of,
    story_so_far,
    told_facts,
)
from locality.people.queries.facts_counting import reuse_differences
from locality.people.queries.facts_on_record import known_of
from locality.people.queries.families import (
    Around,
    FamilySummary,
    MemberRow,
    ResponsibilityRow,
    TieRow,
    around,
    children_in,
    families_of,
    family_and_rows,
    family_facts,
    family_members,
    family_of,
    family_people,
    family_rows,
    get_family,
    holders_of_responsibility,
)  # fmt: skip
from locality.people.queries.helping import Professional, professional_row, professionals
from locality.people.queries.linking import lead_of, probe_of, same_person_ids, told_apart
from locality.people.queries.matching import likely_matches, records_like
from locality.people.queries.persons import (
    PersonRecord,
    PersonSummary,
    access_facts,
    find_by_la_child_id,
    find_by_reference,
    find_person,
    get_person,
    person_exists,
    summaries,
)  # fmt: skip
from locality.people.queries.restricting import kept_out
from locality.people.queries.seeing import grant_holders
from locality.people.queries.standing import (
    FamilyTab,
    Identity,
    RecordTab,
    StandingSource,
    family_tabs,
    identity_of,
    record_tabs,
    standing,
    tabs_for,
    tabs_for_family,
)
from locality.people.queries.story import StoryFilter, StoryRow, list_story
from locality.people.queries.whereabouts import (
    HouseholdRow,
    PostcodePlace,
    Whereabouts,
    find_postcode,
    home_postcode,
    home_postcodes,
    postcode_known,
    whereabouts,
)  # fmt: skip
from locality.people.rules.codes import (
    DISABILITIES,
    ETHNICITIES,
    PR_BASES,
    RELATIONS,
    SEXES,
    AddressKind,
    ContactKind,
    Disability,
    Ethnicity,
    GenderIdentity,
    NhsStatus,
    PersonKind,
    PrBasis,
    RelationKind,
    Sex,
    StoryKind,
    UpnUnknown,
)  # fmt: skip
from locality.people.rules.dates import age_on
from locality.people.rules.facts import (
    AGREEMENTS,
    INTERPRETER_WORDS,
    MAX_WORDS,
    TOPICS,
    FactAgreement,
    FactSource,
    FactState,
    Reuse,
    ToldFact,
    Topic,
)  # fmt: skip
from locality.people.rules.identifiers import (
    NHS_WRONG,
    NO_FIXED_ABODE,
    UPN_WRONG,
    postcode_sector,
    tidy_la_child_id,
    tidy_nhs_number,
    tidy_postcode,
    tidy_upn,
    tidy_uprn,
)  # fmt: skip
from locality.people.rules.linking import FACTS as COMPARED_FACTS
from locality.people.rules.linking import LinkKind, side_by_side
from locality.people.rules.matching import STRENGTHS, Candidate, Finding, Match, Probe, Strength, Verdict, compare
from locality.people.rules.names import display_name
from locality.people.rules.reaching import reason_against_told_phone

__all__ = [
    "AGREEMENTS",
    "COMPARED_FACTS",
    "DISABILITIES",
    "ETHNICITIES",
    "GONE_OVER",
    "INTERPRETER_WORDS",
    "LINE_LENGTH",
    "MAX_WORDS",
    "NHS_WRONG",
    "NO_FIXED_ABODE",
    "PR_BASES",
    "RELATIONS",
    "SEXES",
    "STRENGTHS",
    "TOPICS",
    "UPN_WRONG",
    "AddressKind",
    "Around",
    "Candidate",
    "ContactKind",
    "Disability",
    "Ethnicity",
    "FactAgreement",
    "FactSource",
    "FactState",
    "FamilySummary",
    "FamilyTab",
    "Finding",
    "GenderIdentity",
    "GoOverForm",
    "HouseholdRow",
    "Identity",
    "ImportedPostcodes",
    "KeptBack",
    "LinkKind",
    "Match",
    "MemberRow",
    "NewAddress",
    "NewContactPoint",
    "NewDecision",
    "NewPerson",
    "NewRelationship",
    "NewResponsibility",
    "NhsStatus",
    "PersonFacts",
    "PersonKind",
    "PersonRecord",
    "PersonSummary",
    "PostcodePlace",
    "PrBasis",
    "Probe",
    "Professional",
    "RecordTab",
    "RelationKind",
    "ResponsibilityRow",
    "Reuse",
    "ReuseFigures",
    "Sex",
    "StandingSource",
    "StoryFilter",
    "StoryKind",
    "StoryRow",
    "StorySoFar",
    "Strength",
    "Telling",
    "TieRow",
    "Told",
    "ToldFact",
    "Topic",
    "UpnUnknown",
    "Verdict",
    "Whereabouts",
    "access_facts",
    "add_to_family",
    "age_on",
    "around",
    "children_in",
    "compare",
    "count_reuse",
    "create_family",
    "create_household",
    "create_person",
    "decide_link",
    "display_name",
    "edit_person",
    "end_address",
    "end_contact_point",
    "end_parental_responsibility",
    "end_relationship",
    "enter_at_front_door",
    "families_of",
    "family_and_rows",
    "family_facts",
    "family_members",
    "family_of",
    "family_people",
    "family_rows",
    "family_tabs",
    "find_by_la_child_id",
    "find_by_reference",
    "find_person",
    "find_postcode",
    "get_family",
    "get_person",
    "give_parental_responsibility",
    "grant_holders",
    "hide_address",
    "holders_of_responsibility",
    "home_postcode",
    "home_postcodes",
    "identity_of",
    "import_postcodes",
    "join_household",
    "kept_out",
    "known_alike",
    "known_answers",
    "known_of",
    "lead_of",
    "leave_family",
    "leave_household",
    "likely_matches",
    "lines_kept_back",
    "links_changed",
    "list_story",
    "note_story",
    "person_exists",
    "postcode_known",
    "postcode_sector",
    "probe_of",
    "professional_row",
    "professionals",
    "reason_against_told_phone",
    "rebuild_reuse",
    "record_address",
    "record_contact_point",
    "record_relationship",
    "record_tabs",
    "records_like",
    "rename_family",
    "reuse_by_month",
    "reuse_differences",
    "reuse_of",
    "same_person_ids",
    "side_by_side",
    "standing",
    "story_so_far",
    "summaries",
    "tabs_for",
    "tabs_for_family",
    "tell_facts",
    "tidy_la_child_id",
    "tidy_nhs_number",
    "tidy_postcode",
    "tidy_upn",
    "tidy_uprn",
    "told_apart",
    "told_facts",
    "told_from",
    "whereabouts",
]  # fmt: skip
