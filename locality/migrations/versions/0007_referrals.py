"""Tables of the referrals room: contacts, decisions, services, referrals, offers, traces and counts."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SERVICES = """
CREATE TABLE service (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL
    CONSTRAINT service_kind_check CHECK (kind IN ('early_help', 'social_care')),
  agency_id uuid NOT NULL CONSTRAINT service_agency_id_fkey REFERENCES agency,
  team_id uuid CONSTRAINT service_team_id_fkey REFERENCES team,
  summary text NOT NULL,
  eligibility text NOT NULL,
  needs text[] NOT NULL,
  min_age integer NOT NULL,
  max_age integer NOT NULL,
  takes_unborn boolean NOT NULL,
  stages integer[] NOT NULL,
  area_kind text NOT NULL
    CONSTRAINT service_area_kind_check CHECK (area_kind IN ('authority', 'locality', 'cluster')),
  area_id uuid,
  has_waiting_list boolean NOT NULL,
  is_open boolean NOT NULL,
  response_days integer NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL,
  CONSTRAINT service_name_key UNIQUE (name),
  CONSTRAINT service_area_check CHECK ((area_kind = 'authority') = (area_id IS NULL)),
  CONSTRAINT service_ages_check CHECK (min_age >= 0 AND max_age >= min_age)
);
CREATE INDEX service_agency_id_idx ON service (agency_id);
CREATE TABLE service_capacity (
  service_id uuid NOT NULL CONSTRAINT service_capacity_service_id_fkey REFERENCES service,
  cluster_id uuid NOT NULL CONSTRAINT service_capacity_cluster_id_fkey REFERENCES cluster,
  places integer NOT NULL,
  taken integer NOT NULL,
  offered integer NOT NULL,
  PRIMARY KEY (service_id, cluster_id),
  CONSTRAINT service_capacity_places_check CHECK (places >= 0 AND taken >= 0 AND offered >= 0)
);
CREATE TABLE rule_set (
  version integer PRIMARY KEY,
  rules jsonb NOT NULL,
  live_from timestamptz NOT NULL,
  note text NOT NULL
);
"""

_CONTACTS = """
CREATE TABLE contact (
  id uuid PRIMARY KEY,
  reference text NOT NULL CONSTRAINT contact_reference_key UNIQUE,
  about uuid[] NOT NULL,
  source text NOT NULL
    CONSTRAINT contact_source_check CHECK (source IN ('1A', '1B', '1C', '1D', '2A', '2B', '3A', '3B',
      '3C', '3D', '3E', '3F', '4', '5A', '5B', '5C', '5D', '6', '7', '8', '9', '10')),
  source_agency text,
  reasons text[] NOT NULL,
  main_reason text
    CONSTRAINT contact_main_reason_check CHECK (main_reason IN ('alcohol', 'drugs', 'domestic_abuse',
      'domestic_abuse_notification', 'mental_health', 'learning_disability', 'physical_disability',
      'young_carer', 'private_fostering', 'asylum', 'missing_episode', 'exploitation', 'gangs',
      'behaviour', 'self_harm', 'neglect', 'abuse', 'harmful_practices', 'parenting_support',
      'attendance', 'send', 'housing_money', 'bereavement', 'information_only', 'other')),
  what_said text NOT NULL,
  family_wants text NOT NULL,
  agreement_known text NOT NULL
    CONSTRAINT contact_agreement_known_check CHECK (agreement_known IN ('agreed', 'refused', 'not_asked',
      'unknown')),
  safeguarding_concern boolean NOT NULL,
  immediate_danger boolean NOT NULL,
  rag text
    CONSTRAINT contact_rag_check CHECK (rag IN ('red', 'amber', 'green', 'blue')),
  rag_by text,
  rag_at timestamptz,
  state text NOT NULL
    CONSTRAINT contact_state_check CHECK (state IN ('open', 'decided')),
  held_by uuid CONSTRAINT contact_held_by_fkey REFERENCES account,
  held_by_name text,
  held_at timestamptz,
  received_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  decided_at timestamptz,
  external_key text CONSTRAINT contact_external_key_key UNIQUE,
  created_by uuid CONSTRAINT contact_created_by_fkey REFERENCES account,
  created_at timestamptz NOT NULL,
  version integer NOT NULL,
  CONSTRAINT contact_about_somebody_check CHECK (cardinality(about) > 0)
);
CREATE INDEX contact_open_idx ON contact (due_at) WHERE state = 'open';
CREATE TABLE contact_referrer (
  contact_id uuid PRIMARY KEY CONSTRAINT contact_referrer_contact_id_fkey REFERENCES contact,
  about uuid[] NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  organisation text NOT NULL,
  phone text NOT NULL,
  email text NOT NULL,
  keep_private boolean NOT NULL,
  wants_feedback boolean NOT NULL
);
"""

_REFERRALS = """
CREATE TABLE referral (
  id uuid PRIMARY KEY,
  reference text NOT NULL CONSTRAINT referral_reference_key UNIQUE,
  kind text NOT NULL
    CONSTRAINT referral_kind_check CHECK (kind IN ('early_help', 'social_care')),
  contact_id uuid CONSTRAINT referral_contact_id_fkey REFERENCES contact,
  family_id uuid CONSTRAINT referral_family_id_fkey REFERENCES family,
  about uuid[] NOT NULL,
  source text NOT NULL
    CONSTRAINT referral_source_check CHECK (source IN ('1A', '1B', '1C', '1D', '2A', '2B', '3A', '3B',
      '3C', '3D', '3E', '3F', '4', '5A', '5B', '5C', '5D', '6', '7', '8', '9', '10')),
  state text NOT NULL
    CONSTRAINT referral_state_check CHECK (state IN ('draft', 'sent', 'unplaced', 'received',
      'returned_for_info', 'waitlisted', 'declined', 'expired', 'accepted', 'allocated', 'started',
      'ended', 'withdrawn')),
  owner_principal uuid NOT NULL,
  owner_kind text NOT NULL
    CONSTRAINT referral_owner_kind_check CHECK (owner_kind IN ('sender', 'front_door', 'service',
      'worker', 'system')),
  owner_name text NOT NULL,
  sender_principal uuid NOT NULL,
  sender_kind text NOT NULL
    CONSTRAINT referral_sender_kind_check CHECK (sender_kind IN ('sender', 'front_door', 'service',
      'worker', 'system')),
  sender_name text NOT NULL,
  urgency text NOT NULL
    CONSTRAINT referral_urgency_check CHECK (urgency IN ('routine', 'urgent')),
  immediate_danger boolean NOT NULL,
  stage integer,
  need_codes text[] NOT NULL,
  summary text NOT NULL,
  agreement text NOT NULL
    CONSTRAINT referral_agreement_check CHECK (agreement IN ('agreed', 'shared_without', 'none')),
  ground text
    CONSTRAINT referral_ground_check CHECK (ground IN ('child_at_risk', 'adult_at_risk', 'serious_crime')),
  cluster_id uuid CONSTRAINT referral_cluster_id_fkey REFERENCES cluster,
  locality_id uuid CONSTRAINT referral_locality_id_fkey REFERENCES locality,
  out_of_locality boolean NOT NULL,
  why_here text NOT NULL,
  sent_at timestamptz,
  response_due_at timestamptz NOT NULL,
  ended_at timestamptz,
  end_reason text,
  no_further_action boolean,
  allocated_team text,
  allocated_worker text,
  external_key text CONSTRAINT referral_external_key_key UNIQUE,
  created_by uuid CONSTRAINT referral_created_by_fkey REFERENCES account,
  created_at timestamptz NOT NULL,
  version integer NOT NULL,
  CONSTRAINT referral_stage_check CHECK (stage BETWEEN 1 AND 4),
  CONSTRAINT referral_about_somebody_check CHECK (cardinality(about) > 0)
);
CREATE INDEX referral_sender_idx ON referral (sender_principal) WHERE state NOT IN ('ended', 'withdrawn');
CREATE INDEX referral_about_idx ON referral USING gin (about);
CREATE INDEX referral_contact_id_idx ON referral (contact_id);
CREATE INDEX referral_waiting_idx ON referral (owner_principal, response_due_at)
  WHERE state IN ('sent', 'unplaced', 'declined', 'expired', 'returned_for_info', 'allocated');
