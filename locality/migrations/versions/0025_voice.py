"""The child's voice in pictures, drawings and words: sittings, answers, files, who may see them, alerts, citations."""

from alembic import op

from locality.access import rls
from locality.access.parts import GrantReason, Part

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BEFORE = (
    "observation", "pictorial_scale", "three_houses", "my_star", "app_or_web", "talking_mats", "symbols_sign",
    "direct_words", "sdq_self", "learning_diary", "advocate", "not_obtained",
)  # fmt: skip


def _one_of(*values: str) -> str:
    return ", ".join(f"'{value}'" for value in values)


_ENTRY = f"""
ALTER TABLE voice_entry DROP CONSTRAINT voice_entry_tool_check;
ALTER TABLE voice_entry ADD CONSTRAINT voice_entry_tool_check CHECK (tool IN ({_one_of(*_BEFORE, "statements")}));
ALTER TABLE voice_entry DROP CONSTRAINT voice_entry_readers_check;
ALTER TABLE voice_entry ADD CONSTRAINT voice_entry_readers_check CHECK (readers IN ('team', 'chosen', 'lead_only'));
ALTER TABLE voice_entry ADD COLUMN sitting_id uuid;
ALTER TABLE voice_entry ADD COLUMN spoke_for text NOT NULL DEFAULT '';
ALTER TABLE voice_entry ADD COLUMN family_may_see boolean NOT NULL DEFAULT false;
ALTER TABLE voice_entry ADD COLUMN suits boolean;
CREATE INDEX voice_entry_sitting_idx ON voice_entry (sitting_id) WHERE sitting_id IS NOT NULL;
CREATE INDEX voice_entry_next_try_idx ON voice_entry (episode_id, next_try_on) WHERE next_try_on IS NOT NULL;
"""

