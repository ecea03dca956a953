"""``locality export services``: the whole directory as open data, in one file or on standard output."""

import argparse
import json
import sys
from pathlib import Path

from locality.kernel.actor import SYSTEM
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.db import bind_actor, db
from locality.referrals.queries import directory as queries
from locality.referrals.queries.directory import DirectoryWish
from locality.referrals.rules import hsds
from locality.referrals.rules.directory import Entry
from locality.web.registration import Command


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", help="where to write; standard output when left out")
    parser.add_argument("--closed", action="store_true", help="with services that are closed to new referrals")


def _run(parsed: argparse.Namespace) -> int:
    entries = _all_entries(closed=parsed.closed)
    contents = [hsds.document(entry) for entry in entries]
    told = hsds.listing(contents, total=len(contents), number=1, size=max(len(contents), 1))
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    if parsed.file is None:
        sys.stdout.write(text)
        return 0
    try:
        parsed.file.write_text(text, encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"{parsed.file}: {error.strerror or error}\n")
        return 1
    sys.stderr.write(f"{len(contents):,} services in {parsed.file}\n")
    return 0


def _all_entries(*, closed: bool) -> list[Entry]:
    session, moment = db.session(), SYSTEM_CLOCK.now()
    bind_actor(session, SYSTEM)
    found: list[Entry] = []
    number = 1
    while True:
        page = queries.list_directory(session, DirectoryWish(closed=closed, page=number), now=moment)
        found += page.rows
        number += 1
        if not page.has_next:
            return found


EXPORT_SERVICES = Command(
    name="export services",
    help="Write the directory of services as open data (HSDS 3.0, Open Referral UK).",
    run=_run,
    arguments=_arguments,
    examples=("locality export services services.json", "locality export services --closed > services.json"),
)
