"""Drafts: which page wrote a field last, so that the form of one window takes no words of another with it."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE draft_field ADD COLUMN page_id uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE draft_field DROP COLUMN page_id")