_TABLES = """
CREATE TABLE voice_need (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person,
  needs text[] NOT NULL,
  noted_at timestamptz NOT NULL,
  noted_by_name text NOT NULL
);
CREATE INDEX voice_need_person_idx ON voice_need (person_id, noted_at);
CREATE TABLE voice_sitting (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  assessment_id uuid NOT NULL REFERENCES assessment,
  person_id uuid NOT NULL REFERENCES person,
  tool text NOT NULL CONSTRAINT voice_sitting_tool_check CHECK (tool IN (
    'observation', 'pictorial_scale', 'three_houses', 'symbols_sign', 'statements', 'direct_words')),
  state text NOT NULL CONSTRAINT voice_sitting_state_check CHECK (state IN ('open', 'finished')),
  called text NOT NULL,
  age integer,
  needs text[] NOT NULL,
  present text NOT NULL,
  lead_name text NOT NULL,
  helpers jsonb NOT NULL,
  told_first_at timestamptz,
  told_again_at timestamptz,
  started_at timestamptz NOT NULL,
  started_by uuid NOT NULL REFERENCES account,
  started_by_name text NOT NULL,
  finished_at timestamptz
);
CREATE INDEX voice_sitting_assessment_idx ON voice_sitting (assessment_id, person_id);
CREATE INDEX voice_sitting_episode_idx ON voice_sitting (episode_id);
ALTER TABLE voice_entry ADD CONSTRAINT voice_entry_sitting_id_fkey FOREIGN KEY (sitting_id) REFERENCES voice_sitting;
CREATE TABLE voice_answer (
  sitting_id uuid NOT NULL REFERENCES voice_sitting,
  question text NOT NULL,
  person_id uuid NOT NULL REFERENCES person,
  choice text NOT NULL,
  cards text[] NOT NULL,
  words text NOT NULL,
  is_skipped boolean NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (sitting_id, question)
);
CREATE TABLE voice_file (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person,
  sitting_id uuid REFERENCES voice_sitting,
  voice_entry_id uuid REFERENCES voice_entry,
  question text NOT NULL,
  kind text NOT NULL CONSTRAINT voice_file_kind_check CHECK (kind IN ('drawing', 'picture', 'sound')),
  media_type text NOT NULL,
  strokes jsonb,
  content bytea CONSTRAINT voice_file_content_check CHECK (length(content) <= 3145728),
  readers text NOT NULL CONSTRAINT voice_file_readers_check CHECK (readers IN ('team', 'chosen', 'lead_only')),
  version integer NOT NULL,
  saved_at timestamptz NOT NULL,
  saved_by uuid REFERENCES account,
  saved_by_name text NOT NULL,
  CONSTRAINT voice_file_has_content CHECK ((strokes IS NULL) <> (content IS NULL))
);
CREATE UNIQUE INDEX one_drawing ON voice_file (sitting_id, question) WHERE kind = 'drawing';
CREATE INDEX voice_file_sitting_idx ON voice_file (sitting_id);
CREATE INDEX voice_file_entry_idx ON voice_file (voice_entry_id);
CREATE TABLE voice_reader (
  record_id uuid NOT NULL,
  account_id uuid NOT NULL REFERENCES account,
  person_id uuid NOT NULL REFERENCES person,
  chosen_at timestamptz NOT NULL,
  PRIMARY KEY (record_id, account_id)
);
CREATE TABLE voice_alert (
  id uuid PRIMARY KEY,
  episode_id uuid NOT NULL REFERENCES episode,
  assessment_id uuid NOT NULL REFERENCES assessment,
  person_id uuid NOT NULL REFERENCES person,
  sitting_id uuid REFERENCES voice_sitting,
  voice_entry_id uuid REFERENCES voice_entry,
  question text NOT NULL,
  cue text NOT NULL CONSTRAINT voice_alert_cue_check CHECK (cue IN ('unsafe', 'scared', 'unhappy_at_home', 'words')),
  heard_by uuid REFERENCES account,
  raised_at timestamptz NOT NULL,
  answered_at timestamptz,
  answered_by_name text NOT NULL,
  done text NOT NULL
);
CREATE INDEX voice_alert_episode_idx ON voice_alert (episode_id) WHERE answered_at IS NULL;
CREATE INDEX voice_alert_heard_by_idx ON voice_alert (heard_by) WHERE answered_at IS NULL;
CREATE UNIQUE INDEX one_alert ON voice_alert (sitting_id, question, cue);
CREATE TABLE voice_reply (
  id uuid PRIMARY KEY,
  voice_entry_id uuid NOT NULL REFERENCES voice_entry,
  person_id uuid NOT NULL REFERENCES person,
  words text NOT NULL,
  written_at timestamptz NOT NULL,
  written_by_name text NOT NULL
);
CREATE INDEX voice_reply_entry_idx ON voice_reply (voice_entry_id);
CREATE TABLE action_voice (
  plan_action_id uuid NOT NULL REFERENCES plan_action,
  voice_entry_id uuid NOT NULL REFERENCES voice_entry,
  person_id uuid NOT NULL REFERENCES person,
  cited_at timestamptz NOT NULL,
  cited_by_name text NOT NULL,
  PRIMARY KEY (plan_action_id, voice_entry_id)
);
CREATE INDEX action_voice_entry_idx ON action_voice (voice_entry_id);
INSERT INTO action_voice (plan_action_id, voice_entry_id, person_id, cited_at, cited_by_name)
  SELECT a.id, v.id, v.person_id, a.created_at, a.created_by_name
  FROM plan_action a JOIN voice_entry v ON v.id = a.voice_entry_id;
"""

_LEADS = f"'{GrantReason.LEAD_PROFESSIONAL.value}', '{GrantReason.COVER.value}'"


def _leads(person: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = {person} AND g.principal_id = ANY({rls.PRINCIPALS})"
        f" AND (g.until_at IS NULL OR g.until_at > now()) AND g.reason IN ({_LEADS}))"
    )


def _is_chosen(table: str) -> str:
    return (
        f"{table}.readers = 'chosen' AND EXISTS (SELECT 1 FROM voice_reader r WHERE r.record_id = {table}.id"
        " AND r.account_id::text = (SELECT app_actor()))"
    )


