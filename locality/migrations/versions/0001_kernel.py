"""Ground floor: extensions, text normalising, references, the outbox, grants and the audit chain."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TEXT = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE EXTENSION IF NOT EXISTS btree_gin;
-- Sorting and searching by plain letters: the database orders by code point, people do not.
CREATE FUNCTION f_norm(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lower(public.unaccent('public.unaccent'::regdictionary, value));
CREATE SEQUENCE reference_number MINVALUE 1;
GRANT USAGE ON SEQUENCE reference_number TO locality_app;
"""

_OUTBOX = """
CREATE TABLE outbox_message (
  id uuid PRIMARY KEY,
  task text NOT NULL,
  payload jsonb NOT NULL,
  dedupe_key text NOT NULL CONSTRAINT outbox_message_dedupe_key_key UNIQUE,
  created_at timestamptz NOT NULL,
  available_at timestamptz NOT NULL,
  published_at timestamptz,
  attempts integer NOT NULL,
  fence integer NOT NULL,
  lease_until timestamptz,
  done_at timestamptz,
  failed_at timestamptz,
  last_error text,
  handed_to uuid,
  handed_note text
);
CREATE INDEX outbox_message_waiting_idx ON outbox_message (available_at) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_message_failed_idx ON outbox_message (failed_at) WHERE failed_at IS NOT NULL;
CREATE TABLE periodic_run (
  job text NOT NULL,
  period timestamptz NOT NULL,
  claimed_at timestamptz NOT NULL,
  CONSTRAINT periodic_run_pkey PRIMARY KEY (job, period)
);
"""

_GRANTS = """
CREATE TABLE access_grant (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL,
  principal_id uuid NOT NULL,
  reason text NOT NULL,
  parts text[] NOT NULL,
  record_id uuid NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz,
  given_by uuid
);
CREATE INDEX access_grant_person_idx ON access_grant (person_id, principal_id);
CREATE INDEX access_grant_principal_idx ON access_grant (principal_id) WHERE until_at IS NULL;
CREATE INDEX access_grant_record_idx ON access_grant (record_id) WHERE until_at IS NULL;
"""

_AUDIT = """
CREATE TABLE audit_event (
  seq bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  actor_id uuid,
  actor_name text NOT NULL,
  action text NOT NULL,
  outcome text NOT NULL,
  subjects uuid[] NOT NULL,
  record_kind text,
  record_id uuid,
  part text,
  reason text,
  detail jsonb NOT NULL,
  prev_hash bytea NOT NULL,
  hash bytea NOT NULL
);
CREATE INDEX audit_event_subjects_idx ON audit_event USING gin (subjects);
CREATE INDEX audit_event_actor_idx ON audit_event (actor_id, seq);
CREATE TABLE audit_head (
  single boolean PRIMARY KEY CHECK (single),
  seq bigint NOT NULL,
  hash bytea NOT NULL
);

CREATE FUNCTION audit_hash(prev_hash bytea, seq bigint, at timestamptz, actor_id uuid, actor_name text, action text,
  outcome text, subjects uuid[], record_kind text, record_id uuid, part text, reason text, detail jsonb)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(prev_hash || convert_to(jsonb_build_array(seq, extract(epoch FROM at), actor_id, actor_name, action,
  outcome, subjects, record_kind, record_id, part, reason, detail)::text, 'UTF8'));

-- The one way to write the log. It runs with its owner's rights; the application can neither insert nor change rows.
CREATE FUNCTION audit_append(p_actor_id uuid, p_actor_name text, p_action text, p_outcome text, p_subjects uuid[],
  p_record_kind text, p_record_id uuid, p_part text, p_reason text, p_detail jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_head;
  next_seq bigint;
  moment timestamptz;
  new_hash bytea;
BEGIN
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  next_seq := head.seq + 1;
  moment := clock_timestamp();
  new_hash := audit_hash(head.hash, next_seq, moment, p_actor_id, p_actor_name, p_action, p_outcome, p_subjects,
    p_record_kind, p_record_id, p_part, p_reason, p_detail);
  INSERT INTO audit_event VALUES (next_seq, moment, p_actor_id, p_actor_name, p_action, p_outcome, p_subjects,
    p_record_kind, p_record_id, p_part, p_reason, p_detail, head.hash, new_hash);
  UPDATE audit_head SET seq = next_seq, hash = new_hash;
  RETURN next_seq;
END $$;
REVOKE ALL ON FUNCTION audit_append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append TO locality_app;
"""

# Who looked is for the data-protection lead and the record's own page; nobody changes it.
_AUDIT_WALL = """
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_event FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_event_owner ON audit_event TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY audit_event_read ON audit_event FOR SELECT TO locality_app USING (
  (SELECT app_reach()) IN ('audit', 'system') OR {about});
GRANT SELECT ON audit_event TO locality_app;
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_head_owner ON audit_head TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY audit_head_read ON audit_head FOR SELECT TO locality_app USING (
  (SELECT app_reach()) IN ('audit', 'system'));
GRANT SELECT ON audit_head TO locality_app;
INSERT INTO audit_head VALUES (true, 0, ''::bytea);
"""


def upgrade() -> None:
    for statement in (_TEXT, rls.FUNCTIONS, _OUTBOX, _GRANTS, _AUDIT):
        op.execute(statement)
    op.execute(rls.protect("outbox_message", read=rls.BOUND))
    op.execute(rls.protect("periodic_run", read=rls.BOUND))
    op.execute(
        rls.protect(
            "access_grant",
            read=f"{rls.SYSTEM} OR access_grant.principal_id = ANY({rls.PRINCIPALS})",
        )
    )
    about = rls.granted(Part.IDENTITY, "audit_event.subjects")
    op.execute(_AUDIT_WALL.format(about=about))


def downgrade() -> None:
    for table in ("audit_event", "audit_head", "access_grant", "periodic_run", "outbox_message"):
        op.execute(rls.unprotect(table))
    op.execute("DROP FUNCTION audit_append; DROP FUNCTION audit_hash;")
    op.execute(rls.DROP_FUNCTIONS)
    op.execute("DROP SEQUENCE reference_number; DROP FUNCTION f_norm;")
