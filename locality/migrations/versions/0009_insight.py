"""The insight room keeps no tables of its own: it reads the counts that other rooms keep."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
