"""Who may be meant is looked up with fewer keys; a baby at the same home about then is offered under any surname."""

from alembic import op

from locality.search import entering_sql, offering_sql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(entering_sql.DROP_FUNCTIONS)
    for statement in offering_sql.FUNCTIONS:
        op.execute(statement)


def downgrade() -> None:
    op.execute(offering_sql.DROP_FUNCTIONS)
    for statement in entering_sql.FUNCTIONS:
        op.execute(statement)