CREATE TABLE referral_child (
  referral_id uuid NOT NULL CONSTRAINT referral_child_referral_id_fkey REFERENCES referral,
  person_id uuid NOT NULL CONSTRAINT referral_child_person_id_fkey REFERENCES person,
  position integer NOT NULL,
  cluster_id uuid CONSTRAINT referral_child_cluster_id_fkey REFERENCES cluster,
  locality_id uuid CONSTRAINT referral_child_locality_id_fkey REFERENCES locality,
  placed_how text NOT NULL,
  PRIMARY KEY (referral_id, person_id)
);
CREATE INDEX referral_child_person_id_idx ON referral_child (person_id);
CREATE TABLE referral_event (
  id uuid PRIMARY KEY,
  referral_id uuid NOT NULL CONSTRAINT referral_event_referral_id_fkey REFERENCES referral,
  about uuid[] NOT NULL,
  at timestamptz NOT NULL,
  by_name text NOT NULL,
  line text NOT NULL,
  words text NOT NULL
);
CREATE INDEX referral_event_referral_id_idx ON referral_event (referral_id, at);
CREATE TABLE routing_decision (
  id uuid PRIMARY KEY,
  referral_id uuid NOT NULL CONSTRAINT routing_decision_referral_id_fkey REFERENCES referral,
  about uuid[] NOT NULL,
  decided_at timestamptz NOT NULL,
  rule_set integer NOT NULL CONSTRAINT routing_decision_rule_set_fkey REFERENCES rule_set,
  result text NOT NULL,
  service_id uuid CONSTRAINT routing_decision_service_id_fkey REFERENCES service,
  line text NOT NULL,
  trace jsonb NOT NULL
);
CREATE INDEX routing_decision_referral_id_idx ON routing_decision (referral_id, decided_at);
CREATE TABLE offer (
  id uuid PRIMARY KEY,
  referral_id uuid NOT NULL CONSTRAINT offer_referral_id_fkey REFERENCES referral,
  service_id uuid NOT NULL CONSTRAINT offer_service_id_fkey REFERENCES service,
  cluster_id uuid CONSTRAINT offer_cluster_id_fkey REFERENCES cluster,
  about uuid[] NOT NULL,
  state text NOT NULL
    CONSTRAINT offer_state_check CHECK (state IN ('open', 'asked', 'waiting', 'accepted', 'declined',
      'expired', 'withdrawn')),
  offered_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  reminded_at timestamptz,
  manager_told_at timestamptz,
  responded_at timestamptz,
  responded_by uuid CONSTRAINT offer_responded_by_fkey REFERENCES account,
  responded_by_name text,
  decline_reason text
    CONSTRAINT offer_decline_reason_check CHECK (decline_reason IN ('outside_criteria', 'no_capacity',
      'no_consent', 'already_open', 'wrong_area', 'incomplete', 'other')),
  note text,
  suggested_alternative text,
  waiting_position integer,
  expected_on date,
  took_place boolean NOT NULL
);
CREATE INDEX offer_due_idx ON offer (due_at) WHERE state IN ('open', 'asked');
CREATE INDEX offer_inbox_idx ON offer (service_id, due_at) WHERE state IN ('open', 'asked', 'waiting');
CREATE UNIQUE INDEX offer_one_live ON offer (referral_id) WHERE state IN ('open', 'asked', 'waiting');
CREATE INDEX offer_referral_id_idx ON offer (referral_id);
CREATE TABLE referral_month (
  id uuid PRIMARY KEY,
  cluster_id uuid CONSTRAINT referral_month_cluster_id_fkey REFERENCES cluster,
  month date NOT NULL,
  kind text NOT NULL
    CONSTRAINT referral_month_kind_check CHECK (kind IN ('early_help', 'social_care')),
  children integer NOT NULL,
  CONSTRAINT referral_month_cluster_id_month_kind_key UNIQUE NULLS NOT DISTINCT (cluster_id, month, kind)
);
"""

_DECISIONS = """
CREATE TABLE contact_child (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT contact_child_contact_id_fkey REFERENCES contact,
  person_id uuid NOT NULL CONSTRAINT contact_child_person_id_fkey REFERENCES person,
  known_before boolean NOT NULL,
  outcome text
    CONSTRAINT contact_child_outcome_check CHECK (outcome IN ('nfa', 'info_advice', 'signpost_universal',
      'early_help_single_agency', 'early_help_multi_agency', 'link_to_open_case', 'social_care_referral',
      'strategy_discussion', 'transfer_other_la', 'returned_no_consent')),
  stage integer,
  reason text,
  need_codes text[] NOT NULL,
  agreed boolean,
  ground text
    CONSTRAINT contact_child_ground_check CHECK (ground IN ('child_at_risk', 'adult_at_risk', 'serious_crime')),
  family_told boolean,
  decided_by uuid CONSTRAINT contact_child_decided_by_fkey REFERENCES account,
  decided_by_name text,
  decided_at timestamptz,
  referral_id uuid CONSTRAINT contact_child_referral_id_fkey REFERENCES referral,
  added_at timestamptz NOT NULL,
  version integer NOT NULL,
  CONSTRAINT contact_child_stage_check CHECK (stage BETWEEN 1 AND 4),
  CONSTRAINT contact_child_decided_with_outcome_check CHECK ((outcome IS NULL) = (decided_at IS NULL)),
  CONSTRAINT contact_child_contact_id_person_id_key UNIQUE (contact_id, person_id)
);
CREATE INDEX contact_child_person_id_idx ON contact_child (person_id);
CREATE TABLE contact_adult (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT contact_adult_contact_id_fkey REFERENCES contact,
  person_id uuid NOT NULL CONSTRAINT contact_adult_person_id_fkey REFERENCES person,
  relationship text NOT NULL,
  known_before boolean NOT NULL,
  added_at timestamptz NOT NULL,
  CONSTRAINT contact_adult_contact_id_person_id_key UNIQUE (contact_id, person_id)
);
CREATE TABLE case_news (
  id uuid PRIMARY KEY,
  about uuid[] NOT NULL,
  person_id uuid NOT NULL CONSTRAINT case_news_person_id_fkey REFERENCES person,
  contact_id uuid NOT NULL CONSTRAINT case_news_contact_id_fkey REFERENCES contact,
  episode_id uuid NOT NULL,
  lead_account_id uuid NOT NULL CONSTRAINT case_news_lead_account_id_fkey REFERENCES account,
  line text NOT NULL,
  told_by_name text NOT NULL,
  told_at timestamptz NOT NULL,
  seen_at timestamptz
);
CREATE INDEX case_news_lead_idx ON case_news (lead_account_id) WHERE seen_at IS NULL;
"""

# The rules as an authority starts with them: five working days to answer, siblings together, overflow allowed.
_FIRST_RULES = """
INSERT INTO rule_set (version, rules, live_from, note) VALUES
  (1, '{"routine_days": 5, "siblings_together": true, "overflow": true}', '2000-01-01T00:00:00Z', 'As delivered');
