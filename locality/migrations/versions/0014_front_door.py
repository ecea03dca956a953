"""The front door: who works on what, enquiries to partners, every decision and every second look."""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OUTCOMES = """'nfa', 'info_advice', 'signpost_universal', 'early_help_single_agency', 'early_help_multi_agency',
      'link_to_open_case', 'social_care_referral', 'strategy_discussion', 'transfer_other_la', 'returned_no_consent'"""
_RATINGS = "'red', 'amber', 'green', 'blue'"

_CONTACTS = f"""
CREATE TABLE contact_rating (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT contact_rating_contact_id_fkey REFERENCES contact,
  rag text NOT NULL
    CONSTRAINT contact_rating_rag_check CHECK (rag IN ({_RATINGS})),
  reason text NOT NULL,
  rated_by uuid CONSTRAINT contact_rating_rated_by_fkey REFERENCES account,
  rated_by_name text NOT NULL,
  rated_at timestamptz NOT NULL
);
CREATE INDEX contact_rating_contact_id_idx ON contact_rating (contact_id);
CREATE TABLE contact_holding (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT contact_holding_contact_id_fkey REFERENCES contact,
  kind text NOT NULL
    CONSTRAINT contact_holding_kind_check CHECK (kind IN ('taken', 'taken_over', 'put_back')),
  by uuid CONSTRAINT contact_holding_by_fkey REFERENCES account,
  by_name text NOT NULL,
  from_whom uuid CONSTRAINT contact_holding_from_whom_fkey REFERENCES account,
  from_name text,
  at timestamptz NOT NULL
);
CREATE INDEX contact_holding_contact_id_idx ON contact_holding (contact_id, at);
CREATE TABLE referrer_told (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT referrer_told_contact_id_fkey REFERENCES contact,
  how text NOT NULL,
  told_by uuid CONSTRAINT referrer_told_told_by_fkey REFERENCES account,
  told_by_name text NOT NULL,
  told_at timestamptz NOT NULL
);
CREATE INDEX referrer_told_contact_id_idx ON referrer_told (contact_id);
"""

_HUB = f"""
CREATE TABLE partner_enquiry (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT partner_enquiry_contact_id_fkey REFERENCES contact,
  person_id uuid NOT NULL CONSTRAINT partner_enquiry_person_id_fkey REFERENCES person,
  agency_id uuid NOT NULL CONSTRAINT partner_enquiry_agency_id_fkey REFERENCES agency,
  agency_name text NOT NULL,
  question text NOT NULL,
  rag text NOT NULL
    CONSTRAINT partner_enquiry_rag_check CHECK (rag IN ({_RATINGS})),
  asked_by uuid CONSTRAINT partner_enquiry_asked_by_fkey REFERENCES account,
  asked_by_name text NOT NULL,
  asked_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  replied_at timestamptz,
  is_known_there boolean,
  reply_recorded_by_name text,
  CONSTRAINT partner_enquiry_replied_with_recorder_check
    CHECK ((replied_at IS NULL) = (reply_recorded_by_name IS NULL))
);
CREATE INDEX partner_enquiry_contact_id_idx ON partner_enquiry (contact_id);
CREATE INDEX partner_enquiry_open_idx ON partner_enquiry (due_at) WHERE replied_at IS NULL;
CREATE TABLE hub_note (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT hub_note_contact_id_fkey REFERENCES contact,
  person_id uuid NOT NULL CONSTRAINT hub_note_person_id_fkey REFERENCES person,
  enquiry_id uuid CONSTRAINT hub_note_enquiry_id_fkey REFERENCES partner_enquiry,
  told_by text NOT NULL,
  note text NOT NULL,
  written_by uuid CONSTRAINT hub_note_written_by_fkey REFERENCES account,
  written_by_name text NOT NULL,
  written_at timestamptz NOT NULL
);
CREATE INDEX hub_note_contact_id_idx ON hub_note (contact_id);
"""

