"""The product's source as the house rules read it, and the rules that need no import graph.

Each rule is a function from a source tree to its breaches, so that a test can also plant a breach and see it found.
"""

import ast
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from locality import all_models  # noqa: F401 - every table is known then
from locality.kernel.db import Base

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 400
# Set-up code that works as the owner of the database, outside any unit of work.
_OWNERS = ("locality/migrations/", "locality/demo/", "locality/running/")


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the root, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The file parsed."""
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The room in which it stands."""
        return self.path.split("/")[1]


def product(root: Path = ROOT) -> list[Source]:
    """Every Python file of the product."""
    files = [*sorted((root / "locality").rglob("*.py")), *sorted((root / "workers").rglob("*.py"))]
    return [Source(str(file.relative_to(root)), file.read_text(encoding="utf-8")) for file in files]


def commits_outside_the_unit_of_work(sources: list[Source]) -> list[str]:
    """The unit of work is the only commit (design 5)."""
    return [
        f"{source.path}:{number}"
        for source in sources
        if source.path != "locality/kernel/uow.py" and not source.path.startswith(_OWNERS)
        for number, line in enumerate(source.text.splitlines(), start=1)
        if ".commit(" in line
    ]


def writes_to_others_tables(sources: list[Source]) -> list[str]:
    """Only the owner writes a room's tables (design 2); what imports do not show is SQL written out."""
    writing = re.compile(r"\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE)\s+(?:ONLY\s+)?([a-z_]+)")
    owners = _owners_of_tables()
    return [
        f"{source.path}: {table}"
        for source in sources
        if not source.path.startswith(_OWNERS)
        for table in writing.findall(source.text)
        if owners.get(table, source.room) != source.room
    ]


# SQL that stands outside ``queries`` and reads others' tables, and why.
_READS_ELSEWHERE = {
    "locality/access/closing.py": "the wall itself: what the database asks before it shows a row",
    "locality/search/finding_sql.py": "a function of the database, for the migrations: the one index of people",
    "locality/search/matching_sql.py": "a function of the database, for the migrations: who may be who",
    "locality/web/health.py": "how old the oldest work owed is; it opens no record",
    "locality/annex_a/loading.py": "whether a line of a file was taken in before: keys only, by whoever may load it",
}


def reads_of_others_tables(sources: list[Source]) -> list[str]:
    """Only ``queries`` reads another room's tables, and only those of rooms below (design 2), in SQL written out."""
    reading = re.compile(r"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?([a-z_]+)")
    owners, floors = _owners_of_tables(), _floors()
    found = []
    for source in sources:
        if source.path.startswith(_OWNERS) or source.path in _READS_ELSEWHERE:
            continue
        may_read = re.match(r"locality/\w+/queries(/|\.py)", source.path)
        for table in reading.findall(source.text):
            owner = owners.get(table, source.room)
            if owner != source.room and not (may_read and floors[owner] < floors[source.room]):
                found.append(f"{source.path}: {table}")
    return found


@cache
def _floors() -> dict[str, int]:
    """How high each room stands, as the first import contract says it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [layer.split(" : ") for layer in contracts[0]["layers"]]
    return {room: len(layers) - place for place, rooms in enumerate(layers) for room in rooms}


@cache
def _owners_of_tables() -> dict[str, str]:
    """Each table's room, by where its model stands."""
    mappers = Base.registry.mappers
    return {str(mapper.local_table.name): mapper.class_.__module__.split(".")[1] for mapper in mappers}


def sends_outside_workers(sources: list[Source]) -> list[str]:
    """Rooms write to the outbox; only workers speak to the broker."""
    sending = re.compile(r"\.(delay|apply_async|send_task)\(")
    return [s.path for s in sources if not s.path.startswith("workers/") and sending.search(s.text)]


def plans_on_the_broker(sources: list[Source]) -> list[str]:
    """What happens later is a row with its time: the broker is asked to wait, or to try again, for nothing."""
    planning = re.compile(
        r"\b(?:eta|countdown|autoretry_for|retry_backoff|max_retries|retry_kwargs)\s*=|[\"'](?:eta|countdown)[\"']\s*:"
        r"|(?<!outbox)\.retry\("
    )
    return [
        f"{source.path}:{number}"
        for source in sources
        for number, line in enumerate(source.text.splitlines(), start=1)
        if planning.search(line)
    ]


def imports_hidden_in_functions(sources: list[Source]) -> list[str]:
    """An import of our own inside a function hides a circle."""
    found = []
    for source in _that_say(sources, r"^(?!from |import ).*\bimport\b"):
        for function in _functions(source.tree):
            for node in ast.walk(function):
                names = _imported(node)
                if any(name.split(".")[0] in {"locality", "workers"} for name in names):
                    found.append(f"{source.path}:{node.lineno}")  # type: ignore[attr-defined]
    return found


