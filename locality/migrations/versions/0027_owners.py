"""Whatever waits, waits for somebody who can see to it: news, questions, disagreements, and a place promised once.

News about a child in an open case was addressed to an account for good; from now on it waits for whoever leads the case
now, for those who manage it, or for the front door. Questions, disagreements and referrals that came back are chased
when they are late; nobody is written to about what had been late for four weeks before. What was held because a family
took its agreement back no longer says that the family agrees.
"""

from alembic import op

from locality.access import rls
from locality.access.parts import Part

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_NEWS = """
ALTER TABLE case_news ALTER COLUMN lead_account_id DROP NOT NULL,
  ADD COLUMN waits_principal uuid, ADD COLUMN waits_name text;
UPDATE case_news n SET waits_principal = a.id, waits_name = a.name FROM account a WHERE a.id = n.lead_account_id;
ALTER TABLE case_news ALTER COLUMN waits_principal SET NOT NULL, ALTER COLUMN waits_name SET NOT NULL,
  ADD CONSTRAINT case_news_waits_check CHECK (waits_name <> '');
DROP INDEX case_news_lead_idx;
CREATE INDEX case_news_waits_idx ON case_news (waits_principal) WHERE seen_at IS NULL;
"""
_NEWS_BACK = """
DELETE FROM case_news WHERE lead_account_id IS NULL;
DROP INDEX case_news_waits_idx;
ALTER TABLE case_news DROP COLUMN waits_principal, DROP COLUMN waits_name,
  ALTER COLUMN lead_account_id SET NOT NULL;
CREATE INDEX case_news_lead_idx ON case_news (lead_account_id) WHERE seen_at IS NULL;
"""
_READ = f"{rls.SYSTEM} OR {rls.granted(Part.STORY, 'case_news.about')}"
# As of a referral: what its owner could not see would have no owner at all. A record that is closed stays closed.
_WAITS = f"{_READ} OR case_news.waits_principal = ANY({rls.PRINCIPALS})"

_CLOCKS = """
ALTER TABLE referral ADD COLUMN reminded_at timestamptz, ADD COLUMN manager_told_at timestamptz;
ALTER TABLE disagreement ADD COLUMN reminded_at timestamptz, ADD COLUMN manager_told_at timestamptz;
CREATE INDEX disagreement_due_idx ON disagreement (due_at) WHERE settled_at IS NULL;
-- An offer about which the service asked a question is due when the sender's answer is.
UPDATE offer o SET due_at = r.response_due_at, reminded_at = NULL, manager_told_at = NULL
FROM referral r WHERE r.id = o.referral_id AND o.state = 'asked' AND r.state = 'returned_for_info';
"""
_CLOCKS_BACK = """
DROP INDEX disagreement_due_idx;
ALTER TABLE disagreement DROP COLUMN reminded_at, DROP COLUMN manager_told_at;
ALTER TABLE referral DROP COLUMN reminded_at, DROP COLUMN manager_told_at;
"""
# Nobody is written to, all at once, about what has been late for long: it stands on the lists of whoever has it.
_LONG_LATE = """
UPDATE referral SET reminded_at = now(), manager_told_at = now()
WHERE state IN ('unplaced', 'declined', 'expired', 'allocated') AND response_due_at < now() - interval '28 days';
UPDATE disagreement SET reminded_at = now(), manager_told_at = now()
WHERE settled_at IS NULL AND due_at < now() - interval '28 days';
UPDATE offer SET reminded_at = now(), manager_told_at = now()
WHERE state = 'asked' AND due_at < now() - interval '28 days';
"""
# Still at the front door since the family took its agreement back; one that was corrected there since says what it says
# now. The words are those that the hold wrote.
_HELD = """
UPDATE referral SET agreement = 'none', ground = NULL
WHERE state = 'unplaced' AND kind = 'early_help' AND agreement = 'agreed'
  AND why_here LIKE 'The family% A person at the front door decides what happens next.'
  AND NOT EXISTS (SELECT 1 FROM referral_change c WHERE c.referral_id = referral.id AND c.what = 'Agreement'
    AND c.changed_at > (SELECT max(e.at) FROM referral_event e WHERE e.referral_id = referral.id
      AND e.line LIKE '%Held for a person at the front door.'));
"""
# Locks places in one order, then counts anew what nobody can change any more: each statement of such a function sees
# what was committed before it. Where fewer are left than asked for, nothing stays locked.
_PROMISE = """
CREATE FUNCTION promise_places(services uuid[], clusters uuid[], families integer[]) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM service_capacity AS c
    WHERE (c.service_id, c.cluster_id) IN (SELECT * FROM unnest(services, clusters))
    ORDER BY c.service_id, c.cluster_id FOR UPDATE;
  IF EXISTS (
    SELECT 1 FROM unnest(services, clusters, families) AS asked (service_id, cluster_id, families)
    JOIN service_capacity AS c ON c.service_id = asked.service_id AND c.cluster_id = asked.cluster_id
    WHERE asked.families > 0 AND c.places - c.taken - c.offered - (
      SELECT count(*) FROM offer AS o
      WHERE o.service_id = c.service_id AND o.cluster_id = c.cluster_id AND o.state = 'waiting') < asked.families
  ) THEN RAISE EXCEPTION 'no longer free' USING ERRCODE = 'LP001'; END IF;
  RETURN true;
EXCEPTION WHEN SQLSTATE 'LP001' THEN RETURN false;
END $$;
"""


def upgrade() -> None:
    for statement in (_NEWS, _CLOCKS, _LONG_LATE, _HELD, _PROMISE):
        op.execute(statement)
    op.execute(_policies(_WAITS))


def downgrade() -> None:
    op.execute(_policies(_READ))
    op.execute("DROP FUNCTION promise_places(uuid[], uuid[], integer[]);")
    op.execute(_CLOCKS_BACK)
    op.execute(_NEWS_BACK)


def _policies(read: str) -> str:
    return "".join(f"ALTER POLICY case_news_{verb} ON case_news USING ({read});" for verb in ("read", "change"))
