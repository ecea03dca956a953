"""How often children are heard is counted from the last months alone, however long the history.

Completed assessments, held reviews and the voices that suit a child are each read from an index of their own, and only
where the reader's places are.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_INDEXES = """
CREATE INDEX assessment_completed_idx ON assessment (completed_on) INCLUDE (episode_id, started_on, about)
  WHERE state = 'complete';
CREATE INDEX review_held_idx ON review (held_on) INCLUDE (episode_id, about) WHERE state = 'held';
CREATE INDEX voice_entry_suits_idx ON voice_entry (episode_id, person_id, recorded_on) WHERE suits;
"""
_SIGNATURE = """
CREATE OR REPLACE FUNCTION voice_share(since date, places uuid[])
RETURNS TABLE (month date, kind text, due bigint, heard bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
"""
_BOUNDED = """
  WITH event AS (
    SELECT 'assessment' AS kind, a.episode_id, a.about, a.started_on AS from_on, a.completed_on AS until_on
    FROM assessment a WHERE a.completed_on >= since AND a.state = 'complete'
    UNION ALL
    SELECT 'review', r.episode_id, r.about, r.held_on - 28, r.held_on
    FROM review r WHERE r.held_on >= since AND r.state = 'held'
  ), due AS MATERIALIZED (
    SELECT date_trunc('month', event.until_on::timestamp)::date AS month, event.kind, event.episode_id, c.person_id,
      event.from_on, event.until_on
    FROM event JOIN episode e ON e.id = event.episode_id AND e.cluster_id = ANY(places)
    JOIN episode_child c ON c.episode_id = event.episode_id AND c.person_id = ANY(event.about)
      AND (event.kind = 'assessment'
        OR (c.from_on <= event.until_on AND (c.until_on IS NULL OR c.until_on >= event.until_on)))
  )
"""
_BEFORE = """
  WITH due AS (
    SELECT date_trunc('month', a.completed_on)::date AS month, 'assessment' AS kind, a.episode_id, c.person_id,
      a.started_on AS from_on, a.completed_on AS until_on
    FROM assessment a JOIN episode e ON e.id = a.episode_id JOIN episode_child c ON c.episode_id = a.episode_id
    WHERE a.completed_on >= since AND a.state = 'complete' AND c.person_id = ANY(a.about)
      AND e.cluster_id = ANY(places)
    UNION ALL
    SELECT date_trunc('month', r.held_on)::date, 'review', r.episode_id, c.person_id, r.held_on - 28, r.held_on
    FROM review r JOIN episode e ON e.id = r.episode_id JOIN episode_child c ON c.episode_id = r.episode_id
    WHERE r.held_on >= since AND r.state = 'held' AND c.person_id = ANY(r.about) AND c.from_on <= r.held_on
      AND (c.until_on IS NULL OR c.until_on >= r.held_on) AND e.cluster_id = ANY(places)
  )
"""
_COUNTED = """
  SELECT due.month, due.kind, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM voice_entry v WHERE v.episode_id = due.episode_id AND v.person_id = due.person_id AND v.suits
      AND v.recorded_on BETWEEN due.from_on AND due.until_on))
  FROM due GROUP BY 1, 2 ORDER BY 1, 2
$$;
"""


def upgrade() -> None:
    op.execute(_INDEXES)
    op.execute(_SIGNATURE + _BOUNDED + _COUNTED)


def downgrade() -> None:
    op.execute(_SIGNATURE + _BEFORE + _COUNTED)
    op.execute("DROP INDEX voice_entry_suits_idx; DROP INDEX review_held_idx; DROP INDEX assessment_completed_idx")
