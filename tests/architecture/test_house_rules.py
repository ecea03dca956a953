"""The house rules of docs/adr and CONTRIBUTING that are about source text; each with a planted breach."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import source
from tests.architecture.source import Source

Rule = Callable[[list[Source]], list[str]]

BREACHES: list[tuple[Rule, str, str]] = [
    (source.commits_outside_the_unit_of_work, "locality/caf/operations.py", "def f(uow):\n    uow.session.commit()\n"),
    (
        source.writes_to_others_tables,
        "locality/caf/operations/planted.py",
        "SQL = 'UPDATE referral SET state = NULL'\n",
    ),
    (
        source.reads_of_others_tables,
        "locality/caf/operations/planted.py",
        "SQL = 'SELECT 1 FROM episode JOIN referral USING (id)'\n",
    ),
    (source.reads_of_others_tables, "locality/people/queries/planted.py", "SQL = 'SELECT 1 FROM caseload_entry'\n"),
    (source.plans_on_the_broker, "workers/planted.py", "send(task, countdown=60)\n"),
    (source.plans_on_the_broker, "workers/planted.py", "raise self.retry()\n"),
    (source.plans_on_the_broker, "workers/schedule.py", "OPTIONS = {'eta': tomorrow}\n"),
    (source.words_in_the_outbox, "locality/caf/operations/planted.py", "enqueue(uow, 'x.y', key='1', note='Amira')\n"),
    (source.words_in_the_outbox, "locality/caf/operations/planted.py", "enqueue(uow, 'x.y', key=child.given_name)\n"),
    (source.words_in_the_outbox, "locality/caf/operations/planted.py", "enqueue(uow, 'x.y', key='1', **payload)\n"),
    (source.sends_outside_workers, "locality/caf/jobs.py", "def f(task):\n    task.delay(1)\n"),
    (
        source.imports_hidden_in_functions,
        "locality/caf/queries.py",
        "def f():\n    from locality.people import api\n    return api\n",
    ),
    (source.files_too_long, "locality/caf/rules.py", "x = 1\n" * 401),
    (
        source.units_of_work_in_get_views,
        "locality/caf/views.py",
        "@caf.get('/x')\ndef page():\n    with unit_of_work(a) as uow:\n        pass\n",
    ),
    (source.visibility_written_by_hand, "locality/caf/queries.py", "SQL = 'SELECT 1 FROM access_grant'\n"),
    (source.elevations_in_pages, "locality/caf/views.py", "with elevated(session, 'because'):\n    pass\n"),
    (source.clocks_read_below_the_edge, "locality/caf/operations.py", "now = SYSTEM_CLOCK.now()\n"),
]
_ids = [rule.__name__ for rule, _path, _text in BREACHES]
_RULES = list(dict.fromkeys(rule for rule, _path, _text in BREACHES))


@pytest.fixture(scope="module")
def product() -> list[Source]:
    return source.product()


@pytest.mark.parametrize("rule", _RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: Rule, product: list[Source]) -> None:
    assert rule(product) == []


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES, ids=_ids)
def test_a_planted_breach_is_found(rule: Rule, path: str, text: str) -> None:
    assert rule([Source(path, text)]) != []


def test_templates_hold_no_inline_code() -> None:
    assert source.inline_code_in_templates() == []


def test_inline_code_in_a_template_is_found(tmp_path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.html").write_text('<p style="color:red">{{ note | safe }}</p>')
    assert source.inline_code_in_templates(tmp_path) == ["templates/x.html:1"]


def test_the_linter_refuses_a_clock_of_ones_own_and_an_id_of_ones_own() -> None:
    planted = (
        "import datetime as dt\nimport uuid\n\nNOW = dt.datetime.now()\nTODAY = dt.date.today()\nID = uuid.uuid4()\n"
    )
    command = [str(Path(sys.executable).parent / "ruff"), "check", "--no-cache", "--output-format", "concise"]
    done = subprocess.run(
        [*command, "--stdin-filename", "locality/caf/operations/planted.py", "-"],
        cwd=source.ROOT,
        input=planted,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [tuple(line.split(":")[1::2])[:2] for line in done.stdout.splitlines() if ".py:" in line]
    said = {(line, words.split()[0]) for line, words in found}
    assert {("4", "TID251"), ("5", "TID251"), ("6", "TID251"), ("4", "DTZ005"), ("5", "DTZ011")} <= said, done.stdout
