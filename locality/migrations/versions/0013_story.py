"""The story: facts that were told, and how often they were asked again."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TOLD = """
CREATE TABLE told_fact (
  id uuid PRIMARY KEY,
  telling_id uuid NOT NULL,
  person_id uuid NOT NULL CONSTRAINT told_fact_person_id_fkey REFERENCES person (id),
  topic text NOT NULL CONSTRAINT told_fact_topic_check CHECK (topic IN ('led_to', 'reasons', 'wants', 'going_well',
    'worrying', 'family_views', 'who_lives_here', 'school', 'who_helps', 'tried_before', 'events', 'first_language',
    'interpreter', 'culture', 'arrangements', 'safe_contact', 'gp_and_health_visitor', 'health',
    'risk_to_visitors')),
  part text NOT NULL CONSTRAINT told_fact_part_check CHECK (part IN ('whereabouts', 'story', 'assessment', 'health',
    'plan', 'voice', 'restricted')),
  words text NOT NULL CONSTRAINT told_fact_words_check CHECK (length(words) BETWEEN 1 AND 20000),
  told_on date NOT NULL,
  teller text NOT NULL,
  own_words boolean NOT NULL,
  source_kind text NOT NULL CONSTRAINT told_fact_source_kind_check CHECK (source_kind IN ('contact', 'assessment',
    'review', 'agreement', 'family')),
  source_id uuid NOT NULL,
  agreement text NOT NULL CONSTRAINT told_fact_agreement_check CHECK (agreement IN ('agreed', 'not_known', 'without')),
  state text NOT NULL CONSTRAINT told_fact_state_check CHECK (state IN ('current', 'confirmed', 'corrected',
    'no_longer')),
  replaced_by uuid CONSTRAINT told_fact_replaced_by_fkey REFERENCES told_fact (id),
  recorded_at timestamptz NOT NULL,
  recorded_by uuid,
  recorded_by_name text NOT NULL,
  settled_on date,
  settled_by_name text NOT NULL
);
CREATE INDEX told_fact_person_idx ON told_fact (person_id, topic);
CREATE INDEX told_fact_telling_idx ON told_fact (telling_id);
CREATE TABLE fact_settled (
  id uuid PRIMARY KEY,
  fact_id uuid NOT NULL CONSTRAINT fact_settled_fact_id_fkey REFERENCES told_fact (id),
  person_id uuid NOT NULL CONSTRAINT fact_settled_person_id_fkey REFERENCES person (id),
  part text NOT NULL,
  how text NOT NULL CONSTRAINT fact_settled_how_check CHECK (how IN ('confirm', 'correct', 'end')),
  settled_at timestamptz NOT NULL,
  settled_by uuid,
  settled_by_name text NOT NULL
);
CREATE INDEX fact_settled_fact_idx ON fact_settled (fact_id);
"""

_REUSE = """
CREATE TABLE fact_reuse (
  id uuid PRIMARY KEY,
  record_kind text NOT NULL CONSTRAINT fact_reuse_record_kind_check CHECK (record_kind IN ('contact', 'assessment',
    'review', 'agreement', 'family')),
  record_id uuid NOT NULL,
  person_id uuid NOT NULL CONSTRAINT fact_reuse_person_id_fkey REFERENCES person (id),
  topic text NOT NULL,
  reuse text NOT NULL CONSTRAINT fact_reuse_reuse_check CHECK (reuse IN ('confirmed', 'corrected', 're_asked')),
  counted_on date NOT NULL,
  CONSTRAINT fact_reuse_once UNIQUE (record_id, topic)
);
CREATE TABLE reuse_month (
  month date NOT NULL,
  record_kind text NOT NULL,
  confirmed integer NOT NULL,
  corrected integer NOT NULL,
  re_asked integer NOT NULL,
  PRIMARY KEY (month, record_kind)
);
"""


def upgrade() -> None:
    for statement in (_TOLD, _REUSE):
        op.execute(statement)
    for table in ("told_fact", "fact_settled"):
        op.execute(rls.protect(table, read=f"{rls.SYSTEM} OR {_may_read(table)}"))
    op.execute(rls.protect_person_rows("fact_reuse", Part.STORY))
    op.execute(rls.protect("reuse_month", read=rls.BOUND))


def downgrade() -> None:
    for table in ("reuse_month", "fact_reuse", "fact_settled", "told_fact"):
        op.execute(rls.unprotect(table))


def _may_read(table: str) -> str:
    """The part that a line belongs to, and for a line with restricted words also whoever wrote it, while they may know
    the person at all.
    """
    ways = rls.granted_row(f"{table}.part", f"{table}.person_id")
    if table != "told_fact":
        return ways
    own = f"{table}.part = 'restricted' AND {table}.recorded_by::text = (SELECT app_actor())"
    return f"{ways} OR ({own} AND {rls.granted_person(Part.IDENTITY, f'{table}.person_id')})"
