"""Pages beside bare pages that show the same rows: one of ours, one bare, in turn, by one keep-alive client each.

In the same turns R is timed, the one-row page of the bare application: the unit in which pages of different products
can be compared (``<page>.p50_in_R``).
"""

import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import results
from benchmarks.system import Bench
from benchmarks.visitor import Answer, Visitor, hidden_fields
from locality.running import postgres, process, serving
from tests.support.live import ROOT

ROUNDS = 300
WARM_UP = 30


@dataclass(frozen=True, slots=True)
class Case:
    """One of our pages, its bare twin, and who opens ours."""

    name: str
    visitor: Visitor
    ours: Callable[[Visitor], Answer]
    bare: Callable[[Visitor], Answer]
    status: int = 200


def measure(bench: Bench, report: results.Report, size: int, *, only: str) -> None:
    """Every page of the path; also the one-row page, the unit for goals."""
    with bare_application(bench) as bare:
        ((anybody,),) = bench.query("SELECT id FROM person ORDER BY id LIMIT 1")
        one_row = f"/one-row?person={anybody}"
        cases = [_caseload(bench), _record(bench), _search(bench), _triangle(bench), _save(bench)]
        for case in cases:
            if case.name.startswith(only) or only.startswith(case.name) or only in case.name:
                try:
                    _time(case, bare, report, size, one_row=one_row)
                except RuntimeError:
                    print(bench.logs())
                    raise


def _time(case: Case, bare: Visitor, report: results.Report, size: int, *, one_row: str) -> None:
    ours, theirs, units = [], [], []
    for number in range(WARM_UP + ROUNDS):
        answer = case.ours(case.visitor)
        if answer.status != case.status:
            msg = f"{case.name}: {answer.status}\n{answer.body[:2000]}"
            raise RuntimeError(msg)
        limit = case.bare(bare)
        if limit.status >= 400:
            msg = f"the bare page of {case.name}: {limit.status}"
            raise RuntimeError(msg)
        unit = bare.get(one_row)
        if number >= WARM_UP:
            ours.append(answer.seconds)
            theirs.append(limit.seconds)
            units.append(unit.seconds)
    report.add_times(case.name, size=size, ours=ours, limits=theirs, note=f"{len(answer.body) / 1024:.0f} KB")
    one = results.median(units)
    report.add(
        f"{case.name}.p50_in_R", size=size, value=results.median(ours) / one, unit="R", note=f"R is {one:.3g} ms"
    )


def _caseload(bench: Bench) -> Case:
    """The fullest cluster, by one of its supervisors."""
    ((cluster, slug),) = bench.query(
        "SELECT c.id, c.slug FROM cluster c JOIN caseload_entry e ON e.cluster_id = c.id GROUP BY c.id"
        " ORDER BY count(*) DESC, c.slug LIMIT 1"
    )
    email = _holder(bench, "supervisor", cluster)
    return Case(
        "page.caseload",
        bench.visitor_named(email, bench.demonstration_password()),
        lambda visitor: visitor.get(f"/clusters/{slug}/caseload"),
        lambda visitor: visitor.get(f"/caseload?cluster={cluster}"),
    )


def _record(bench: Bench) -> Case:
    """The child with the longest story among those of one lead professional, by that lead."""
    person, email = _led_child(bench)
    return Case(
        "page.record",
        bench.visitor_named(email, bench.demonstration_password()),
        lambda visitor: visitor.get(f"/people/{person}"),
        lambda visitor: visitor.get(f"/record?person={person}"),
    )


