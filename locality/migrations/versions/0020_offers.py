"""Offers that wait in order, disagreement in stages, changes after sending, and what social care answered.

What is said once stays: reasons for moving a family ahead, steps of a disagreement, changes, answers and notices are
never changed. A referral is with exactly one owner, and the database knows whose turn it is in each state.
"""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OFFER_STATES = "'open', 'asked', 'waiting', 'accepted', 'declined', 'expired', 'withdrawn'"
_OFFERS = f"""
ALTER TABLE offer DROP CONSTRAINT offer_state_check;
ALTER TABLE offer ADD CONSTRAINT offer_state_check CHECK (state IN ({_OFFER_STATES}, 'closed'));
ALTER TABLE offer ADD COLUMN listed_at timestamptz, ADD COLUMN expected_basis text,
  ADD COLUMN acknowledged_at timestamptz, ADD COLUMN acknowledged_by_name text;
UPDATE offer SET listed_at = responded_at, expected_basis = '' WHERE state = 'waiting';
CREATE INDEX offer_waiting_idx ON offer (service_id, cluster_id, waiting_position) WHERE state = 'waiting';
CREATE TABLE waiting_jump (
  id uuid PRIMARY KEY,
  offer_id uuid NOT NULL CONSTRAINT waiting_jump_offer_id_fkey REFERENCES offer,
  about uuid[] NOT NULL,
  from_place integer NOT NULL,
  to_place integer NOT NULL,
  reason text NOT NULL,
  moved_by uuid CONSTRAINT waiting_jump_moved_by_fkey REFERENCES account,
  moved_by_name text NOT NULL,
  moved_at timestamptz NOT NULL,
  CONSTRAINT waiting_jump_places_check CHECK (to_place >= 1 AND to_place < from_place),
  CONSTRAINT waiting_jump_reason_check CHECK (reason <> '')
);
CREATE INDEX waiting_jump_offer_id_idx ON waiting_jump (offer_id, moved_at);
CREATE TABLE offer_notice (
  offer_id uuid NOT NULL CONSTRAINT offer_notice_offer_id_fkey REFERENCES offer,
  due_at timestamptz NOT NULL,
  step text NOT NULL
    CONSTRAINT offer_notice_step_check CHECK (step IN ('remind', 'tell_manager', 'offer_elsewhere')),
  about uuid[] NOT NULL,
  given_at timestamptz NOT NULL,
  PRIMARY KEY (offer_id, due_at, step)
);
"""
# Whose turn it is in each state. A referral that is with a service is the service's; one that came back, the sender's.
_REFERRALS = """
ALTER TABLE referral ADD COLUMN allocated_to uuid CONSTRAINT referral_allocated_to_fkey REFERENCES account;
ALTER TABLE referral ADD CONSTRAINT referral_owner_check CHECK (owner_name <> '' AND CASE
  WHEN state IN ('received', 'waitlisted', 'accepted') THEN owner_kind = 'service'
  WHEN state = 'unplaced' THEN owner_kind = 'front_door'
  WHEN state IN ('draft', 'sent', 'returned_for_info', 'declined', 'expired') THEN owner_principal = sender_principal
  WHEN state IN ('allocated', 'started') THEN owner_kind IN ('service', 'worker')
  ELSE true END);
CREATE TABLE referral_change (
  id uuid PRIMARY KEY,
  referral_id uuid NOT NULL CONSTRAINT referral_change_referral_id_fkey REFERENCES referral,
  about uuid[] NOT NULL,
  what text NOT NULL,
  was text NOT NULL,
  became text NOT NULL,
  why text NOT NULL,
  changed_by uuid CONSTRAINT referral_change_changed_by_fkey REFERENCES account,
  changed_by_name text NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT referral_change_why_check CHECK (why <> '')
);
CREATE INDEX referral_change_referral_id_idx ON referral_change (referral_id, changed_at);
CREATE TABLE social_care_answer (
  id uuid PRIMARY KEY,
  referral_id uuid NOT NULL CONSTRAINT social_care_answer_referral_id_fkey REFERENCES referral,
  about uuid[] NOT NULL,
  outcome text NOT NULL
    CONSTRAINT social_care_answer_outcome_check CHECK (outcome IN ('protection', 'strategy', 'assessment', 'step_down',
      'advice', 'nfa')),
  words text NOT NULL,
  answered_by uuid CONSTRAINT social_care_answer_answered_by_fkey REFERENCES account,
  answered_by_name text NOT NULL,
  answered_at timestamptz NOT NULL
);
CREATE INDEX social_care_answer_referral_id_idx ON social_care_answer (referral_id, answered_at);
ALTER TABLE referral_month ADD COLUMN again integer NOT NULL DEFAULT 0;
ALTER TABLE referral_month ALTER COLUMN again DROP DEFAULT;
"""
_STAGES = "'practitioner', 'line_manager', 'senior_lead', 'partnership'"
_DISAGREEMENTS = f"""
CREATE TABLE disagreement (
  id uuid PRIMARY KEY,
  referral_id uuid NOT NULL CONSTRAINT disagreement_referral_id_fkey REFERENCES referral,
  about uuid[] NOT NULL,
  stage text NOT NULL CONSTRAINT disagreement_stage_check CHECK (stage IN ({_STAGES})),
  raised_by uuid NOT NULL CONSTRAINT disagreement_raised_by_fkey REFERENCES account,
  raised_by_name text NOT NULL,
  raised_principal uuid NOT NULL,
  raised_at timestamptz NOT NULL,
  other_principal uuid NOT NULL,
  other_name text NOT NULL,
  waits_principal uuid NOT NULL,
  waits_name text NOT NULL,
  due_at timestamptz NOT NULL,
  settled_at timestamptz,
  version integer NOT NULL,
  CONSTRAINT disagreement_waits_check CHECK (waits_name <> '')
);
CREATE UNIQUE INDEX disagreement_one_open ON disagreement (referral_id) WHERE settled_at IS NULL;
CREATE INDEX disagreement_waits_idx ON disagreement (waits_principal, due_at) WHERE settled_at IS NULL;
CREATE INDEX disagreement_referral_id_idx ON disagreement (referral_id);
CREATE TABLE disagreement_step (
  id uuid PRIMARY KEY,
  disagreement_id uuid NOT NULL CONSTRAINT disagreement_step_disagreement_id_fkey REFERENCES disagreement,
  about uuid[] NOT NULL,
  kind text NOT NULL
    CONSTRAINT disagreement_step_kind_check CHECK (kind IN ('raised', 'answered', 'moved_up', 'settled')),
  stage text NOT NULL CONSTRAINT disagreement_step_stage_check CHECK (stage IN ({_STAGES})),
  words text NOT NULL,
  settlement text
    CONSTRAINT disagreement_step_settlement_check CHECK (settlement IN ('as_asked', 'as_it_was', 'another_way',
      'overtaken')),
  taken_by uuid NOT NULL CONSTRAINT disagreement_step_taken_by_fkey REFERENCES account,
  taken_by_name text NOT NULL,
  taken_at timestamptz NOT NULL,
  waits_name text NOT NULL,
  due_at timestamptz NOT NULL,
  CONSTRAINT disagreement_step_words_check CHECK (words <> ''),
  CONSTRAINT disagreement_step_settled_check CHECK ((kind = 'settled') = (settlement IS NOT NULL))
);
CREATE INDEX disagreement_step_disagreement_id_idx ON disagreement_step (disagreement_id, taken_at);
"""
# Domain M02: the same child, under whichever record, was referred to social care in the twelve months before a day.
_AGAIN = """
CREATE FUNCTION referred_before(child uuid, referred_on date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM (
      SELECT child AS person_id UNION
      SELECT them.person_id FROM linked_person me JOIN linked_person them ON them.lead_id = me.lead_id
      WHERE me.person_id = child) same
    JOIN referral_child c ON c.person_id = same.person_id JOIN referral r ON r.id = c.referral_id
    WHERE r.kind = 'social_care'
      AND (r.sent_at AT TIME ZONE 'Europe/London')::date >= referred_on - interval '12 months'
      AND (r.sent_at AT TIME ZONE 'Europe/London')::date < referred_on)
$$;
UPDATE referral_month m SET again = counted.again FROM (
  SELECT c.cluster_id, date_trunc('month', r.sent_at AT TIME ZONE 'Europe/London')::date AS month, count(*) AS again
  FROM referral_child c JOIN referral r ON r.id = c.referral_id
  WHERE r.kind = 'social_care' AND referred_before(c.person_id, (r.sent_at AT TIME ZONE 'Europe/London')::date)
  GROUP BY 1, 2) counted
WHERE m.kind = 'social_care' AND m.month = counted.month AND m.cluster_id IS NOT DISTINCT FROM counted.cluster_id;
"""
_KEPT = ("waiting_jump", "offer_notice", "referral_change", "social_care_answer", "disagreement_step")
_NEW = (*_KEPT, "disagreement")
_KEEP = """
CREATE FUNCTION referral_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was said about a referral stays as it was' USING ERRCODE = 'restrict_violation';
END $$;
"""


