"""What operations keep beside the records, made once from all of them after a bulk load."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.clusters import api as clusters
from locality.demo import offers
from locality.kernel.actor import SYSTEM
from locality.kernel.uow import UnitOfWork
from locality.stages import api as stages

# Children of referrals by the month of sending in England, each in the cluster that school or home points to.
_REFERRALS_BY_MONTH = """
INSERT INTO referral_month (id, cluster_id, month, kind, children, again)
SELECT md5(concat(cluster_id, month, kind))::uuid, cluster_id, month, kind, count(*), count(*) FILTER (WHERE again)
FROM (SELECT c.cluster_id, r.kind, date_trunc('month', r.sent_at AT TIME ZONE 'Europe/London')::date AS month,
             r.kind = 'social_care'
               AND referred_before(c.person_id, (r.sent_at AT TIME ZONE 'Europe/London')::date) AS again
      FROM referral r JOIN referral_child c ON c.referral_id = r.id WHERE r.sent_at IS NOT NULL) AS child
GROUP BY cluster_id, month, kind
"""
_PLACES_HELD = """
UPDATE service_capacity AS c SET taken = held.taken, offered = held.offered
FROM (
  SELECT o.service_id, o.cluster_id,
         count(*) FILTER (WHERE o.took_place AND r.state NOT IN ('ended', 'withdrawn')) AS taken,
         count(*) FILTER (WHERE o.state IN ('open', 'asked')) AS offered
  FROM offer o JOIN referral r ON r.id = o.referral_id GROUP BY 1, 2
) AS held
WHERE held.service_id = c.service_id AND held.cluster_id = c.cluster_id
"""
# Most services have room; one place in seven is full to the last, so that there are waiting lists to see.
_ROOM = """
UPDATE service_capacity SET places = CASE
  WHEN ('x' || substr(md5(service_id::text || cluster_id), 1, 6))::bit(24)::int % 7 = 0 AND taken > 0
  THEN taken + offered
  ELSE greatest(places, taken + offered + 2 + taken / 6) END
"""
# Known facts that were used again or asked again, by the month and the kind of record.
_REUSE_BY_MONTH = """
INSERT INTO reuse_month (month, record_kind, confirmed, corrected, re_asked)
SELECT date_trunc('month', counted_on)::date, record_kind, count(*) FILTER (WHERE reuse = 'confirmed'),
       count(*) FILTER (WHERE reuse = 'corrected'), count(*) FILTER (WHERE reuse = 're_asked')
FROM fact_reuse GROUP BY 1, 2
"""
# Audits of quality by month, and how often each item was met.
_QUALITY_BY_MONTH = """
INSERT INTO quality_month (cluster_id, month, audits, yes, asked)
SELECT cluster_id, date_trunc('month', audited_on)::date, count(*), sum(yes), sum(items - not_applicable)
FROM quality_audit GROUP BY 1, 2
"""
_QUALITY_BY_ITEM = """
INSERT INTO quality_item_month (form_id, item, month, yes, no)
SELECT form_id, key, date_trunc('month', audited_on)::date, count(*) FILTER (WHERE value = 'yes'),
       count(*) FILTER (WHERE value = 'no')
FROM quality_audit, jsonb_each_text(answers) WHERE value <> 'na' GROUP BY 1, 2, 3
"""
# What follows from a link; ids made of what they stand for, so that the same seed makes the same rows.
_LINKED_GRANTS = """
WITH settled AS (
  SELECT linked_grants_settle(ARRAY[d.one_id, d.other_id], d.decided_at) FROM link_decision AS d
  WHERE d.kind = 'same_person' AND d.undone_at IS NULL
)
SELECT count(*) FROM settled
"""
_LINKED_IDS = """
UPDATE access_grant SET id = md5(concat(linked_from, person_id))::uuid WHERE linked_from IS NOT NULL
"""
STEPS = 11


def make_counts(session: Session, now: dt.datetime) -> Iterator[str]:
    """Every kept count, one a step; the name of each as it is done. Never within a request."""
    uow = UnitOfWork(session=session, actor=SYSTEM, now=now)
    for name, statement in (
        ("referrals by month", _REFERRALS_BY_MONTH),
        ("places held", _PLACES_HELD),
        ("room", _ROOM),
        ("facts used again", _REUSE_BY_MONTH),
        ("quality by month", _QUALITY_BY_MONTH),
        ("quality by item", _QUALITY_BY_ITEM),
        ("linked records", _LINKED_GRANTS),
    ):
        session.execute(text(statement))
        yield name
    session.info["actor"] = SYSTEM
    yield from offers.make_answers(uow)
    session.execute(text(_LINKED_IDS))
    yield "linked records"
    stages.rebuild_counts(uow)
    yield "stages by month"
    clusters.rebuild_caseload_tally(uow)
    yield "caseload"
