"""Tables of the CAF room: episodes, roles, assessments, voices, plans, reviews, closures."""

from alembic import op

from locality.access import rls
from locality.access.parts import GrantReason, Part

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_EPISODES = """
CREATE TABLE episode (
  id uuid PRIMARY KEY,
  reference text NOT NULL,
  family_id uuid NOT NULL REFERENCES family,
  cluster_id uuid NOT NULL REFERENCES cluster,
  locality_id uuid NOT NULL REFERENCES locality,
  origin text NOT NULL
    CONSTRAINT episode_origin_check CHECK (origin IN ('referral', 'import')),
  about uuid[] NOT NULL,
  state text NOT NULL
    CONSTRAINT episode_state_check CHECK (state IN ('open', 'closed')),
  opened_on date NOT NULL,
  closed_on date,
  next_step text
    CONSTRAINT episode_next_step_check CHECK (next_step IN (
      'name_lead', 'record_agreement', 'start_caf', 'finish_caf', 'agree_plan',
      'plan_review', 'hold_review')),
  next_step_line text NOT NULL,
  next_step_on date,
  created_at timestamptz NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX episode_reference_key ON episode (reference);
CREATE INDEX episode_about_idx ON episode USING gin (about);
CREATE INDEX episode_family_id_idx ON episode (family_id);
CREATE UNIQUE INDEX one_open_episode ON episode (family_id) WHERE state = 'open';
CREATE TABLE episode_child (
  episode_id uuid NOT NULL REFERENCES episode,
  person_id uuid NOT NULL REFERENCES person,
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (episode_id, person_id)
);
CREATE INDEX episode_child_person_id_idx ON episode_child (person_id);
CREATE TABLE episode_referral (
  referral_id uuid PRIMARY KEY REFERENCES referral,
  episode_id uuid NOT NULL REFERENCES episode,
  service_id uuid NOT NULL REFERENCES service,
  about uuid[] NOT NULL,
  accepted_at timestamptz NOT NULL
);
CREATE INDEX episode_referral_episode_id_idx ON episode_referral (episode_id);
CREATE TABLE case_role (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  kind text NOT NULL
    CONSTRAINT case_role_kind_check CHECK (kind IN (
      'lead_professional', 'assessor', 'team_member', 'allocated_worker', 'supervisor',
      'volunteer', 'chair', 'family')),
  account_id uuid REFERENCES account,
  person_id uuid REFERENCES person,
  name text NOT NULL,
  job_title text NOT NULL,
  organisation text NOT NULL,
  contact_details text NOT NULL,
  reason text NOT NULL,
  from_on date NOT NULL,
  until_on date,
  end_reason text NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL
);
CREATE UNIQUE INDEX one_open_lead ON case_role (episode_id)
  WHERE kind = 'lead_professional' AND until_on IS NULL;
CREATE INDEX case_role_episode_id_idx ON case_role (episode_id);
CREATE INDEX case_role_account_id_idx ON case_role (account_id) WHERE until_on IS NULL;
"""

_ASSESSMENTS = """
CREATE TABLE assessment (
  id uuid PRIMARY KEY,
  reference text NOT NULL,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  version_no integer NOT NULL,
  state text NOT NULL
    CONSTRAINT assessment_state_check CHECK (state IN ('draft', 'complete')),
  started_on date NOT NULL,
  completed_on date,
  assessor_account_id uuid REFERENCES account,
  assessor_name text NOT NULL,
  organisation text NOT NULL,
  present text NOT NULL,
  what_led text NOT NULL,
  saved_by uuid REFERENCES account,
  saved_by_name text NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX one_draft ON assessment (episode_id) WHERE state = 'draft';
CREATE UNIQUE INDEX assessment_reference_key ON assessment (reference);
CREATE UNIQUE INDEX assessment_version_key ON assessment (episode_id, version_no);
CREATE TABLE assessment_source (
  external_key text PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  person_id uuid NOT NULL REFERENCES person
);
CREATE TABLE element_answer (
  id uuid PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  person_id uuid REFERENCES person,
  code text NOT NULL,
  about uuid[] NOT NULL,
  strengths text NOT NULL,
  needs text NOT NULL,
  evidence text[] NOT NULL,
  severity integer
    CONSTRAINT element_answer_severity_check CHECK (severity BETWEEN 0 AND 3),
  is_not_discussed boolean NOT NULL,
  saved_at timestamptz NOT NULL,
  saved_by uuid REFERENCES account,
  saved_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX one_answer ON element_answer (assessment_id, code, person_id) NULLS NOT DISTINCT;
CREATE TABLE earlier_text (
  id uuid PRIMARY KEY,
  record_kind text NOT NULL,
  record_id uuid NOT NULL,
  about uuid[] NOT NULL,
  version integer NOT NULL,
  facts jsonb NOT NULL,
  saved_by_name text NOT NULL,
  replaced_at timestamptz NOT NULL,
  replaced_by_name text NOT NULL
);
CREATE INDEX earlier_text_record_idx ON earlier_text (record_id);
CREATE TABLE conclusion (
  id uuid PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  person_id uuid NOT NULL REFERENCES person,
  level text NOT NULL
    CONSTRAINT conclusion_level_check CHECK (level IN (
      'no_additional_needs', 'additional_needs_single_service',
      'additional_needs_multi_service', 'complex_needs', 'risk_of_harm')),
  text text NOT NULL,
  disagreements text NOT NULL,
  saved_by uuid REFERENCES account,
  saved_at timestamptz NOT NULL,
  saved_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX one_conclusion ON conclusion (assessment_id, person_id);
CREATE TABLE family_comment (
  id uuid PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  person_id uuid NOT NULL REFERENCES person,
  capacity text NOT NULL
    CONSTRAINT family_comment_capacity_check CHECK (capacity IN ('child', 'parent')),
  wished_to_comment boolean NOT NULL,
  words text NOT NULL,
  said_by text NOT NULL,
  saved_at timestamptz NOT NULL,
  saved_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX one_comment ON family_comment (assessment_id, person_id, capacity);
"""