def _may_read(table: str) -> str:
    """The part ``voice`` opens the record; the part ``assessment`` (the team) where the child lets the reader in."""
    asks = rls.granted_person(Part.ASSESSMENT, f"{table}.person_id")
    return (
        f"{rls.granted_person(Part.VOICE, f'{table}.person_id')}"
        f" OR (({table}.readers = 'team' OR ({_is_chosen(table)})) AND {asks})"
    )


def _child_allows(table: str, recorder: str) -> str:
    """Whatever else opens it: the child's choice stands. Who was there and who leads are never shut out."""
    return (
        f"{table}.readers = 'team' OR {rls.SYSTEM} OR {table}.{recorder}::text = (SELECT app_actor())"
        f" OR {_leads(f'{table}.person_id')} OR ({_is_chosen(table)})"
    )


def _of_sitting(table: str) -> str:
    return f"{table}.sitting_id = ANY({rls.PRINCIPALS})"


# While a child is still at it: the device that was handed over, who sits with the child, and who leads.
_SITTING = f"""
{rls.SYSTEM} OR voice_sitting.id = ANY({rls.PRINCIPALS})
OR ({rls.granted_person(Part.VOICE, "voice_sitting.person_id")}
    AND (voice_sitting.started_by::text = (SELECT app_actor()) OR {_leads("voice_sitting.person_id")}))
"""
_OPEN_SITTING = "EXISTS (SELECT 1 FROM voice_sitting s WHERE s.id = {0}.sitting_id AND s.state = 'open')"
# Once it is done: whoever may read the words that came of it.
_ANSWER = f"""
{rls.SYSTEM} OR {_of_sitting("voice_answer")} OR {_OPEN_SITTING.format("voice_answer")}
OR EXISTS (SELECT 1 FROM voice_entry v WHERE v.sitting_id = voice_answer.sitting_id)
"""
_FILE = f"""
{rls.SYSTEM} OR {_of_sitting("voice_file")}
OR (voice_file.voice_entry_id IS NULL AND {_OPEN_SITTING.format("voice_file")})
OR (voice_file.voice_entry_id IS NOT NULL AND ({_may_read("voice_file")})
    AND ({_child_allows("voice_file", "saved_by")}))
"""
_READER = f"""
{rls.SYSTEM} OR voice_reader.account_id::text = (SELECT app_actor())
OR {rls.granted_person(Part.VOICE, "voice_reader.person_id")}
"""
_WORDS_ARE_SEEN = f"{rls.SYSTEM} OR EXISTS (SELECT 1 FROM voice_entry v WHERE v.id = voice_reply.voice_entry_id)"
_OLD_ENTRY = "voice_entry.readers = 'team' AND " + rls.granted_person(Part.ASSESSMENT, "voice_entry.person_id")
_OLD_ALLOWS = f"""
voice_entry.readers = 'team' OR {rls.SYSTEM}
OR voice_entry.recorded_by::text = (SELECT app_actor()) OR {_leads("voice_entry.person_id")}
"""
_TABLES_IN_ORDER = (
    "action_voice", "voice_reply", "voice_alert", "voice_reader", "voice_file", "voice_answer", "voice_need",
)  # fmt: skip

