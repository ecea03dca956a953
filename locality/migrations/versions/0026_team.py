"""Goals, meetings, change of lead, tools with scores, outcomes, more about closure, and the audit of quality."""

import json
from pathlib import Path

from alembic import op

from locality.access import rls
from locality.access.parts import GrantReason, Part

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_ROLE_KINDS = (
    "'lead_professional', 'assessor', 'co_assessor', 'team_member', 'allocated_worker', 'supervisor', 'volunteer',"
    " 'chair', 'family'"
)
_OLD_ROLE_KINDS = _ROLE_KINDS.replace(" 'co_assessor',", "")

_TEAM = f"""
ALTER TABLE case_role DROP CONSTRAINT case_role_kind_check;
ALTER TABLE case_role ADD CONSTRAINT case_role_kind_check CHECK (kind IN ({_ROLE_KINDS}));
CREATE TABLE lead_request (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  account_id uuid NOT NULL REFERENCES account,
  name text NOT NULL,
  from_account_id uuid REFERENCES account,
  from_name text NOT NULL,
  reason text NOT NULL,
  state text NOT NULL
    CONSTRAINT lead_request_state_check CHECK (state IN ('asked', 'accepted', 'declined', 'withdrawn')),
  asked_at timestamptz NOT NULL,
  asked_by uuid REFERENCES account,
  asked_by_name text NOT NULL,
  answered_at timestamptz,
  answer text NOT NULL
);
CREATE UNIQUE INDEX one_lead_request ON lead_request (episode_id) WHERE state = 'asked';
CREATE INDEX lead_request_episode_id_idx ON lead_request (episode_id);
CREATE INDEX lead_request_account_id_idx ON lead_request (account_id) WHERE state = 'asked';
"""

_MEETINGS = """
CREATE TABLE meeting (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  kind text NOT NULL
    CONSTRAINT meeting_kind_check CHECK (kind IN ('first', 'review', 'closing', 'family_network')),
  state text NOT NULL
    CONSTRAINT meeting_state_check CHECK (state IN ('arranged', 'held', 'cancelled')),
  starts_at timestamptz NOT NULL,
  minutes integer NOT NULL CONSTRAINT meeting_minutes_check CHECK (minutes BETWEEN 10 AND 480),
  place text NOT NULL,
  purpose text NOT NULL,
  cancelled_why text NOT NULL,
  arranged_at timestamptz NOT NULL,
  arranged_by uuid REFERENCES account,
  arranged_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE INDEX meeting_episode_id_idx ON meeting (episode_id, starts_at);
CREATE TABLE meeting_guest (
  id uuid PRIMARY KEY,
  meeting_id uuid NOT NULL REFERENCES meeting,
  about uuid[] NOT NULL,
  role_id uuid REFERENCES case_role,
  person_id uuid REFERENCES person,
  name text NOT NULL,
  described text NOT NULL,
  email text NOT NULL,
  attended text
    CONSTRAINT meeting_guest_attended_check CHECK (attended IN ('came', 'apologies', 'absent'))
);
CREATE INDEX meeting_guest_meeting_id_idx ON meeting_guest (meeting_id);
CREATE TABLE review_chase (
  review_id uuid NOT NULL REFERENCES review,
  step text NOT NULL
    CONSTRAINT review_chase_step_check CHECK (step IN ('remind', 'due', 'supervisor')),
  about uuid[] NOT NULL,
  chased_at timestamptz NOT NULL,
  told text NOT NULL,
  PRIMARY KEY (review_id, step)
);
CREATE INDEX review_planned_due_idx ON review (due_on) WHERE state = 'planned';
ALTER TABLE review ADD COLUMN meeting_id uuid REFERENCES meeting;
ALTER TABLE review ADD COLUMN next_steps text NOT NULL DEFAULT '';
ALTER TABLE review ADD COLUMN notes text NOT NULL DEFAULT '';
CREATE TABLE message_file (
  message_id uuid PRIMARY KEY REFERENCES message,
  about uuid[] NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  content text NOT NULL
);
"""