def files_too_long(sources: list[Source]) -> list[str]:
    """A file that nobody can hold in mind is split by verb or page."""
    return [s.path for s in sources if len(s.text.splitlines()) > MOST_LINES]


def units_of_work_in_get_views(sources: list[Source]) -> list[str]:
    """Reading a page changes nothing."""
    found = []
    for source in _that_say(sources, r"\bunit_of_work\b"):
        for function in _functions(source.tree):
            verbs = {d.func.attr for d in function.decorator_list if isinstance(d, ast.Call) and _is_method(d)}
            if verbs == {"get"} and any(
                isinstance(n, ast.Call) and getattr(n.func, "id", getattr(n.func, "attr", "")) == "unit_of_work"
                for n in ast.walk(function)
            ):
                found.append(f"{source.path}:{function.lineno} {function.name}")
    return found


def visibility_written_by_hand(sources: list[Source]) -> list[str]:
    """Only ``access`` (and the database's own functions, in migrations) turns grants into conditions."""
    functions = tuple(f"locality/search/{name}.py" for name in ("conditions", "finding_sql"))
    allowed = ("locality/access/", "locality/migrations/", "locality/demo/", *functions)
    return [s.path for s in sources if not s.path.startswith(allowed) and re.search(r"\baccess_grant\b", s.text)]


def elevations_in_pages(sources: list[Source]) -> list[str]:
    """Looking beyond one's grants belongs to operations and jobs, never to a page."""
    layer = re.compile(r"locality/\w+/(views|forms)(/|\.py)")
    return [s.path for s in sources if layer.match(s.path) and re.search(r"\belevated\(", s.text)]


def clocks_read_below_the_edge(sources: list[Source]) -> list[str]:
    """Rules and operations get the time from the unit of work."""
    layer = re.compile(r"locality/\w+/(rules|operations|models)(/|\.py)")
    return [s.path for s in sources if layer.match(s.path) and "SYSTEM_CLOCK" in s.text]


def outbox_tasks(sources: list[Source]) -> set[str]:
    """The task names that rooms put into the outbox."""
    tasks = set()
    for source in _that_say(sources, r"\benqueue\b"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "enqueue":
                tasks |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return tasks


def words_in_the_outbox(sources: list[Source]) -> list[str]:
    """Messages name ids: no keyword of ``enqueue`` is given a text, and the key of one is made of ids and instants."""
    found = []
    for source in _that_say(sources, r"\benqueue\("):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "enqueue":
                found += [
                    f"{source.path}:{node.lineno} {keyword.arg}"
                    for keyword in node.keywords
                    if not (_is_key(keyword) if keyword.arg == "key" else _is_id_or_time(keyword))
                ]
    return found


def _is_id_or_time(keyword: ast.keyword) -> bool:
    """A name or an attribute, not built in place, which mypy holds to be a ``UUID``; ``**`` could hold anything."""
    return keyword.arg is not None and isinstance(keyword.value, ast.Name | ast.Attribute)


def _is_key(keyword: ast.keyword) -> bool:
    """No part of a key is taken from what somebody wrote."""
    said = {n.id if isinstance(n, ast.Name) else n.attr for n in ast.walk(keyword.value) if _has_name(n)}
    return not any(re.search(r"name|email|phone|words|text|note|reason|address|born|title", name) for name in said)


def _has_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def tasks_without_a_shell(sources: list[Source], modules: Collection[str], scheduled: Collection[str]) -> set[str]:
    """Tasks that the outbox or the schedule names and no worker knows."""
    shells = {
        line.split('"')[1]
        for source in sources
        if source.path.removesuffix(".py").replace("/", ".") in modules
        for line in source.text.splitlines()
        if line.startswith(("@job(", "@periodic("))
    }
    return (outbox_tasks(sources) | set(scheduled)) - shells


def gaps_in_the_numbers(names: Iterable[str]) -> list[str]:
    """Migrations that are not numbered one after the other from 0001."""
    numbers = sorted(name[:4] for name in names if re.match(r"\d{4}_", name))
    return [number for place, number in enumerate(numbers, start=1) if number != f"{place:04d}"]


def inline_code_in_templates(root: Path = ROOT) -> list[str]:
    """The content security policy refuses inline scripts and styles; so do we."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|\son\w+=\"|\sstyle=\"|<style|[\w\])]\s*\|\s*safe\b", re.IGNORECASE)
    return [
        f"{file.relative_to(root)}:{number}"
        for file in sorted((root / "templates").rglob("*.html"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if inline.search(line)
    ]


def _that_say(sources: list[Source], words: str) -> list[Source]:
    """Files that have a line with these words; to parse the others would take seconds and find nothing."""
    said = re.compile(words, re.MULTILINE)
    return [source for source in sources if said.search(source.text)]


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _is_method(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in {"get", "post", "put", "delete", "route"}