def upgrade() -> None:
    for statement in (_OFFERS, _REFERRALS, _DISAGREEMENTS, _AGAIN, _KEEP):
        op.execute(statement)
    for table in _NEW:
        op.execute(rls.protect_about_rows(table, Part.STORY))
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION referral_keep();"
        )


def downgrade() -> None:
    for table in (*_KEPT, "disagreement"):
        op.execute(rls.unprotect(table))
    op.execute("DROP FUNCTION referral_keep(); DROP FUNCTION referred_before(uuid, date);")
    op.execute("ALTER TABLE referral_month DROP COLUMN again;")
    op.execute("ALTER TABLE referral DROP CONSTRAINT referral_owner_check, DROP COLUMN allocated_to;")
    op.execute("DROP INDEX offer_waiting_idx;")
    op.execute(
        "ALTER TABLE offer DROP COLUMN listed_at, DROP COLUMN expected_basis, DROP COLUMN acknowledged_at,"
        " DROP COLUMN acknowledged_by_name;"
    )
    op.execute("UPDATE offer SET state = 'expired' WHERE state = 'closed';")
    op.execute("ALTER TABLE offer DROP CONSTRAINT offer_state_check;")
    op.execute(f"ALTER TABLE offer ADD CONSTRAINT offer_state_check CHECK (state IN ({_OFFER_STATES}));")
