"""The front door: two windows on one page of a request for help, and children known by a link.

``typed_in`` is the window that saved last, ``beside`` what other windows typed there meanwhile: both are kept until
somebody chooses. ``known_by_link``: a child named as new in a contact is known by now, because the record was linked.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE help_answer ADD COLUMN typed_in uuid,"
        " ADD COLUMN beside jsonb NOT NULL DEFAULT '[]'"
        " CONSTRAINT help_answer_beside_check CHECK (jsonb_typeof(beside) = 'array')"
    )
    op.execute("ALTER TABLE contact_child ADD COLUMN known_by_link boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE contact_child DROP COLUMN known_by_link")
    op.execute("ALTER TABLE help_answer DROP COLUMN typed_in, DROP COLUMN beside")