_DECISIONS = f"""
CREATE TABLE contact_decision (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT contact_decision_contact_id_fkey REFERENCES contact,
  person_id uuid NOT NULL CONSTRAINT contact_decision_person_id_fkey REFERENCES person,
  outcome text NOT NULL
    CONSTRAINT contact_decision_outcome_check CHECK (outcome IN ({_OUTCOMES})),
  stage integer,
  reason text NOT NULL,
  need_codes text[] NOT NULL,
  agreed boolean NOT NULL,
  ground text
    CONSTRAINT contact_decision_ground_check CHECK (ground IN ('child_at_risk', 'adult_at_risk', 'serious_crime')),
  manager_consulted text NOT NULL,
  shared_what text NOT NULL,
  shared_with text NOT NULL,
  family_told boolean,
  why_not_told text NOT NULL,
  referral_id uuid CONSTRAINT contact_decision_referral_id_fkey REFERENCES referral,
  decided_by uuid CONSTRAINT contact_decision_decided_by_fkey REFERENCES account,
  decided_by_name text NOT NULL,
  decided_at timestamptz NOT NULL,
  corrects uuid CONSTRAINT contact_decision_corrects_fkey REFERENCES contact_decision,
  why_corrected text,
  CONSTRAINT contact_decision_stage_check CHECK (stage BETWEEN 1 AND 4),
  CONSTRAINT contact_decision_corrected_with_reason_check CHECK ((corrects IS NULL) = (why_corrected IS NULL))
);
CREATE INDEX contact_decision_contact_id_idx ON contact_decision (contact_id, person_id, decided_at);
CREATE TABLE second_look (
  id uuid PRIMARY KEY,
  contact_id uuid NOT NULL CONSTRAINT second_look_contact_id_fkey REFERENCES contact,
  person_id uuid NOT NULL CONSTRAINT second_look_person_id_fkey REFERENCES person,
  agrees boolean NOT NULL,
  note text NOT NULL,
  looked_by uuid CONSTRAINT second_look_looked_by_fkey REFERENCES account,
  looked_by_name text NOT NULL,
  looked_at timestamptz NOT NULL,
  CONSTRAINT second_look_disagrees_with_reason_check CHECK (agrees OR note <> '')
);
CREATE INDEX second_look_contact_id_idx ON second_look (contact_id, person_id, looked_at);
CREATE INDEX contact_decided_idx ON contact (decided_at) WHERE state = 'decided';
ALTER TABLE contact_child ADD COLUMN likely_known boolean NOT NULL DEFAULT false;
"""

_OF_CONTACT = ("contact_rating", "contact_holding", "referrer_told")
_ALL = ("second_look", "contact_decision", "hub_note", "partner_enquiry", *_OF_CONTACT)

# The front door reads what partners tell the hub; nobody else's reason for seeing a child opens that part.
_OPEN_HUB = """
UPDATE access_grant SET parts = array_append(parts, 'restricted')
WHERE reason = 'front_door' AND NOT 'restricted' = ANY (parts) AND (until_at IS NULL OR until_at > now());
"""
_CLOSE_HUB = "UPDATE access_grant SET parts = array_remove(parts, 'restricted') WHERE reason = 'front_door';"


def upgrade() -> None:
    for statement in (_CONTACTS, _HUB, _DECISIONS):
        op.execute(statement)
    for table in _OF_CONTACT:
        # Whoever may see the contact: the contact's own policy decides in the subquery.
        seen = f"EXISTS (SELECT 1 FROM contact c WHERE c.id = {table}.contact_id)"
        op.execute(rls.protect(table, read=f"{rls.SYSTEM} OR {seen}"))
    for table in ("partner_enquiry", "contact_decision", "second_look"):
        op.execute(rls.protect_person_rows(table, Part.STORY))
    op.execute(rls.protect_person_rows("hub_note", Part.RESTRICTED))
    op.execute(_OPEN_HUB)


def downgrade() -> None:
    op.execute(_CLOSE_HUB)
    op.execute("DROP INDEX contact_decided_idx;")
    op.execute("ALTER TABLE contact_child DROP COLUMN likely_known;")
    for table in _ALL:
        op.execute(rls.unprotect(table))
