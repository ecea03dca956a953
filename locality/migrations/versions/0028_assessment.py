"""The assessment: which page sent a text, what the family sees differently, auditors from outside the team.

``page_id`` and ``page_turn`` tell a writer's own earlier words from a colleague's, and what arrives late from what is
new; ``draft_sent`` does the same for forms that were sent. ``taken_out_at``: whoever left the team was told that a
meeting goes on without them.
"""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TYPING = """
ALTER TABLE element_answer ADD COLUMN page_id uuid, ADD COLUMN page_turn integer NOT NULL DEFAULT 0;
ALTER TABLE section_answer ADD COLUMN page_id uuid, ADD COLUMN page_turn integer NOT NULL DEFAULT 0;
CREATE TABLE draft_sent (
  page_id uuid PRIMARY KEY,
  owner_id uuid NOT NULL REFERENCES account,
  turn integer NOT NULL,
  sent_at timestamptz NOT NULL
);
CREATE INDEX draft_sent_at_idx ON draft_sent (sent_at);
"""

_MEETINGS = "ALTER TABLE meeting_guest ADD COLUMN taken_out_at timestamptz"

_DISPUTES = """
CREATE TABLE dispute (
  id uuid PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  about uuid[] NOT NULL,
  code text NOT NULL,
  person_id uuid REFERENCES person,
  said_by_id uuid REFERENCES person,
  said_by text NOT NULL,
  words text NOT NULL,
  said_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by_name text NOT NULL,
  answer text NOT NULL,
  settled text
    CONSTRAINT dispute_settled_check CHECK (settled IN ('changed', 'both_stand', 'taken_back')),
  answered_at timestamptz,
  answered_by_name text NOT NULL,
  version integer NOT NULL
);
CREATE INDEX dispute_assessment_id_idx ON dispute (assessment_id);
"""

_AUDITORS = """
CREATE TABLE quality_invitation (
  id uuid PRIMARY KEY,
  assessment_id uuid NOT NULL REFERENCES assessment,
  episode_id uuid NOT NULL REFERENCES episode,
  about uuid[] NOT NULL,
  caf_reference text NOT NULL,
  account_id uuid NOT NULL REFERENCES account,
  name text NOT NULL,
  described text NOT NULL,
  reason text NOT NULL,
  until_at timestamptz NOT NULL,
  content jsonb NOT NULL,
  invited_at timestamptz NOT NULL,
  invited_by uuid REFERENCES account,
  invited_by_name text NOT NULL,
  ended_at timestamptz,
  ended_why text NOT NULL,
  CONSTRAINT quality_invitation_until_check CHECK (until_at > invited_at)
);
CREATE UNIQUE INDEX one_quality_invitation ON quality_invitation (assessment_id, account_id) WHERE ended_at IS NULL;
CREATE INDEX quality_invitation_account_idx ON quality_invitation (account_id) WHERE ended_at IS NULL;
CREATE INDEX quality_invitation_episode_idx ON quality_invitation (episode_id);
"""

_OWN_DRAFT = f"{rls.SYSTEM} OR owner_id::text = (SELECT app_actor())"
# Whoever was asked reads it by the invitation, and only while it lasts: no part of a record opens to them.
_ASKED = (
    f"quality_invitation.account_id = ANY({rls.PRINCIPALS}) AND quality_invitation.ended_at IS NULL"
    " AND quality_invitation.until_at > now()"
)


def upgrade() -> None:
    op.execute(_TYPING)
    op.execute(rls.protect("draft_sent", read=_OWN_DRAFT, write=_OWN_DRAFT, delete=_OWN_DRAFT))
    op.execute(_MEETINGS)
    op.execute(_DISPUTES)
    op.execute(rls.protect_about_rows("dispute", Part.ASSESSMENT))
    op.execute(_AUDITORS)
    op.execute(rls.protect_about_rows("quality_invitation", Part.ASSESSMENT, also=_ASKED))


def downgrade() -> None:
    op.execute("DELETE FROM access_grant WHERE reason = 'quality_audit'")
    for table in ("quality_invitation", "dispute", "draft_sent"):
        op.execute(rls.unprotect(table))
    op.execute("ALTER TABLE meeting_guest DROP COLUMN taken_out_at")
    for table in ("section_answer", "element_answer"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN page_turn, DROP COLUMN page_id")
