"""Sets of routing rules with a life: drafted, rehearsed on past referrals, approved by a second person, live.

What was approved never changes and never goes: routing decisions refer to it. No two approved sets begin at the same
instant, so which of them is live at an instant is never in doubt. A rehearsal counts; the few referrals that it names
are rows about families, open to those alone who may read those families' story.
"""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SETS = """
ALTER TABLE rule_set
  ADD COLUMN state text,
  ADD COLUMN revision integer,
  ADD COLUMN asks_of_children boolean,
  ADD COLUMN based_on integer CONSTRAINT rule_set_based_on_fkey REFERENCES rule_set,
  ADD COLUMN drafted_by_name text,
  ADD COLUMN drafted_at timestamptz,
  ADD COLUMN editors uuid[],
  ADD COLUMN approved_by uuid CONSTRAINT rule_set_approved_by_fkey REFERENCES account,
  ADD COLUMN approved_by_name text,
  ADD COLUMN approved_at timestamptz,
  ALTER COLUMN live_from DROP NOT NULL;
UPDATE rule_set SET state = 'approved', revision = 1, asks_of_children = false, drafted_by_name = 'Locality',
  drafted_at = live_from, editors = '{}', approved_by_name = 'Locality', approved_at = live_from;
ALTER TABLE rule_set
  ALTER COLUMN state SET NOT NULL,
  ALTER COLUMN revision SET NOT NULL,
  ALTER COLUMN asks_of_children SET NOT NULL,
  ALTER COLUMN drafted_by_name SET NOT NULL,
  ALTER COLUMN drafted_at SET NOT NULL,
  ALTER COLUMN editors SET NOT NULL,
  ADD CONSTRAINT rule_set_state_check CHECK (state IN ('draft', 'rehearsed', 'approved')),
  ADD CONSTRAINT rule_set_approved_check CHECK ((state = 'approved') = (live_from IS NOT NULL)
    AND (state = 'approved') = (approved_at IS NOT NULL)),
  ADD CONSTRAINT rule_set_second_person_check CHECK (approved_by IS NULL OR approved_by <> ALL (editors)),
  ADD CONSTRAINT rule_set_live_from_key UNIQUE (live_from);
CREATE FUNCTION rule_set_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an approved set of rules stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rule_set_keep BEFORE UPDATE OR DELETE ON rule_set
  FOR EACH ROW WHEN (OLD.state = 'approved') EXECUTE FUNCTION rule_set_keep();
ALTER TABLE referral ADD COLUMN preferred_service_id uuid
  CONSTRAINT referral_preferred_service_id_fkey REFERENCES service;
CREATE INDEX referral_sent_at_idx ON referral (sent_at, id) WHERE kind = 'early_help';
"""
_REHEARSALS = """
CREATE TABLE rule_set_rehearsal (
  id uuid PRIMARY KEY,
  version integer NOT NULL CONSTRAINT rule_set_rehearsal_version_fkey REFERENCES rule_set,
  revision integer NOT NULL,
  state text NOT NULL CONSTRAINT rule_set_rehearsal_state_check CHECK (state IN ('running', 'done', 'stopped')),
  against integer NOT NULL CONSTRAINT rule_set_rehearsal_against_fkey REFERENCES rule_set,
  asked_by_name text NOT NULL,
  asked_at timestamptz NOT NULL,
  from_at timestamptz NOT NULL,
  total integer NOT NULL,
  looked_at integer NOT NULL,
  reached_at timestamptz NOT NULL,
  reached_id uuid NOT NULL,
  tally jsonb NOT NULL,
  finished_at timestamptz,
  CONSTRAINT rule_set_rehearsal_finished_check CHECK ((state = 'running') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX rule_set_rehearsal_one_running ON rule_set_rehearsal (version) WHERE state = 'running';
CREATE INDEX rule_set_rehearsal_version_idx ON rule_set_rehearsal (version, asked_at);
CREATE TABLE rehearsal_moved (
  rehearsal_id uuid NOT NULL CONSTRAINT rehearsal_moved_rehearsal_id_fkey REFERENCES rule_set_rehearsal,
  referral_id uuid NOT NULL CONSTRAINT rehearsal_moved_referral_id_fkey REFERENCES referral,
  about uuid[] NOT NULL,
  was text NOT NULL,
  becomes text NOT NULL,
  CONSTRAINT rehearsal_moved_pkey PRIMARY KEY (rehearsal_id, referral_id)
);
"""


def upgrade() -> None:
    op.execute(_SETS)
    op.execute(_REHEARSALS)
    op.execute(rls.open_reference("rule_set_rehearsal"))
    op.execute(rls.protect_about_rows("rehearsal_moved", Part.STORY))


def downgrade() -> None:
    op.execute(rls.unprotect("rehearsal_moved"))
    op.execute(rls.unprotect("rule_set_rehearsal"))
    op.execute("DROP INDEX referral_sent_at_idx; ALTER TABLE referral DROP COLUMN preferred_service_id;")
    op.execute("DROP TRIGGER rule_set_keep ON rule_set; DROP FUNCTION rule_set_keep();")
    op.execute("DELETE FROM rule_set WHERE state <> 'approved';")
    op.execute(
        """
        ALTER TABLE rule_set DROP COLUMN state, DROP COLUMN revision, DROP COLUMN asks_of_children,
          DROP COLUMN based_on, DROP COLUMN drafted_by_name, DROP COLUMN drafted_at, DROP COLUMN editors,
          DROP COLUMN approved_by, DROP COLUMN approved_by_name, DROP COLUMN approved_at,
          DROP CONSTRAINT rule_set_live_from_key, ALTER COLUMN live_from SET NOT NULL;
        """
    )
