"""What routing knows of languages, access, eligibility and the family's wish; the end and the history of rule sets.

An approved set still never changes. Before it is live it may be withdrawn, with a reason: what it said and who approved
it stay, and its day is free again. A draft that nobody wants is put aside, not deleted.
"""

from alembic import op

from locality.access import rls

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_WISHES = """
ALTER TABLE referral
  ADD COLUMN language text NOT NULL DEFAULT '',
  ADD COLUMN interpreter_needed boolean,
  ADD COLUMN access_needs text[] NOT NULL DEFAULT '{}',
  ADD COLUMN preferred_agency_id uuid CONSTRAINT referral_preferred_agency_id_fkey REFERENCES agency,
  ADD COLUMN preferred_worker text NOT NULL DEFAULT '',
  ADD COLUMN preferred_worker_id uuid CONSTRAINT referral_preferred_worker_id_fkey REFERENCES account,
  ADD COLUMN unwanted_agencies uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE service ADD COLUMN eligible_needs text[] NOT NULL DEFAULT '{}';
"""
_NO_WISHES = """
ALTER TABLE service DROP COLUMN eligible_needs;
ALTER TABLE referral DROP COLUMN language, DROP COLUMN interpreter_needed, DROP COLUMN access_needs,
  DROP COLUMN preferred_agency_id, DROP COLUMN preferred_worker, DROP COLUMN preferred_worker_id,
  DROP COLUMN unwanted_agencies;
"""
_ENDS = """
ALTER TABLE rule_set
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN ended_by_name text,
  ADD COLUMN ended_why text,
  DROP CONSTRAINT rule_set_state_check,
  DROP CONSTRAINT rule_set_approved_check,
  DROP CONSTRAINT rule_set_live_from_key,
  ADD CONSTRAINT rule_set_state_check
    CHECK (state IN ('draft', 'rehearsed', 'approved', 'withdrawn', 'discarded')),
  ADD CONSTRAINT rule_set_approved_check CHECK ((state IN ('approved', 'withdrawn')) = (live_from IS NOT NULL)
    AND (state IN ('approved', 'withdrawn')) = (approved_at IS NOT NULL)),
  ADD CONSTRAINT rule_set_ended_check CHECK ((state IN ('withdrawn', 'discarded')) = (ended_at IS NOT NULL)
    AND (ended_at IS NULL) = (ended_by_name IS NULL)),
  ADD CONSTRAINT rule_set_withdrawn_check CHECK (state <> 'withdrawn' OR (ended_at < live_from AND ended_why <> ''));
CREATE UNIQUE INDEX rule_set_live_from_key ON rule_set (live_from) WHERE state = 'approved';
CREATE OR REPLACE FUNCTION rule_set_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The one thing that may happen to an approved set: to be withdrawn before its day, as it stands.
  IF TG_OP = 'UPDATE' AND OLD.state = 'approved' AND NEW.state = 'withdrawn'
     AND (to_jsonb(NEW) - '{state,ended_at,ended_by_name,ended_why}'::text[])
       = (to_jsonb(OLD) - '{state,ended_at,ended_by_name,ended_why}'::text[]) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'an approved set of rules stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER rule_set_keep ON rule_set;
CREATE TRIGGER rule_set_keep BEFORE UPDATE OR DELETE ON rule_set
  FOR EACH ROW WHEN (OLD.state IN ('approved', 'withdrawn')) EXECUTE FUNCTION rule_set_keep();
CREATE TABLE rule_set_event (
  id uuid PRIMARY KEY,
  version integer NOT NULL CONSTRAINT rule_set_event_version_fkey REFERENCES rule_set,
  at timestamptz NOT NULL,
  by_name text NOT NULL,
  line text NOT NULL,
  words text NOT NULL
);
CREATE INDEX rule_set_event_version_idx ON rule_set_event (version, at);
CREATE FUNCTION rule_set_event_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what happened to a set of rules stays as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rule_set_event_keep BEFORE UPDATE OR DELETE ON rule_set_event
  FOR EACH ROW EXECUTE FUNCTION rule_set_event_keep();
"""
_NO_ENDS = """
DROP FUNCTION rule_set_event_keep();
DROP TRIGGER rule_set_keep ON rule_set;
DELETE FROM rehearsal_moved m USING rule_set_rehearsal h, rule_set s
  WHERE h.id = m.rehearsal_id AND s.version = h.version AND s.state IN ('withdrawn', 'discarded');
DELETE FROM rule_set_rehearsal h USING rule_set s
  WHERE s.version = h.version AND s.state IN ('withdrawn', 'discarded');
UPDATE rule_set SET based_on = NULL
  WHERE based_on IN (SELECT version FROM rule_set WHERE state IN ('withdrawn', 'discarded'));
DELETE FROM rule_set WHERE state IN ('withdrawn', 'discarded');
DROP INDEX rule_set_live_from_key;
ALTER TABLE rule_set
  DROP CONSTRAINT rule_set_withdrawn_check,
  DROP CONSTRAINT rule_set_ended_check,
  DROP CONSTRAINT rule_set_approved_check,
  DROP CONSTRAINT rule_set_state_check,
  DROP COLUMN ended_at, DROP COLUMN ended_by_name, DROP COLUMN ended_why,
  ADD CONSTRAINT rule_set_state_check CHECK (state IN ('draft', 'rehearsed', 'approved')),
  ADD CONSTRAINT rule_set_approved_check CHECK ((state = 'approved') = (live_from IS NOT NULL)
    AND (state = 'approved') = (approved_at IS NOT NULL)),
  ADD CONSTRAINT rule_set_live_from_key UNIQUE (live_from);
CREATE OR REPLACE FUNCTION rule_set_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an approved set of rules stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rule_set_keep BEFORE UPDATE OR DELETE ON rule_set
  FOR EACH ROW WHEN (OLD.state = 'approved') EXECUTE FUNCTION rule_set_keep();
"""


def upgrade() -> None:
    op.execute(_WISHES)
    op.execute(_ENDS)
    op.execute(rls.open_reference("rule_set_event"))


def downgrade() -> None:
    op.execute(rls.unprotect("rule_set_event"))
    op.execute(_NO_ENDS)
    op.execute(_NO_WISHES)