"""

_OPEN = ("service", "service_capacity", "rule_set", "referral_month")
_BY_CHILD = ("contact_child", "contact_adult", "referral_child")
_BY_FAMILY = ("contact", "case_news", "referral_event", "routing_decision", "offer")
_ALL = (
    "case_news", "contact_adult", "contact_child", "referral_month", "offer", "routing_decision", "referral_event",
    "referral_child", "referral", "contact_referrer", "contact", "rule_set", "service_capacity", "service",
)  # fmt: skip


def upgrade() -> None:
    for statement in (_SERVICES, _CONTACTS, _REFERRALS, _DECISIONS, _FIRST_RULES):
        op.execute(statement)
    for table in _OPEN:
        op.execute(rls.open_reference(table))
    for table in _BY_CHILD:
        op.execute(rls.protect_person_rows(table, Part.STORY))
    for table in _BY_FAMILY:
        op.execute(rls.protect_about_rows(table, Part.STORY))
    op.execute(rls.protect_about_rows("contact_referrer", Part.REFERRER))
    # Whoever owns a referral may read it: a referral that its owner cannot see would have no owner at all.
    owned = f"referral.owner_principal = ANY({rls.PRINCIPALS})"
    op.execute(rls.protect_about_rows("referral", Part.STORY, also=owned))


def downgrade() -> None:
    for table in _ALL:
        op.execute(rls.unprotect(table))
