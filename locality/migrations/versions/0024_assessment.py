"""The checklist before an assessment, its further sections, who is writing in it, and papers that leave the system."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ANSWERS = "('yes', 'no', 'not_sure')"
_CHECKLIST = f"""
CREATE TABLE checklist (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person,
  asked_on date NOT NULL,
  healthy text NOT NULL CONSTRAINT checklist_healthy_check CHECK (healthy IN {_ANSWERS}),
  safe text NOT NULL CONSTRAINT checklist_safe_check CHECK (safe IN {_ANSWERS}),
  learning text NOT NULL CONSTRAINT checklist_learning_check CHECK (learning IN {_ANSWERS}),
  positive text NOT NULL CONSTRAINT checklist_positive_check CHECK (positive IN {_ANSWERS}),
  free_of_poverty text NOT NULL CONSTRAINT checklist_free_of_poverty_check CHECK (free_of_poverty IN {_ANSWERS}),
  safeguarding text
    CONSTRAINT checklist_safeguarding_check CHECK (safeguarding IN ('refer_now', 'talked_over')),
  safeguarding_who text NOT NULL,
  safeguarding_why text NOT NULL,
  safeguarding_at timestamptz,
  services_needed text NOT NULL,
  own_service text CONSTRAINT checklist_own_service_check CHECK (own_service IN {_ANSWERS}),
  would_help text CONSTRAINT checklist_would_help_check CHECK (would_help IN {_ANSWERS}),
  who_does text NOT NULL,
  family_aware boolean,
  family_words text NOT NULL,
  outcome text
    CONSTRAINT checklist_outcome_check CHECK (outcome IN (
      'no_further_action', 'single_agency_response', 'start_caf', 'specialist_assessment', 'safeguarding_referral')),
  outcome_why text NOT NULL,
  decided_at timestamptz,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid REFERENCES account,
  recorded_by_name text NOT NULL,
  version integer NOT NULL,
  -- Nobody leaves the question whether a child is safe unanswered: without a decision there is no outcome.
  CONSTRAINT checklist_safe_first CHECK (outcome IS NULL OR safe <> 'no' OR safeguarding IS NOT NULL)
);
CREATE INDEX checklist_person_id_idx ON checklist (person_id);
"""
_SECTIONS = """
CREATE TABLE section_answer (
  id uuid PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  person_id uuid REFERENCES person,
  code text NOT NULL
    CONSTRAINT section_answer_code_check CHECK (code IN ('story', 'home', 'writers', 'needs_to_take_part')),
  about uuid[] NOT NULL,
  facts jsonb NOT NULL,
  saved_at timestamptz NOT NULL,
  saved_by uuid REFERENCES account,
  saved_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX one_section ON section_answer (assessment_id, code, person_id) NULLS NOT DISTINCT;
CREATE TABLE caf_presence (
  assessment_id uuid NOT NULL REFERENCES assessment,
  account_id uuid NOT NULL REFERENCES account,
  place text NOT NULL,
  name text NOT NULL,
  about uuid[] NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (assessment_id, account_id)
);
"""
_PAPERS = """
CREATE TABLE paper_batch (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  kind text NOT NULL CONSTRAINT paper_batch_kind_check CHECK (kind IN ('caf', 'plan', 'child_plan')),
  prepared_at timestamptz NOT NULL,
  prepared_by uuid REFERENCES account,
  prepared_by_name text NOT NULL
);
CREATE INDEX paper_batch_episode_id_idx ON paper_batch (episode_id);
CREATE TABLE paper_copy (
  id uuid PRIMARY KEY,
  batch_id uuid NOT NULL REFERENCES paper_batch,
  about uuid[] NOT NULL,
  recipient text NOT NULL CONSTRAINT paper_copy_recipient_check CHECK (recipient IN ('adult', 'child', 'worker')),
  recipient_id uuid NOT NULL,
  recipient_name text NOT NULL,
  title text NOT NULL,
  content jsonb NOT NULL,
  left_out text[] NOT NULL,
  topics_out text[] NOT NULL,
  agreement_id uuid REFERENCES agreement,
  override_id uuid REFERENCES share_override,
  given_at timestamptz,
  given_by uuid REFERENCES account,
  given_by_name text NOT NULL,
  made_at timestamptz,
  pdf bytea,
  version integer NOT NULL
);
CREATE INDEX paper_copy_batch_id_idx ON paper_copy (batch_id);
"""
# A paper holds what whoever prepared it could read, the child's words among them: it is theirs, and of those who lead.
_OWN = "EXISTS (SELECT 1 FROM paper_batch b WHERE b.id = paper_copy.batch_id)"
_TABLES = ("paper_copy", "paper_batch", "caf_presence", "section_answer", "checklist")


def upgrade() -> None:
    for statements in (_CHECKLIST, _SECTIONS, _PAPERS):
        op.execute(statements)
    op.execute(rls.protect_person_rows("checklist", Part.STORY))
    for table in ("section_answer", "caf_presence"):
        op.execute(rls.protect_about_rows(table, Part.ASSESSMENT))
    op.execute(rls.protect_about_rows("paper_batch", Part.VOICE))
    op.execute(rls.protect("paper_copy", read=f"{rls.SYSTEM} OR {_OWN}"))


def downgrade() -> None:
    for table in _TABLES:
        op.execute(rls.unprotect(table))
