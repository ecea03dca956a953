"""A contact keeps which record was entered for a child who was recognised as another, for the way back."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


# Whoever a record is closed to sees no row that names it, in this column either.
_WALL = "SELECT close_table('contact_child')"
_NO_WALL = "DROP POLICY contact_child_closed ON contact_child"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE contact_child"
        " ADD COLUMN entered_as uuid CONSTRAINT contact_child_entered_as_fkey REFERENCES person (id)"
    )
    op.execute(_NO_WALL)
    op.execute(_WALL)


def downgrade() -> None:
    op.execute(_NO_WALL)
    op.execute("ALTER TABLE contact_child DROP COLUMN entered_as")
    op.execute(_WALL)