_PLAN = """
CREATE TABLE plan_goal (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  change_wanted text NOT NULL,
  how_we_know text NOT NULL,
  at_review text NOT NULL,
  element_codes text[] NOT NULL,
  outcome_code integer
    CONSTRAINT plan_goal_outcome_code_check CHECK (outcome_code BETWEEN 1 AND 10),
  reached_on date,
  created_at timestamptz NOT NULL,
  created_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE INDEX plan_goal_episode_id_idx ON plan_goal (episode_id);
ALTER TABLE plan_action ADD COLUMN goal_id uuid REFERENCES plan_goal;
ALTER TABLE plan_action ADD COLUMN meeting_id uuid REFERENCES meeting;
CREATE INDEX plan_action_role_idx ON plan_action (responsible_role_id) WHERE responsible_role_id IS NOT NULL;
"""

_TOOLS = """
CREATE TABLE scale (
  id uuid PRIMARY KEY,
  code text NOT NULL,
  name text NOT NULL,
  is_built_in boolean NOT NULL,
  created_at timestamptz NOT NULL,
  created_by_name text NOT NULL
);
CREATE UNIQUE INDEX scale_code_key ON scale (code);
CREATE TABLE scale_version (
  id uuid PRIMARY KEY,
  scale_id uuid NOT NULL REFERENCES scale,
  number integer NOT NULL,
  label text NOT NULL,
  items jsonb NOT NULL,
  better text NOT NULL
    CONSTRAINT scale_version_better_check CHECK (better IN ('higher', 'lower')),
  respondents text[] NOT NULL,
  bands jsonb NOT NULL,
  source text NOT NULL,
  licence text NOT NULL,
  is_in_use boolean NOT NULL,
  created_at timestamptz NOT NULL,
  created_by_name text NOT NULL
);
CREATE UNIQUE INDEX scale_version_key ON scale_version (scale_id, number);
CREATE TABLE score (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  person_id uuid NOT NULL REFERENCES person,
  scale_version_id uuid NOT NULL REFERENCES scale_version,
  respondent text NOT NULL
    CONSTRAINT score_respondent_check CHECK (respondent IN ('parent', 'teacher', 'self', 'worker')),
  scored_on date NOT NULL,
  points jsonb NOT NULL,
  total integer NOT NULL,
  note text NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid REFERENCES account,
  recorded_by_name text NOT NULL,
  struck_at timestamptz,
  struck_by_name text NOT NULL,
  struck_why text NOT NULL
);
CREATE INDEX score_episode_id_idx ON score (episode_id, scored_on);
CREATE INDEX score_person_id_idx ON score (person_id, scored_on);
CREATE TABLE family_need (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  outcome_code integer NOT NULL
    CONSTRAINT family_need_outcome_code_check CHECK (outcome_code BETWEEN 1 AND 10),
  need text NOT NULL,
  evidence text NOT NULL,
  identified_on date NOT NULL,
  created_at timestamptz NOT NULL,
  created_by_name text NOT NULL
);
CREATE INDEX family_need_episode_id_idx ON family_need (episode_id);
CREATE TABLE need_check (
  id uuid PRIMARY KEY,
  need_id uuid NOT NULL REFERENCES family_need,
  about uuid[] NOT NULL,
  occasion text NOT NULL
    CONSTRAINT need_check_occasion_check CHECK (occasion IN ('baseline', 'review', 'closure')),
  achieved text NOT NULL
    CONSTRAINT need_check_achieved_check CHECK (achieved IN ('not_yet', 'partly', 'achieved')),
  evidence text NOT NULL,
  checked_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by_name text NOT NULL
);
CREATE INDEX need_check_need_id_idx ON need_check (need_id, checked_on);
"""

_CLOSURE = """
ALTER TABLE closure ADD COLUMN social_care_decision text
  CONSTRAINT closure_social_care_decision_check
  CHECK (social_care_decision IN ('child_protection', 'child_in_need', 'looked_after'));
ALTER TABLE closure ADD COLUMN risk_considered text NOT NULL DEFAULT '';
ALTER TABLE closure ADD COLUMN transfer_to text NOT NULL DEFAULT '';
ALTER TABLE closure ADD COLUMN transfer_agreed boolean;
"""

