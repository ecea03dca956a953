"""Slips in a birth date or in both names are looked for in indexes that hold the names, by day or by sound and day."""

from alembic import op

from locality.migrations.earlier import earlier
from locality.search import matching_sql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP FUNCTION match_candidates;")
    for statement in (matching_sql.INDEXES, *matching_sql.FUNCTIONS):
        op.execute(statement)


def downgrade() -> None:
    op.execute(matching_sql.DROP_FUNCTIONS)
    op.execute(matching_sql.DROP_INDEXES)
    op.execute(earlier("0029_matching.sql"))