def _search(bench: Bench) -> Case:
    """The commonest family name, by the front door, which sees everybody."""
    ((name,),) = bench.query("SELECT family_name FROM person GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    officer = bench.visitor("Front door officer")
    results_page = officer.get(f"/search?q={name}").location
    return Case(
        "page.search",
        officer,
        lambda visitor: visitor.get(results_page),
        lambda visitor: visitor.get(f"/search?name={name}"),
    )


def _triangle(bench: Bench) -> Case:
    return Case(
        "page.triangle",
        bench.visitor("Manager"),
        lambda visitor: visitor.get("/triangle"),
        lambda visitor: visitor.get("/triangle"),
    )


def _save(bench: Bench) -> Case:
    """One section of a CAF saved again and again by its lead professional."""
    ((assessment, person, element, answer, email),) = bench.query(
        "SELECT a.assessment_id, a.person_id, a.code, a.id, acc.email FROM element_answer a"
        " JOIN assessment s ON s.id = a.assessment_id JOIN case_role r ON r.episode_id = s.episode_id"
        " JOIN account acc ON acc.id = r.account_id JOIN account_secret k ON k.account_id = acc.id"
        " WHERE r.kind = 'lead_professional' AND r.until_on IS NULL AND s.completed_on IS NULL"
        " AND a.person_id IS NOT NULL ORDER BY a.id LIMIT 1"
    )
    visitor = bench.visitor_named(str(email), bench.demonstration_password())
    path = f"/caf/{assessment}/elements/{element}/{person}"

    return Case(
        "save.caf_section",
        visitor,
        lambda by: save_page(by, path, words_of_an_element()),
        lambda by: by.post("/save-element", {"words": "Settles quickly.", "row": str(answer)}),
        status=302,
    )


def _led_child(bench: Bench) -> tuple[uuid.UUID, str]:
    ((person, email),) = bench.query(
        "SELECT p.id, acc.email FROM case_role r JOIN account acc ON acc.id = r.account_id"
        " JOIN account_secret k ON k.account_id = acc.id"  # most workers of a large register never sign in
        " JOIN episode e ON e.id = r.episode_id JOIN person p ON p.id = ANY(e.about) AND p.kind = 'child'"
        " WHERE r.kind = 'lead_professional' AND r.until_on IS NULL AND e.state = 'open'"
        " ORDER BY (SELECT count(*) FROM chronology_entry c WHERE c.person_id = p.id) DESC, p.id LIMIT 1"
    )
    return uuid.UUID(str(person)), str(email)


def _holder(bench: Bench, role: str, scope: object) -> str:
    ((email,),) = bench.query(
        "SELECT a.email FROM role_assignment r JOIN account a ON a.id = r.account_id"
        " WHERE r.role = %s AND r.scope_id = %s AND r.until_on IS NULL ORDER BY a.email LIMIT 1",
        role,
        scope,
    )
    return str(email)


@contextmanager
def bare_application(bench: Bench) -> Iterator[Visitor]:
    """The bare application under the same server with the same numbers of processes and threads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = serving.web_command(f"127.0.0.1:{port}", bench.environment)
    command[command.index("locality.app:create_app()")] = "benchmarks.bare:create_bare()"
    environment = bench.environment | {"BARE_DATABASE_URL": bench.database.url(postgres.SUPERUSER, bench.name)}
    with (bench.folder / "bare.log").open("ab") as log:
        child = process.spawn(command, environment=environment, output=log, folder=ROOT)
    try:
        yield _when_ready(port)
    finally:
        process.end(child, with_signal=signal.SIGTERM, patience_s=15)


def _when_ready(port: int) -> Visitor:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        try:
            visitor = Visitor(port)
            if visitor.get("/healthz").status == 200:
                return visitor
        except OSError:
            time.sleep(0.1)
    sys.exit("the bare application did not start")


def save_page(by: Visitor, path: str, words: dict[str, str]) -> Answer:
    """Send a page's form; the page before it is opened untimed: a save carries the version that its writer saw."""
    return by.post(path, hidden_fields(by.get(path).body) | words)


def words_of_an_element() -> dict[str, str]:
    """What is typed into a section, new each time."""
    return {
        "strengths": f"Settles quickly. {uuid.uuid4()}",
        "needs": "Mornings are hard.",
        "evidence": "observed",
    }
