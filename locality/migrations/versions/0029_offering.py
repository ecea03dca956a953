"""Who may be meant is looked up with fewer keys; a baby at the same home about then is offered under any surname."""

from alembic import op

from locality.migrations.earlier import earlier

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP FUNCTION match_candidates;")
    op.execute(earlier("0029_matching.sql"))


def downgrade() -> None:
    op.execute("DROP FUNCTION match_candidates;")
    op.execute(earlier("0021_matching.sql"))