_QUALITY = """
CREATE TABLE quality_form (
  id uuid PRIMARY KEY,
  number integer NOT NULL,
  items jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  created_by_name text NOT NULL
);
CREATE UNIQUE INDEX quality_form_number_key ON quality_form (number);
CREATE TABLE quality_audit (
  id uuid PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  about uuid[] NOT NULL,
  caf_reference text NOT NULL,
  version_no integer NOT NULL,
  cluster_id uuid NOT NULL REFERENCES cluster,
  form_id uuid NOT NULL REFERENCES quality_form,
  author_id uuid REFERENCES account,
  author_name text NOT NULL,
  auditor_id uuid NOT NULL REFERENCES account,
  auditor_name text NOT NULL,
  standing text NOT NULL
    CONSTRAINT quality_audit_standing_check CHECK (standing IN ('peer', 'manager')),
  answers jsonb NOT NULL,
  yes integer NOT NULL,
  not_applicable integer NOT NULL,
  items integer NOT NULL,
  done_well text NOT NULL,
  to_improve text NOT NULL,
  audited_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  read_at timestamptz,
  reply text NOT NULL,
  CONSTRAINT quality_audit_not_by_its_author_check CHECK (author_id IS DISTINCT FROM auditor_id),
  CONSTRAINT quality_audit_counts_check CHECK (yes + not_applicable <= items)
);
CREATE UNIQUE INDEX one_quality_audit ON quality_audit (assessment_id, auditor_id);
CREATE INDEX quality_audit_author_id_idx ON quality_audit (author_id) WHERE read_at IS NULL;
CREATE TABLE quality_month (
  cluster_id uuid NOT NULL REFERENCES cluster,
  month date NOT NULL,
  audits integer NOT NULL,
  yes integer NOT NULL,
  asked integer NOT NULL,
  PRIMARY KEY (cluster_id, month)
);
CREATE TABLE quality_item_month (
  form_id uuid NOT NULL REFERENCES quality_form,
  item text NOT NULL,
  month date NOT NULL,
  yes integer NOT NULL,
  no integer NOT NULL,
  PRIMARY KEY (form_id, item, month)
);
"""

# The reference data that the product comes with, as it stood when this link was written. The audit's items are as many
# as the Nottinghamshire form has (39); the wording is ours.
_REFERENCE = Path(__file__).with_name("0026_reference.json")
_SDQ_ID = "f0d00000-0000-4000-8000-000000000030"
_QUALITY_FORM_ID = "f0d00000-0000-4000-8000-000000000040"


def _seed() -> None:
    data = json.loads(_REFERENCE.read_text(encoding="utf-8"))
    connection, sdq = op.get_bind(), data["sdq"]
    connection.exec_driver_sql(
        "INSERT INTO scale (id, code, name, is_built_in, created_at, created_by_name)"
        " VALUES (%s, 'sdq', 'Strengths and Difficulties Questionnaire (SDQ)', true, now(), 'Locality')",
        (_SDQ_ID,),
    )
    for version in sdq["versions"]:
        connection.exec_driver_sql(
            "INSERT INTO scale_version (id, scale_id, number, label, items, better, respondents, bands, source,"
            " licence, is_in_use, created_at, created_by_name)"
            " VALUES (%s, %s, %s, %s, %s::jsonb, 'lower', '{parent,teacher,self}', %s::jsonb, %s, %s, true, now(),"
            " 'Locality')",
            (
                version["id"], _SDQ_ID, version["number"], version["label"], json.dumps(sdq["items"]),
                json.dumps(version["bands"]), version["source"], sdq["licence"],
            ),
        )  # fmt: skip
    connection.exec_driver_sql(
        "INSERT INTO quality_form (id, number, items, created_at, created_by_name)"
        " VALUES (%s, 1, %s::jsonb, now(), 'Locality')",
        (_QUALITY_FORM_ID, json.dumps(data["quality"])),
    )


_ABOUT_PLAN = (
    "plan_goal", "meeting", "meeting_guest", "review_chase", "family_need", "need_check",
)  # fmt: skip
_NEW_TABLES = (
    "quality_item_month", "quality_month", "quality_audit", "quality_form", "need_check", "family_need", "score",
    "scale_version", "scale", "plan_goal", "message_file", "review_chase", "meeting_guest", "meeting", "lead_request",
)  # fmt: skip

