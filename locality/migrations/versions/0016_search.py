"""Search and matching at the size of a county: blocking keys, telephone numbers, and the functions that use them."""

from alembic import op

from locality.migrations.earlier import earlier
from locality.search import matching_sql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_EARLIER = "DROP FUNCTION match_candidates; DROP FUNCTION search_people;"


def upgrade() -> None:
    for statement in (_EARLIER, matching_sql.KEYS, earlier("0016_search.sql")):
        op.execute(statement)


def downgrade() -> None:
    op.execute(_EARLIER)
    op.execute("DROP FUNCTION search_exists;")
    op.execute(matching_sql.DROP_KEYS)
    op.execute(earlier("0003_search.sql"))
