"""Tables of the consent room: agreements, what was taken back, and what was shared without one."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE agreement (
  id uuid PRIMARY KEY,
  family_id uuid NOT NULL CONSTRAINT agreement_family_id_fkey REFERENCES family (id),
  about uuid[] NOT NULL,
  given_by uuid NOT NULL CONSTRAINT agreement_given_by_fkey REFERENCES person (id),
  capacity text NOT NULL CONSTRAINT agreement_capacity_check CHECK (capacity IN ('pr_holder', 'self_gillick',
    'self_16_17', 'self_adult', 'court', 'other')),
  capacity_words text NOT NULL,
  gillick_assessed_by text NOT NULL,
  gillick_reasons text NOT NULL,
  refused boolean NOT NULL,
  refusal_reason text NOT NULL,
  purposes text[] NOT NULL CONSTRAINT agreement_purposes_check CHECK (purposes <@ ARRAY['assess', 'store',
    'share_basic', 'share_additional', 'contact', 'evaluation']),
  share_with text NOT NULL CONSTRAINT agreement_share_with_check CHECK (share_with IN ('helping', 'named', 'nobody')),
  agencies_in uuid[] NOT NULL,
  agencies_out uuid[] NOT NULL,
  agencies_out_words text NOT NULL,
  topics_out text[] NOT NULL CONSTRAINT agreement_topics_out_check CHECK (topics_out <@ ARRAY['physical_health',
    'mental_health', 'sexual_health', 'substance_use', 'domestic_abuse', 'offending', 'immigration', 'money',
    'family_history', 'ethnicity_religion']),
  cluster_team boolean NOT NULL,
  explained_how text NOT NULL,
  interpreter text NOT NULL,
  method text CONSTRAINT agreement_method_check CHECK (method IN ('wet_ink_held', 'e_signature', 'verbal_recorded')),
  signed_on date NOT NULL,
  review_due_on date,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid,
  recorded_by_name text NOT NULL
);
CREATE INDEX agreement_family_idx ON agreement (family_id);
CREATE INDEX agreement_about_idx ON agreement USING gin (about);

CREATE TABLE agreement_withdrawal (
  id uuid PRIMARY KEY,
  agreement_id uuid NOT NULL CONSTRAINT agreement_withdrawal_agreement_id_fkey REFERENCES agreement (id),
  about uuid[] NOT NULL,
  scope text NOT NULL CONSTRAINT agreement_withdrawal_scope_check CHECK (scope IN ('whole', 'agency', 'topic',
    'cluster_team')),
  agency_id uuid,
  topic text,
  withdrawn_by uuid NOT NULL CONSTRAINT agreement_withdrawal_withdrawn_by_fkey REFERENCES person (id),
  reason text NOT NULL,
  withdrawn_on date NOT NULL,
  risk text NOT NULL CONSTRAINT agreement_withdrawal_risk_check CHECK (risk IN ('unlikely', 'watch', 'refer')),
  risk_words text NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid,
  recorded_by_name text NOT NULL
);
CREATE INDEX agreement_withdrawal_agreement_idx ON agreement_withdrawal (agreement_id);

CREATE TABLE share_override (
  id uuid PRIMARY KEY,
  family_id uuid CONSTRAINT share_override_family_id_fkey REFERENCES family (id),
  about uuid[] NOT NULL,
  ground text NOT NULL CONSTRAINT share_override_ground_check CHECK (ground IN ('child_at_risk', 'adult_at_risk',
    'serious_crime', 'statutory_duty')),
  what text NOT NULL,
  to_whom text NOT NULL,
  manager_consulted text NOT NULL,
  family_told boolean NOT NULL,
  why_not_told text NOT NULL,
  decided_at timestamptz NOT NULL,
  decided_by uuid,
  decided_by_name text NOT NULL
);
CREATE INDEX share_override_about_idx ON share_override USING gin (about);

-- What somebody relied on is never changed: the wall is in the database, for everybody but its owner.
CREATE FUNCTION agreement_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an agreement, its withdrawal and a decision to share are never changed';
END $$;
CREATE TRIGGER agreement_stands BEFORE UPDATE ON agreement FOR EACH ROW EXECUTE FUNCTION agreement_stands();
CREATE TRIGGER agreement_withdrawal_stands BEFORE UPDATE ON agreement_withdrawal
  FOR EACH ROW EXECUTE FUNCTION agreement_stands();
CREATE TRIGGER share_override_stands BEFORE UPDATE ON share_override
  FOR EACH ROW EXECUTE FUNCTION agreement_stands();
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(rls.protect_about_rows("agreement", Part.IDENTITY))
    op.execute(rls.protect_about_rows("agreement_withdrawal", Part.IDENTITY))
    op.execute(rls.protect_about_rows("share_override", Part.STORY))


def downgrade() -> None:
    for table in ("share_override", "agreement_withdrawal", "agreement"):
        op.execute(rls.unprotect(table))
    op.execute("DROP FUNCTION agreement_stands;")