_OWN_ROLES = f"SELECT r.id FROM case_role r WHERE r.account_id = ANY({rls.PRINCIPALS}) AND r.until_on IS NULL"
_OWN_ACTION = f"plan_action.responsible_role_id IN ({_OWN_ROLES})"
_OWN_UPDATE = (
    "EXISTS (SELECT 1 FROM plan_action a WHERE a.id = action_update.plan_action_id"
    f" AND a.responsible_role_id IN ({_OWN_ROLES}))"
)
_RUNS_THE_PLAN = (
    "EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = ANY(plan_action.about)"
    f" AND g.principal_id = ANY({rls.PRINCIPALS}) AND (g.until_at IS NULL OR g.until_at > now())"
    f" AND '{Part.PLAN.value}' = ANY(g.parts) AND g.reason IN ('{GrantReason.LEAD_PROFESSIONAL.value}',"
    f" '{GrantReason.SUPERVISOR.value}', '{GrantReason.MANAGEMENT.value}', '{GrantReason.COVER.value}'))"
)


def _policy(table: str, name: str, what: str) -> str:
    return f"DROP POLICY {table}_{name} ON {table}; CREATE POLICY {table}_{name} ON {table} {what};"


def _read(table: str, also: str | None = None) -> str:
    ways = [rls.SYSTEM, rls.granted(Part.PLAN, f"{table}.about"), *([also] if also else [])]
    return _policy(table, "read", f"FOR SELECT TO {rls.APP_ROLE} USING ({' OR '.join(ways)})")


def _change_action(condition: str, check: str) -> str:
    return _policy("plan_action", "change", f"FOR UPDATE TO {rls.APP_ROLE} USING ({condition}) WITH CHECK ({check})")


def upgrade() -> None:
    for statements in (_TEAM, _MEETINGS, _PLAN, _TOOLS, _CLOSURE, _QUALITY):
        op.execute(statements)
    for table in _ABOUT_PLAN:
        op.execute(rls.protect_about_rows(table, Part.PLAN))
    # Whoever is asked to lead sees the question before they see the family.
    op.execute(
        rls.protect_about_rows("lead_request", Part.PLAN, also=f"lead_request.account_id = ANY({rls.PRINCIPALS})")
    )
    op.execute(rls.protect_about_rows("message_file", Part.REFERRER, change=rls.SYSTEM))
    op.execute(rls.protect_person_rows("score", Part.ASSESSMENT))
    # An author reads what was said about their own work, also when the help has ended.
    op.execute(
        rls.protect_about_rows(
            "quality_audit", Part.ASSESSMENT, also=f"quality_audit.author_id = ANY({rls.PRINCIPALS})"
        )
    )
    for table in ("scale", "scale_version", "quality_form", "quality_month", "quality_item_month"):
        op.execute(rls.open_reference(table))
    # Whoever owns an action sees it and says how far it has come, whatever else they may see.
    op.execute(_read("case_role", f"(case_role.account_id = ANY({rls.PRINCIPALS}) AND case_role.until_on IS NULL)"))
    op.execute(_read("plan_action", _OWN_ACTION))
    op.execute(_read("action_update", _OWN_UPDATE))
    owners = f"{rls.SYSTEM} OR {_RUNS_THE_PLAN} OR {_OWN_ACTION}"
    op.execute(_change_action(owners, owners))
    _seed()


def downgrade() -> None:
    read = f"{rls.SYSTEM} OR {rls.granted(Part.PLAN, 'plan_action.about')}"
    op.execute(_change_action(read, rls.BOUND))
    for table in ("action_update", "plan_action", "case_role"):
        op.execute(_read(table))
    op.execute("ALTER TABLE plan_action DROP COLUMN meeting_id, DROP COLUMN goal_id")
    op.execute("DROP INDEX IF EXISTS plan_action_role_idx; DROP INDEX review_planned_due_idx")
    op.execute("ALTER TABLE review DROP COLUMN meeting_id, DROP COLUMN next_steps, DROP COLUMN notes")
    op.execute(
        "ALTER TABLE closure DROP COLUMN social_care_decision, DROP COLUMN risk_considered, DROP COLUMN transfer_to,"
        " DROP COLUMN transfer_agreed"
    )
    for table in _NEW_TABLES:
        op.execute(rls.unprotect(table))
    op.execute(
        "UPDATE case_role SET kind = 'assessor' WHERE kind = 'co_assessor';"
        " ALTER TABLE case_role DROP CONSTRAINT case_role_kind_check;"
        f" ALTER TABLE case_role ADD CONSTRAINT case_role_kind_check CHECK (kind IN ({_OLD_ROLE_KINDS}))"
    )
