"""Drafts: what somebody has typed and not sent.

A draft is its owner's. A deputy reads it too: whoever supervises or covers for somebody whom it is about, when the part
of the record that the form writes is open to them, and the desk (the front door) for what was typed at that desk. What
names no part is for no deputy. Nobody but the owner writes it.
"""

from alembic import op

from locality.access import rls

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE draft (
  id uuid PRIMARY KEY,
  owner_id uuid NOT NULL CONSTRAINT draft_owner_id_fkey REFERENCES account,
  owner_name text NOT NULL,
  place text NOT NULL,
  form text NOT NULL,
  about uuid[] NOT NULL,
  desk_id uuid,
  part text
    CONSTRAINT draft_part_check CHECK (part IN ('identity', 'whereabouts', 'hidden_whereabouts', 'story', 'assessment',
      'health', 'plan', 'voice', 'restricted', 'referrer')),
  typed_at timestamptz NOT NULL,
  CONSTRAINT draft_owner_id_place_form_key UNIQUE (owner_id, place, form)
);
CREATE INDEX draft_place_form_idx ON draft (place, form);
CREATE INDEX draft_typed_at_idx ON draft (typed_at);
CREATE TABLE draft_field (
  draft_id uuid NOT NULL CONSTRAINT draft_field_draft_id_fkey REFERENCES draft ON DELETE CASCADE,
  name text NOT NULL,
  texts text[] NOT NULL,
  version integer NOT NULL,
  CONSTRAINT draft_field_pkey PRIMARY KEY (draft_id, name)
);
"""
_OWN = "owner_id::text = (SELECT app_actor())"
_DEPUTY = (
    "EXISTS (SELECT 1 FROM access_grant g WHERE g.person_id = ANY(draft.about)"
    f" AND g.principal_id = ANY({rls.PRINCIPALS}) AND (g.until_at IS NULL OR g.until_at > now())"
    " AND g.reason IN ('supervisor', 'cover') AND draft.part = ANY(g.parts))"
)
_READ = f"{rls.SYSTEM} OR {_OWN} OR desk_id = ANY({rls.PRINCIPALS}) OR {_DEPUTY}"
_WRITE = f"{rls.SYSTEM} OR {_OWN}"
# The policy of the table of drafts decides which of them the inner query finds.
_OF_A_DRAFT_IN_SIGHT = "EXISTS (SELECT 1 FROM draft d WHERE d.id = draft_field.draft_id)"
_OF_AN_OWN_DRAFT = f"EXISTS (SELECT 1 FROM draft d WHERE d.id = draft_field.draft_id AND ({rls.SYSTEM} OR d.{_OWN}))"


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(rls.protect("draft", read=_READ, write=_WRITE, delete=_WRITE))
    op.execute(rls.protect("draft_field", read=_OF_A_DRAFT_IN_SIGHT, write=_OF_AN_OWN_DRAFT, delete=_OF_AN_OWN_DRAFT))


def downgrade() -> None:
    for table in ("draft_field", "draft"):
        op.execute(rls.unprotect(table))
