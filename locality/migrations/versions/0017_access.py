"""Access that follows from a fact ends with it: which role came with being named lead, what membership rests on."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = """
ALTER TABLE case_role ADD COLUMN gave_role_id uuid
  CONSTRAINT case_role_gave_role_id_fkey REFERENCES role_assignment (id);
ALTER TABLE case_role ADD COLUMN override_id uuid
  CONSTRAINT case_role_override_id_fkey REFERENCES share_override (id);

CREATE TABLE share_override_person (
  override_id uuid NOT NULL CONSTRAINT share_override_person_override_id_fkey REFERENCES share_override (id),
  person_id uuid NOT NULL CONSTRAINT share_override_person_person_id_fkey REFERENCES person (id),
  CONSTRAINT share_override_person_pkey PRIMARY KEY (person_id, override_id)
);
"""
_FILL = """
INSERT INTO share_override_person (override_id, person_id)
SELECT DISTINCT id, unnest(about) FROM share_override;
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(_FILL)
    op.execute(rls.protect_person_rows("share_override_person", Part.STORY))


def downgrade() -> None:
    op.execute(rls.unprotect("share_override_person"))
    op.execute("ALTER TABLE case_role DROP COLUMN override_id, DROP COLUMN gave_role_id;")
