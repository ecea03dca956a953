"""Messages to people outside the system."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What was sent when to which kind of person is for whoever runs the system and names nobody; what was said to whom
# stands apart and opens only with the record that it is about.
_TABLES = """
CREATE TABLE message (
  id uuid PRIMARY KEY,
  key text NOT NULL CONSTRAINT message_key_key UNIQUE,
  template text NOT NULL,
  state text NOT NULL
    CONSTRAINT message_state_check CHECK (state IN ('waiting', 'kept', 'sent')),
  record_kind text NOT NULL,
  record_id uuid NOT NULL,
  queued_at timestamptz NOT NULL,
  sent_at timestamptz,
  CONSTRAINT message_sent_when_check CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX message_queued_idx ON message (queued_at DESC, id);
CREATE INDEX message_record_idx ON message (record_id);
CREATE INDEX message_kept_idx ON message (queued_at) WHERE state = 'kept';
CREATE TABLE message_text (
  message_id uuid PRIMARY KEY CONSTRAINT message_text_message_id_fkey REFERENCES message,
  about uuid[] NOT NULL,
  to_address text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL
);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    # Whoever may owe a message adds it; what becomes of it is for those who send it, the workers.
    op.execute(rls.protect("message", read=rls.BOUND, change=rls.SYSTEM))
    op.execute(rls.protect_about_rows("message_text", Part.REFERRER, change=rls.SYSTEM))


def downgrade() -> None:
    op.execute(rls.unprotect("message_text"))
    op.execute(rls.unprotect("message"))
