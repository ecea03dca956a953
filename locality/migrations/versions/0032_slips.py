"""Slips in a birth date or in both names are looked for in indexes that hold the names, by day or by sound and day."""

from alembic import op

from locality.search import offering_sql, slips_sql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(offering_sql.DROP_FUNCTIONS)
    for statement in slips_sql.FUNCTIONS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(slips_sql.DROP_FUNCTIONS)
    for statement in offering_sql.FUNCTIONS:
        op.execute(statement)
