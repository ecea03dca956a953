"""The words and tables of the demonstration hold to the rooms' own codes and sentences."""

import json

import pytest

from locality.all_models import metadata
from locality.caf.rules.elements import ELEMENTS
from locality.caf.rules.words import CASE_ROLE_LABELS, CLOSURE_LABELS, CaseRoleKind, ClosureReason
from locality.demo import answering, assessing, batch, front_door, helping, planning, reference, routes, themes
from locality.demo.names import cultures
from locality.demo.world import build
from locality.kernel.actor import ROLE_LABELS
from locality.people.rules.codes import Ethnicity
from locality.referrals.rules.codes import DECLINE_WORDS, OUTCOME_WORDS, ContactReason, DeclineReason, Outcome, Source
from locality.referrals.rules.needs import NEED_WORDS
from locality.referrals.rules.trace import replay

THEMES = [themes.theme(entry["key"]) for entry in themes._file()["themes"]]
CODES = {element.code for element in ELEMENTS}
WORLD = build(2007, 1)


@pytest.mark.parametrize("table", batch.COLUMNS)
def test_the_columns_written_are_the_tables_own_and_only_what_may_be_empty_is_left_out(table):
    columns = {column.name: column for column in metadata.tables[table].columns if column.computed is None}
    written = set(batch.COLUMNS[table])
    assert written <= set(columns)
    left_out = [columns[name] for name in set(columns) - written]
    assert all(column.nullable or column.server_default is not None for column in left_out)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.key)
def test_a_theme_uses_known_codes_only(theme):
    assert set(theme.needs) <= set(NEED_WORDS)
    assert set(theme.reasons) <= set(ContactReason)
    assert set(theme.strengths) | set(theme.needs_under) <= CODES
    assert all(set(codes) <= CODES and 1 <= outcome <= 10 for _, _, _, codes, outcome in theme.actions)
    assert {who for _, _, who, _, _ in theme.actions} <= {"professional", "family_member", "child", "volunteer"}
    assert set(theme.sources._values) <= set(Source)
    assert set(theme.voice) == {"young", "middle", "teen"}


def test_the_elements_are_those_of_the_caf():
    assert {*assessing.CHILD_CODES, *assessing.SHARED_CODES} == CODES
    assert set(themes.words_by("strengths")) == CODES


@pytest.mark.parametrize("file", ["words.json", "names.csv", "schools.csv", "workers.csv", "services.csv"])
def test_no_word_would_break_a_line_of_copy(file):
    text = reference.path_of(file).read_text(encoding="utf-8")
    if file.endswith("json"):
        text = json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"')
    assert "\t" not in text
    assert "\\" not in text


def test_sentences_are_the_rooms_own():
    assert {code: words.lower() for code, words in OUTCOME_WORDS.items()} == {
        Outcome(code): line.lower() for code, line in front_door.OUTCOME_LINES.items()
    }
    assert {DeclineReason(code): line for code, line in answering.DECLINE_LINES.items()}.items() <= {
        code: words.lower() for code, words in DECLINE_WORDS.items()
    }.items()
    assert {ClosureReason(code): line for code, line in planning._CLOSING_LINES.items()} == CLOSURE_LABELS
    assert {CaseRoleKind(code): label for code, label in helping.CASE_ROLES.items()}.items() <= {
        kind: label.lower() for kind, label in CASE_ROLE_LABELS.items()
    }.items()


def test_families_have_names_from_many_cultures_as_they_are_written():
    names = " ".join(
        name for culture in cultures()._values for name in (*culture.girls, *culture.boys, *culture.surnames)
    )
    assert len(cultures()._values) >= 20
    assert all(letter in names for letter in "éñçłșğẹọüí")
    assert "O'" in names
    assert any("" in culture.surnames for culture in cultures()._values)
    assert all(set(culture.ethnicities._values) <= set(Ethnicity) for culture in cultures()._values)


def test_every_role_is_held_and_every_place_has_people():
    held = {duty.role for worker in WORLD.workers for duty in worker.duties}
    assert held == {role.value for role in ROLE_LABELS}
    assert all(WORLD.leads[slug] for slug in WORLD.clusters)
    assert all(WORLD.answering[name] for name in WORLD.services)
    assert all(len(cluster.postcodes) > 100 for cluster in WORLD.clusters.values())
    administrators = [w for w in WORLD.workers if any(d.role == "administrator" for d in w.duties)]
    assert all(len(worker.duties) == 1 for worker in administrators)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.key)
@pytest.mark.parametrize("stage", [1, 2, 3])
def test_a_trace_leads_to_the_service_found(theme, stage):
    ask = routes.Ask("early_help", theme.needs, stage, (max(theme.ages[0], 5),), "westcliff")
    found = routes.find_service(WORLD, ask)
    trace = routes.trace_of(ask, found, WORLD.clusters["westcliff"], "School", whole=True)
    chosen = replay(json.loads(trace))[1]
    assert str(chosen) == (found.service.id if found.service else "None")