_VOICES = """
CREATE TABLE voice_entry (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  assessment_id uuid REFERENCES assessment,
  person_id uuid NOT NULL REFERENCES person,
  tool text NOT NULL
    CONSTRAINT voice_entry_tool_check CHECK (tool IN (
      'observation', 'pictorial_scale', 'three_houses', 'my_star', 'app_or_web',
      'talking_mats', 'symbols_sign', 'direct_words', 'sdq_self', 'learning_diary',
      'advocate', 'not_obtained')),
  own_words text NOT NULL,
  present text NOT NULL,
  readers text NOT NULL
    CONSTRAINT voice_entry_readers_check CHECK (readers IN ('team', 'lead_only')),
  not_obtained text
    CONSTRAINT voice_entry_not_obtained_check CHECK (not_obtained IN (
      'unborn', 'refused', 'not_seen', 'unsafe_to_ask', 'other')),
  not_obtained_note text NOT NULL,
  next_try_on date,
  recorded_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid REFERENCES account,
  recorded_by_name text NOT NULL
);
CREATE INDEX voice_entry_assessment_id_idx ON voice_entry (assessment_id);
CREATE INDEX voice_entry_episode_id_idx ON voice_entry (episode_id, person_id);
CREATE TABLE voice_reading (
  id uuid PRIMARY KEY,
  voice_entry_id uuid NOT NULL REFERENCES voice_entry,
  person_id uuid NOT NULL REFERENCES person,
  reading text NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid REFERENCES account,
  recorded_by_name text NOT NULL
);
CREATE INDEX voice_reading_entry_idx ON voice_reading (voice_entry_id);
"""

_PLANS = """
CREATE TABLE plan_action (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  outcome_wanted text NOT NULL,
  action text NOT NULL,
  element_codes text[] NOT NULL,
  outcome_code integer
    CONSTRAINT plan_action_outcome_code_check CHECK (outcome_code BETWEEN 1 AND 10),
  responsible text NOT NULL
    CONSTRAINT plan_action_responsible_check CHECK (responsible IN (
      'professional', 'family_member', 'child', 'volunteer')),
  responsible_role_id uuid REFERENCES case_role,
  responsible_person_id uuid REFERENCES person,
  responsible_name text NOT NULL,
  voice_entry_id uuid REFERENCES voice_entry,
  due_on date NOT NULL,
  status text NOT NULL
    CONSTRAINT plan_action_status_check CHECK (status IN (
      'not_started', 'in_progress', 'done', 'partly', 'not_done', 'no_longer_needed')),
  completed_on date,
  progress_note text NOT NULL,
  created_at timestamptz NOT NULL,
  created_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE INDEX plan_action_episode_id_idx ON plan_action (episode_id);
CREATE TABLE action_update (
  id uuid PRIMARY KEY,
  plan_action_id uuid NOT NULL REFERENCES plan_action,
  about uuid[] NOT NULL,
  status text NOT NULL
    CONSTRAINT action_update_status_check CHECK (status IN (
      'not_started', 'in_progress', 'done', 'partly', 'not_done', 'no_longer_needed')),
  note text NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by_name text NOT NULL
);
CREATE INDEX action_update_action_idx ON action_update (plan_action_id);
CREATE TABLE review (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  state text NOT NULL
    CONSTRAINT review_state_check CHECK (state IN ('planned', 'held', 'replaced', 'cancelled')),
  due_on date NOT NULL,
  held_on date,
  present text NOT NULL,
  progress text NOT NULL,
  decisions text NOT NULL,
  next_on date,
  child_comments text NOT NULL,
  parent_comments text NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by_name text NOT NULL
);
CREATE UNIQUE INDEX one_planned_review ON review (episode_id) WHERE state = 'planned';
CREATE INDEX review_episode_id_idx ON review (episode_id);
"""

