"""Search and matching at the size of a county: blocking keys, telephone numbers, and the functions that use them."""

from alembic import op

from locality.search import finding_sql, matching_sql, sql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_EARLIER = "DROP FUNCTION match_candidates; DROP FUNCTION search_people;"


def upgrade() -> None:
    for statement in (
        _EARLIER,
        matching_sql.KEYS,
        matching_sql.MATCH,
        finding_sql.SEARCH,
        finding_sql.EXISTS,
        matching_sql.GRANTS,
        finding_sql.GRANTS,
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute(_EARLIER)
    op.execute("DROP FUNCTION search_exists;")
    op.execute(matching_sql.DROP_KEYS)
    for statement in (sql.SEARCH, sql.MATCH, sql.GRANTS):
        op.execute(statement)
