"""Requests for help that are still being written.

A request is open to whoever holds it: the browser that began it or came back to it (by a secret of its own, kept here
as a hash), and the account of a practitioner. No other actor reads it, whatever their role; once sent, what was told is
in the contact and the answers here are gone. The step that begins a request and lets people come back acts under a name
of its own (``locality/asking/queries.py``).
"""

from alembic import op

from locality.access import rls

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE help_request (
  id uuid PRIMARY KEY,
  kind text NOT NULL CONSTRAINT help_request_kind_check CHECK (kind IN ('family', 'professional')),
  reference text NOT NULL CONSTRAINT help_request_reference_key UNIQUE,
  contact_id uuid NOT NULL CONSTRAINT help_request_contact_id_key UNIQUE,
  for_person_id uuid CONSTRAINT help_request_for_person_id_fkey REFERENCES person,
  answer_hash text,
  started_at timestamptz NOT NULL,
  typed_at timestamptz NOT NULL,
  sent_at timestamptz,
  contact_reference text CONSTRAINT help_request_contact_reference_key UNIQUE,
  due_at timestamptz,
  CONSTRAINT help_request_sent_check CHECK ((sent_at IS NULL) = (contact_reference IS NULL))
);
CREATE INDEX help_request_typed_at_idx ON help_request (typed_at);
CREATE TABLE help_holder (
  request_id uuid NOT NULL CONSTRAINT help_holder_request_id_fkey REFERENCES help_request ON DELETE CASCADE,
  holder_id uuid NOT NULL,
  CONSTRAINT help_holder_pkey PRIMARY KEY (request_id, holder_id)
);
CREATE INDEX help_holder_holder_id_idx ON help_holder (holder_id);
CREATE TABLE help_answer (
  request_id uuid NOT NULL CONSTRAINT help_answer_request_id_fkey REFERENCES help_request ON DELETE CASCADE,
  page text NOT NULL,
  item integer NOT NULL,
  texts jsonb NOT NULL,
  done boolean NOT NULL,
  version integer NOT NULL,
  CONSTRAINT help_answer_pkey PRIMARY KEY (request_id, page, item)
);
CREATE TABLE help_attempt (
  id uuid PRIMARY KEY,
  step text NOT NULL CONSTRAINT help_attempt_step_check CHECK (step IN ('begin', 'return')),
  reference_hash bytea NOT NULL,
  client_address text NOT NULL,
  matched boolean NOT NULL,
  attempted_at timestamptz NOT NULL
);
CREATE INDEX help_attempt_reference_idx ON help_attempt (reference_hash, attempted_at);
CREATE INDEX help_attempt_client_idx ON help_attempt (step, client_address, attempted_at);
CREATE INDEX help_attempt_at_idx ON help_attempt (attempted_at);
ALTER TABLE contact_referrer
  ADD COLUMN safe_contact text NOT NULL DEFAULT '',
  ADD COLUMN sharing text NOT NULL DEFAULT '';
ALTER TABLE contact DROP CONSTRAINT contact_agreement_known_check, ADD CONSTRAINT contact_agreement_known_check
  CHECK (agreement_known IN ('agreed', 'some', 'refused', 'not_asked', 'unknown'));
"""
_STEP = f"{rls.SYSTEM} OR (SELECT app_actor()) = 'Asking for help'"


def _held(request: str) -> str:
    held = f"h.request_id = {request} AND h.holder_id = ANY({rls.PRINCIPALS})"
    return f"{_STEP} OR EXISTS (SELECT 1 FROM help_holder h WHERE {held})"


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(rls.protect("help_request", read=_held("help_request.id"), write=_held("help_request.id")))
    op.execute(rls.protect("help_holder", read=f"{_STEP} OR holder_id = ANY({rls.PRINCIPALS})", write=_STEP))
    held = _held("help_answer.request_id")
    op.execute(rls.protect("help_answer", read=held, write=held, delete=held))
    op.execute(rls.protect("help_attempt", read=_STEP, write=_STEP, delete=_STEP))


def downgrade() -> None:
    for table in ("help_attempt", "help_answer", "help_holder", "help_request"):
        op.execute(rls.unprotect(table))
    op.execute("ALTER TABLE contact_referrer DROP COLUMN safe_contact, DROP COLUMN sharing")
    op.execute(
        "ALTER TABLE contact DROP CONSTRAINT contact_agreement_known_check,"
        " ADD CONSTRAINT contact_agreement_known_check CHECK"
        " (agreement_known IN ('agreed', 'refused', 'not_asked', 'unknown'))"
    )