_ENDS = """
CREATE TABLE closure (
  episode_id uuid PRIMARY KEY REFERENCES episode,
  about uuid[] NOT NULL,
  reason text NOT NULL
    CONSTRAINT closure_reason_check CHECK (reason IN (
      'needs_met_universal', 'needs_met_single_agency', 'stepped_up_social_care',
      'consent_withdrawn', 'not_engaged', 'moved_out_of_area', 'reached_age_limit',
      'child_died', 'duplicate_or_error', 'other')),
  note text NOT NULL,
  rating text
    CONSTRAINT closure_rating_check CHECK (rating IN ('all', 'most', 'some', 'none')),
  social_care_decided_on date,
  child_views text NOT NULL,
  parent_views text NOT NULL,
  universal_service text NOT NULL,
  way_back text NOT NULL,
  closed_on date NOT NULL,
  closed_at timestamptz NOT NULL,
  closed_by_name text NOT NULL
);
CREATE TABLE last_look (
  account_id uuid PRIMARY KEY REFERENCES account,
  looked_at timestamptz NOT NULL
);
"""

_PLAN_TABLES = (
    "episode", "episode_referral", "case_role", "plan_action", "action_update", "review", "closure",
)  # fmt: skip
_ASSESSMENT_TABLES = ("assessment", "element_answer", "earlier_text")

# A child's words reach those who may hear the child's voice; the whole team when the child says so.
_TEAM_MAY_READ = "voice_entry.readers = 'team' AND " + rls.granted_person(Part.ASSESSMENT, "voice_entry.person_id")
# When the child chose so: nobody but the worker who wrote it down and the lead professional or cover.
_CHILD_ALLOWS = f"""
voice_entry.readers = 'team' OR {rls.SYSTEM}
OR voice_entry.recorded_by::text = (SELECT app_actor())
OR EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = voice_entry.person_id
  AND g.principal_id = ANY({rls.PRINCIPALS}) AND (g.until_at IS NULL OR g.until_at > now())
  AND g.reason IN ('{GrantReason.LEAD_PROFESSIONAL.value}', '{GrantReason.COVER.value}'))
"""
# How a worker reads a child's words tells what they were: it is kept from whomever the words are kept from.
_WORDS_ARE_SEEN = f"{rls.SYSTEM} OR EXISTS (SELECT 1 FROM voice_entry v WHERE v.id = voice_reading.voice_entry_id)"


def upgrade() -> None:
    for statements in (_EPISODES, _ASSESSMENTS, _VOICES, _PLANS, _ENDS):
        op.execute(statements)
    for table in _PLAN_TABLES:
        op.execute(rls.protect_about_rows(table, Part.PLAN))
    for table in _ASSESSMENT_TABLES:
        op.execute(rls.protect_about_rows(table, Part.ASSESSMENT))
    op.execute(rls.protect_person_rows("episode_child", Part.PLAN))
    op.execute(rls.protect_person_rows("assessment_source", Part.ASSESSMENT))
    op.execute(rls.protect_person_rows("conclusion", Part.ASSESSMENT))
    op.execute(rls.protect_person_rows("family_comment", Part.ASSESSMENT))
    op.execute(rls.protect_person_rows("voice_entry", Part.VOICE, also=_TEAM_MAY_READ))
    op.execute(rls.restrict("voice_entry", "child_allows", _CHILD_ALLOWS))
    op.execute(rls.protect_person_rows("voice_reading", Part.VOICE))
    op.execute(rls.restrict("voice_reading", "child_allows", _WORDS_ARE_SEEN))
    own = f"last_look.account_id::text = (SELECT app_actor()) OR {rls.SYSTEM}"
    op.execute(rls.protect("last_look", read=own, write=own))


def downgrade() -> None:
    for table in (
        "last_look", "closure", "review", "action_update", "plan_action", "voice_reading",
        "voice_entry", "family_comment", "conclusion", "earlier_text", "element_answer",
        "assessment_source", "assessment", "case_role", "episode_referral", "episode_child", "episode",
    ):  # fmt: skip
        op.execute(rls.unprotect(table))
