"""What may lose rows, and what the database itself keeps as it was written."""

import re
from functools import cache

from locality.kernel.db import Base
from tests.architecture.source import Source

# Tables from which the product takes rows away, and why nobody relied on what is gone.
MAY_LOSE_ROWS = {
    "account_secret": "what a person knew, taken back with their account's way in; the log says when",
    "caseload_entry": "what the caseload shows of an episode; the episode is the record",
    "caseload_name": "as the caseload",
    "caseload_tally": "counted from the caseload",
    "draft": "typed and not sent yet",
    "draft_field": "typed and not sent yet",
    "draft_sent": "which drafts were sent, until their page may not save any more",
    "help_answer": "answers that were not sent yet, or stand in the contact now",
    "help_attempt": "how often somebody tried to come back",
    "help_holder": "whose request it is; goes with the request",
    "help_request": "a request that was not sent, or whose contact has it now",
    "household": "a home that two records of one person turned out to share: the link can be undone",
    "household_member": "as the household",
    "known_device": "where an account signed in before",
    "linked_person": "who stands in one set now; each link and undoing is a decision that stays",
    "outbox_message": "a queue: work that was done a month ago",
    "postcode": "reference data, loaded whole",
    "referral_month": "counted from referrals",
    "reuse_month": "counted from answers",
    "sign_in_attempt": "a queue: attempts that count no longer",
    "signed_in_session": "signed out, or over",
    "stage_month": "counted from the ledger of moves",
    "stage_return": "counted from the ledger of moves",
    "voice_file": "an empty drawing, or one a child took back before they were done",
    "voice_reader": "whom a child lets see it now; what they chose before is in the log",
}
# Files that take a row away by its object, of a table that may lose rows.
_BY_OBJECT = {"locality/caf/operations/sittings.py": "voice_file"}
_OWNERS = ("locality/migrations/", "locality/demo/", "locality/running/")

# Tables whose rows stay as they were written: the database refuses to change them (a row or a part of it).
STAND = (
    "agreement", "agreement_withdrawal", "disagreement_step", "offer_notice", "referral_change", "rule_set",
    "rule_set_event", "service_edition", "service_places", "share_override", "social_care_answer", "stage_move",
    "waiting_jump",
)  # fmt: skip
# Of these the application may not even try.
NEVER_CHANGED = ("audit_event", "audit_head", "stage_move_step")

# Those of the named tables without a trigger that looks at each row before it changes.
UNGUARDED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%(stand)s) AND NOT EXISTS (
  SELECT FROM pg_trigger t
  WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled = 'O' AND t.tgtype & 19 = 19)
"""
# Those that the application's role may change or take from.
CHANGEABLE = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%(stand)s)
  AND (has_table_privilege('locality_app', c.oid, 'UPDATE') OR has_table_privilege('locality_app', c.oid, 'DELETE'))
"""
# What goes along when a row of another table goes.
FOLLOWS = """
SELECT conrelid::regclass::text AS table FROM pg_constraint
WHERE contype = 'f' AND confdeltype = 'c' AND NOT conrelid::regclass::text = ANY(%(may)s)
"""
# What functions of the database itself take away.
TAKEN_BY_FUNCTIONS = """
SELECT p.proname FROM pg_proc p, regexp_matches(p.prosrc, '(?:DELETE FROM|TRUNCATE)\\s+(\\w+)', 'gi') AS found
WHERE p.pronamespace = 'public'::regnamespace AND NOT found[1] = ANY(%(may)s)
"""


def rows_taken_away(sources: list[Source]) -> list[str]:
    """Each place that takes rows from a table that may lose none."""
    return [
        f"{source.path}: {table}"
        for source in sources
        if not source.path.startswith(_OWNERS)
        for table in _taken_from(source)
        if table not in MAY_LOSE_ROWS
    ]


def tables_that_lose_rows(sources: list[Source]) -> set[str]:
    """The tables that the product takes rows from by itself."""
    return {t for source in sources if not source.path.startswith(_OWNERS) for t in _taken_from(source)}


def _taken_from(source: Source) -> list[str]:
    written = re.findall(r"\b(?:DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?(\w+)", source.text)
    models = [_tables().get(name, name) for name in re.findall(r"(?<![.\w])delete\((\w+)", source.text)]
    objects = [_BY_OBJECT.get(source.path, "an object's row") for _ in re.findall(r"\.delete\(", source.text)]
    return [*written, *models, *objects]


@cache
def _tables() -> dict[str, str]:
    return {mapper.class_.__name__: str(mapper.local_table.name) for mapper in Base.registry.mappers}
