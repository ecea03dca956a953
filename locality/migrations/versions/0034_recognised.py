"""A contact keeps which record was entered for a child who was recognised as another, for the way back."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE contact_child"
        " ADD COLUMN entered_as uuid CONSTRAINT contact_child_entered_as_fkey REFERENCES person (id)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE contact_child DROP COLUMN entered_as")
