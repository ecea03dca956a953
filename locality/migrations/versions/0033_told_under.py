"""The story: under which question of an assessment a line was told, by its code.

What a family keeps out of what is shared is found by that code, not by the words with which the line begins.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# Lines told until now begin with the name of their element, as these were called then.
TOLD_BEFORE = """
UPDATE told_fact f SET under = named.code FROM (VALUES
  ('D1.1a', 'General health'),
  ('D1.1b', 'Physical development'),
  ('D1.1c', 'Speech, language and communication'),
  ('D1.2', 'Emotional and social development'),
  ('D1.3', 'Behavioural development'),
  ('D1.4', 'Identity, including self-esteem, self-image and social presentation'),
  ('D1.5', 'Family and social relationships'),
  ('D1.6', 'Self-care skills and independence'),
  ('D1.7a', 'Understanding, reasoning and problem-solving'),
  ('D1.7b', 'Participation in learning, education and employment'),
  ('D1.7c', 'Progress and achievement in learning'),
  ('D1.7d', 'Aspirations'),
  ('D2.1', 'Basic care, ensuring safety and protection'),
  ('D2.2', 'Emotional warmth and stability'),
  ('D2.3', 'Guidance, boundaries and stimulation'),
  ('D3.1', 'Family history, functioning and well-being'),
  ('D3.2', 'Wider family'),
  ('D3.3', 'Housing, employment and financial considerations'),
  ('D3.4', 'Social and community elements and resources, including education')
) AS named (code, name)
WHERE f.part = 'assessment' AND f.topic IN ('going_well', 'worrying') AND starts_with(f.words, named.name || ': ')
"""


def upgrade() -> None:
    op.execute("ALTER TABLE told_fact ADD COLUMN under text")
    op.execute(TOLD_BEFORE)


def downgrade() -> None:
    op.execute("ALTER TABLE told_fact DROP COLUMN under")
