"""Tables of the stages room: the ledger of moves, what follows from it, and the counts kept beside it."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LEDGER = """
CREATE TABLE stage_move (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL CONSTRAINT stage_move_person_id_fkey REFERENCES person,
  episode_id uuid,
  direction text NOT NULL CONSTRAINT stage_move_direction_check CHECK (direction IN
    ('enter', 'up', 'down', 'across', 'leave', 'correction')),
  state text NOT NULL CONSTRAINT stage_move_state_check CHECK (state IN
    ('proposed', 'more_info', 'agreed', 'not_agreed', 'accepted', 'declined', 'withdrawn')),
  sequence integer,
  from_stage integer CONSTRAINT stage_move_from_stage_check CHECK (from_stage BETWEEN 1 AND 4),
  to_stage integer CONSTRAINT stage_move_to_stage_check CHECK (to_stage BETWEEN 1 AND 4),
  from_cluster_id uuid CONSTRAINT stage_move_from_cluster_id_fkey REFERENCES cluster,
  from_locality_id uuid CONSTRAINT stage_move_from_locality_id_fkey REFERENCES locality,
  to_cluster_id uuid CONSTRAINT stage_move_to_cluster_id_fkey REFERENCES cluster,
  to_locality_id uuid CONSTRAINT stage_move_to_locality_id_fkey REFERENCES locality,
  planned boolean NOT NULL,
  on_protection_plan boolean,
  needs_manager boolean NOT NULL,
  reasons text[] NOT NULL,
  evidence text NOT NULL,
  risks_remaining text NOT NULL,
  contingency text NOT NULL,
  child_agreement text CONSTRAINT stage_move_child_agreement_check CHECK (child_agreement IN
    ('agreed', 'not_agreed', 'not_asked')),
  child_agreement_why text NOT NULL,
  parent_agreement text CONSTRAINT stage_move_parent_agreement_check CHECK (parent_agreement IN
    ('agreed', 'not_agreed', 'not_asked')),
  parent_agreement_why text NOT NULL,
  receiver_id uuid,
  receiver_name text,
  requested_by uuid,
  requested_by_name text NOT NULL,
  requested_at timestamptz NOT NULL,
  settled_by uuid,
  settled_by_name text,
  settled_at timestamptz,
  effective_on date,
  corrects_id uuid CONSTRAINT stage_move_corrects_id_key UNIQUE
    CONSTRAINT stage_move_corrects_id_fkey REFERENCES stage_move,
  CONSTRAINT stage_move_person_id_sequence_key UNIQUE (person_id, sequence),
  CONSTRAINT stage_move_effective_check CHECK ((sequence IS NULL) = (effective_on IS NULL)),
  CONSTRAINT stage_move_direction_stages_check CHECK (
    CASE direction WHEN 'up' THEN to_stage > from_stage WHEN 'down' THEN to_stage < from_stage ELSE true END)
);
CREATE UNIQUE INDEX stage_move_one_open ON stage_move (person_id) WHERE state IN ('proposed', 'more_info', 'agreed');
CREATE INDEX stage_move_waiting ON stage_move (receiver_id) WHERE state IN ('proposed', 'more_info', 'agreed');
CREATE INDEX stage_move_to_agree ON stage_move (from_cluster_id) WHERE state = 'proposed' AND needs_manager;
CREATE INDEX stage_move_episode_id_idx ON stage_move (episode_id);
CREATE TABLE stage_move_step (
  id uuid PRIMARY KEY,
  move_id uuid NOT NULL CONSTRAINT stage_move_step_move_id_fkey REFERENCES stage_move,
  person_id uuid NOT NULL CONSTRAINT stage_move_step_person_id_fkey REFERENCES person,
  receiver_id uuid,
  step text NOT NULL CONSTRAINT stage_move_step_step_check CHECK (step IN
    ('agree', 'refuse', 'ask', 'answer', 'accept', 'decline', 'withdraw')),
  note text NOT NULL,
  taken_by uuid,
  taken_by_name text NOT NULL,
  taken_at timestamptz NOT NULL
);
CREATE INDEX stage_move_step_move_id_idx ON stage_move_step (move_id);
CREATE TABLE stage_span (
  move_id uuid PRIMARY KEY CONSTRAINT stage_span_move_id_fkey REFERENCES stage_move,
  person_id uuid NOT NULL CONSTRAINT stage_span_person_id_fkey REFERENCES person,
  episode_id uuid,
  sequence integer NOT NULL,
  stage integer NOT NULL CONSTRAINT stage_span_stage_check CHECK (stage BETWEEN 1 AND 4),
  cluster_id uuid NOT NULL CONSTRAINT stage_span_cluster_id_fkey REFERENCES cluster,
  locality_id uuid NOT NULL CONSTRAINT stage_span_locality_id_fkey REFERENCES locality,
  from_on date NOT NULL,
  until_on date CONSTRAINT stage_span_until_on_check CHECK (until_on >= from_on),
  is_void boolean NOT NULL
);
CREATE UNIQUE INDEX stage_span_one_open ON stage_span (person_id) WHERE until_on IS NULL AND NOT is_void;
CREATE INDEX stage_span_person_id_from_on_idx ON stage_span (person_id, from_on);
"""

_COUNTS = """
CREATE TABLE stage_month (
  place_id uuid NOT NULL,
  month date NOT NULL CONSTRAINT stage_month_month_check CHECK (extract(day FROM month) = 1),
  stage integer NOT NULL,
  entered integer NOT NULL,
  left_stage integer NOT NULL,
  up_in integer NOT NULL,
  up_out integer NOT NULL,
  up_out_unplanned integer NOT NULL,
  down_in integer NOT NULL,
  down_out integer NOT NULL,
  PRIMARY KEY (place_id, month, stage)
);
CREATE TABLE stage_return (
  place_id uuid NOT NULL,
  month date NOT NULL,
  stage integer NOT NULL,
  left_month date NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (place_id, month, stage, left_month)
);
"""

# The ledger keeps its word by itself: a settled row never changes, and a proposal keeps what was proposed.
_KEEP = """
CREATE FUNCTION stage_move_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF OLD.state NOT IN ('proposed', 'more_info', 'agreed') THEN
    RAISE EXCEPTION 'a settled stage move does not change; put it right by a new row'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.id, OLD.person_id, OLD.direction, OLD.planned, OLD.needs_manager, OLD.evidence, OLD.risks_remaining,
      OLD.contingency, OLD.receiver_id, OLD.requested_by, OLD.requested_at, OLD.to_stage)
    IS DISTINCT FROM
     (NEW.id, NEW.person_id, NEW.direction, NEW.planned, NEW.needs_manager, NEW.evidence, NEW.risks_remaining,
      NEW.contingency, NEW.receiver_id, NEW.requested_by, NEW.requested_at, NEW.to_stage) THEN
    RAISE EXCEPTION 'what was proposed does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stage_move_kept BEFORE UPDATE ON stage_move FOR EACH ROW EXECUTE FUNCTION stage_move_keep();
"""


def upgrade() -> None:
    for statement in (_LEDGER, _COUNTS, _KEEP):
        op.execute(statement)
    for table in ("stage_move", "stage_move_step"):
        addressed = f"{table}.receiver_id = ANY({rls.PRINCIPALS})"
        op.execute(rls.protect_person_rows(table, Part.STORY, also=addressed))
    op.execute(rls.protect_person_rows("stage_span", Part.STORY))
    for table in ("stage_month", "stage_return"):
        op.execute(rls.open_reference(table))
    op.execute(f"REVOKE DELETE ON stage_move FROM {rls.APP_ROLE}")
    op.execute(f"REVOKE UPDATE, DELETE ON stage_move_step FROM {rls.APP_ROLE}")


def downgrade() -> None:
    for table in ("stage_return", "stage_month", "stage_span", "stage_move_step", "stage_move"):
        op.execute(rls.unprotect(table))
    op.execute("DROP FUNCTION IF EXISTS stage_move_keep()")