# Managers see how often, never what: the function counts beyond the child's choice of readers and answers with numbers.
_SHARE = """
CREATE FUNCTION voice_share(since date, places uuid[]) RETURNS TABLE (month date, kind text, due bigint, heard bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH due AS (
    SELECT date_trunc('month', a.completed_on)::date AS month, 'assessment' AS kind, a.episode_id, c.person_id,
      a.started_on AS from_on, a.completed_on AS until_on
    FROM assessment a JOIN episode e ON e.id = a.episode_id JOIN episode_child c ON c.episode_id = a.episode_id
    WHERE a.completed_on >= since AND a.state = 'complete' AND c.person_id = ANY(a.about)
      AND e.cluster_id = ANY(places)
    UNION ALL
    SELECT date_trunc('month', r.held_on)::date, 'review', r.episode_id, c.person_id, r.held_on - 28, r.held_on
    FROM review r JOIN episode e ON e.id = r.episode_id JOIN episode_child c ON c.episode_id = r.episode_id
    WHERE r.held_on >= since AND r.state = 'held' AND c.person_id = ANY(r.about) AND c.from_on <= r.held_on
      AND (c.until_on IS NULL OR c.until_on >= r.held_on) AND e.cluster_id = ANY(places)
  )
  SELECT due.month, due.kind, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM voice_entry v WHERE v.episode_id = due.episode_id AND v.person_id = due.person_id AND v.suits
      AND v.recorded_on BETWEEN due.from_on AND due.until_on))
  FROM due GROUP BY 1, 2 ORDER BY 1, 2
$$;
REVOKE ALL ON FUNCTION voice_share(date, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION voice_share(date, uuid[]) TO locality_app;
"""


def _entry_policies(read: str, allows: str) -> str:
    return f"""
DROP POLICY voice_entry_read ON voice_entry;
DROP POLICY voice_entry_change ON voice_entry;
DROP POLICY voice_entry_child_allows ON voice_entry;
CREATE POLICY voice_entry_read ON voice_entry FOR SELECT TO {rls.APP_ROLE} USING ({read});
CREATE POLICY voice_entry_change ON voice_entry FOR UPDATE TO {rls.APP_ROLE} USING ({read}) WITH CHECK ({rls.BOUND});
{rls.restrict("voice_entry", "child_allows", allows)}
"""


def upgrade() -> None:
    op.execute(_ENTRY)
    op.execute(_TABLES)
    op.execute(rls.protect_person_rows("voice_need", Part.VOICE))
    op.execute(rls.protect("voice_sitting", read=_SITTING))
    op.execute(rls.protect("voice_reader", read=_READER))
    op.execute(
        _entry_policies(f"{rls.SYSTEM} OR {_may_read('voice_entry')}", _child_allows("voice_entry", "recorded_by"))
    )
    op.execute(rls.protect("voice_answer", read=_ANSWER))
    op.execute(rls.protect("voice_file", read=_FILE, delete=f"{rls.SYSTEM} OR {_of_sitting('voice_file')}"))
    op.execute(rls.protect_person_rows("voice_alert", Part.VOICE))
    op.execute(rls.protect_person_rows("voice_reply", Part.VOICE))
    op.execute(rls.restrict("voice_reply", "child_allows", _WORDS_ARE_SEEN))
    op.execute(rls.protect_person_rows("action_voice", Part.PLAN))
    op.execute(_SHARE)


def downgrade() -> None:
    op.execute("DROP FUNCTION voice_share(date, uuid[])")
    # What the older tables have no word for is kept under the nearest that tells no more.
    op.execute("UPDATE voice_entry SET readers = 'lead_only' WHERE readers = 'chosen'")
    op.execute("UPDATE voice_entry SET tool = 'direct_words' WHERE tool = 'statements'")
    read = f"{rls.SYSTEM} OR {rls.granted_person(Part.VOICE, 'voice_entry.person_id')} OR ({_OLD_ENTRY})"
    op.execute(_entry_policies(read, _OLD_ALLOWS))
    for table in _TABLES_IN_ORDER:
        op.execute(rls.unprotect(table))
    op.execute(
        "ALTER TABLE voice_entry DROP COLUMN sitting_id, DROP COLUMN spoke_for, DROP COLUMN family_may_see,"
        " DROP COLUMN suits"
    )
    op.execute(rls.unprotect("voice_sitting"))
    for name, values in (("tool", _BEFORE), ("readers", ("team", "lead_only"))):
        op.execute(f"ALTER TABLE voice_entry DROP CONSTRAINT voice_entry_{name}_check")
        op.execute(
            f"ALTER TABLE voice_entry ADD CONSTRAINT voice_entry_{name}_check CHECK ({name} IN ({_one_of(*values)}))"
        )
