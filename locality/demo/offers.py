"""What became of offers: chased, waiting in order with one moved ahead, disputed, changed, decided by social care.

Made from the offers that are there, in sets, once all of them are: a list has an order only when it is whole. Ids are
made of what the rows are about, so that the same seed makes the same rows.
"""

from collections.abc import Iterator

from sqlalchemy import text

from locality.kernel.uow import UnitOfWork
from locality.referrals import api as referrals

# Urgent first, then whoever has waited longest (referrals.rules.waiting).
_ORDER = """
UPDATE offer SET waiting_position = list.place, listed_at = offer.responded_at
FROM (SELECT o.id, row_number() OVER (PARTITION BY o.service_id, o.cluster_id
                                      ORDER BY r.urgency <> 'urgent', r.sent_at, o.id) AS place
      FROM offer o JOIN referral r ON r.id = o.referral_id WHERE o.state = 'waiting') AS list
WHERE list.id = offer.id
"""
# The last of up to three lists, moved to the front.
_JUMPS = """
WITH last AS (
  SELECT DISTINCT ON (service_id, cluster_id) id, service_id, cluster_id, waiting_position AS place, about,
         responded_by, responded_by_name, responded_at
  FROM offer WHERE state = 'waiting' ORDER BY service_id, cluster_id, waiting_position DESC
), moved AS (
  INSERT INTO waiting_jump (id, offer_id, about, from_place, to_place, reason, moved_by, moved_by_name, moved_at)
  SELECT md5('jump' || id)::uuid, id, about, place, 1,
         'Their mother goes into hospital next week, and nobody else is at home.',
         responded_by, responded_by_name, responded_at + interval '1 day'
  FROM last WHERE place > 1 ORDER BY place DESC, id LIMIT 3 RETURNING *
), told AS (
  INSERT INTO referral_event (id, referral_id, about, at, by_name, line, words)
  SELECT md5('jumped' || m.id)::uuid, o.referral_id, m.about, m.moved_at, m.moved_by_name,
         'Moved ahead on the waiting list, from place ' || m.from_place || ' to 1.', m.reason
  FROM moved m JOIN offer o ON o.id = m.offer_id
)
UPDATE offer SET waiting_position = CASE WHEN offer.id = last.id THEN 1 ELSE offer.waiting_position + 1 END
FROM last JOIN moved ON moved.offer_id = last.id
WHERE offer.service_id = last.service_id AND offer.cluster_id IS NOT DISTINCT FROM last.cluster_id
  AND offer.state = 'waiting'
"""
_CHASED = """
WITH told AS (
  INSERT INTO offer_notice (offer_id, due_at, step, about, given_at)
  SELECT id, due_at, 'remind', about, reminded_at FROM offer WHERE state = 'open' AND reminded_at IS NOT NULL
  RETURNING offer_id, about, given_at)
INSERT INTO referral_event (id, referral_id, about, at, by_name, line, words)
SELECT md5('remind' || o.id)::uuid, o.referral_id, t.about, t.given_at, 'Locality',
       'The service was reminded: its answer is due.', ''
FROM told t JOIN offer o ON o.id = t.offer_id
"""
# One that went elsewhere because its service closed, and not for want of an answer.
_CLOSED = """
WITH one AS (
  SELECT o.id, o.referral_id, s.name FROM offer o JOIN service s ON s.id = o.service_id
  WHERE o.state = 'expired' AND EXISTS (SELECT 1 FROM offer later WHERE later.referral_id = o.referral_id
                                        AND later.offered_at > o.offered_at)
  ORDER BY o.offered_at DESC, o.id LIMIT 1
), closed AS (UPDATE offer SET state = 'closed' FROM one WHERE offer.id = one.id)
UPDATE referral_event e SET line = one.name || ' closed to new referrals: offered elsewhere.'
FROM one WHERE e.referral_id = one.referral_id AND e.line LIKE 'The service did not answer in time%'
"""
_CARE = """
INSERT INTO social_care_answer (id, referral_id, about, outcome, words, answered_by, answered_by_name, answered_at)
SELECT md5('care' || o.id)::uuid, o.referral_id, o.about,
       CASE WHEN o.state = 'accepted'
            THEN (ARRAY['assessment', 'assessment', 'assessment', 'strategy', 'protection'])[1 + pick.n % 5]
            ELSE (ARRAY['nfa', 'advice', 'step_down'])[1 + pick.n % 3] END,
       CASE WHEN o.state = 'accepted' THEN '' ELSE 'Nothing that was told means that a child may be harmed.' END,
       o.responded_by, o.responded_by_name, o.responded_at
FROM offer o JOIN referral r ON r.id = o.referral_id
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(o.id::text), 1, 6))::bit(24)::int AS n) AS pick
WHERE r.kind = 'social_care' AND o.state IN ('accepted', 'declined')
"""
# In two families of three the service has named who works with them.
_NAMED = """
UPDATE referral SET allocated_to = o.responded_by, allocated_worker = o.responded_by_name
FROM offer o
WHERE o.referral_id = referral.id AND o.state = 'accepted' AND referral.state IN ('accepted', 'started')
  AND ('x' || substr(md5(referral.id::text), 1, 6))::bit(24)::int % 3 > 0
"""
_CHANGED = """
INSERT INTO referral_change (id, referral_id, about, what, was, became, why, changed_by, changed_by_name, changed_at)
SELECT md5('change' || r.id)::uuid, r.id, r.about, 'Urgency', 'Urgent', 'Routine',
       'The grandmother moved in and brings the children to school now.', a.id, a.name, r.sent_at + interval '2 hours'
FROM referral r JOIN offer o ON o.referral_id = r.id AND o.state = 'open'
CROSS JOIN (SELECT id, name FROM account a WHERE EXISTS (
              SELECT 1 FROM role_assignment WHERE account_id = a.id AND role = 'spoc_officer')
            ORDER BY length(email), email LIMIT 1) a
WHERE r.kind = 'early_help' ORDER BY r.sent_at DESC, r.id LIMIT 4
"""
# One disagreement stands at each stage, and the fifth is settled: the version is the number. Who is asked supervises.
_DISPUTED = """
WITH picked AS (
  SELECT r.id, r.about, d.service_id, d.service_name, row_number() OVER (ORDER BY d.at DESC, r.id) AS n,
         date_trunc('minute', d.at + interval '2 hours') AS raised_at
  FROM referral r
  JOIN LATERAL (SELECT o.service_id, s.name AS service_name, o.responded_at AS at FROM offer o
                JOIN service s ON s.id = o.service_id
                WHERE o.referral_id = r.id AND o.state = 'declined' ORDER BY o.responded_at DESC LIMIT 1) d ON true
  WHERE r.sender_kind = 'front_door' ORDER BY d.at DESC, r.id LIMIT 5
), people AS (
  SELECT (SELECT a.id FROM account a JOIN role_assignment x ON x.account_id = a.id
          WHERE x.role = 'spoc_officer' ORDER BY length(a.email), a.email LIMIT 1) AS officer,
         (SELECT a.id FROM account a JOIN role_assignment x ON x.account_id = a.id
          WHERE x.role = 'supervisor' ORDER BY length(a.email), a.email LIMIT 1) AS manager
), raised AS (
  INSERT INTO disagreement (id, referral_id, about, stage, raised_by, raised_by_name, raised_principal, raised_at,
    other_principal, other_name, waits_principal, waits_name, due_at, settled_at, version)
  SELECT md5('dispute' || p.id)::uuid, p.id, p.about,
         (ARRAY['practitioner', 'line_manager', 'senior_lead', 'partnership', 'line_manager'])[p.n],
         o.id, o.name, 'f0d00000-0000-4000-8000-000000000001', p.raised_at, p.service_id, p.service_name,
         CASE WHEN p.n = 1 THEN p.service_id ELSE m.id END, CASE WHEN p.n = 1 THEN p.service_name ELSE m.name END,
         :now + make_interval(hours => 20 * (2 - p.n::int)),
         CASE WHEN p.n = 5 THEN p.raised_at + interval '1 day' END, p.n
  FROM picked p CROSS JOIN people JOIN account o ON o.id = people.officer JOIN account m ON m.id = people.manager
  RETURNING *
), steps AS (
  INSERT INTO disagreement_step (id, disagreement_id, about, kind, stage, words, settlement, taken_by, taken_by_name,
    taken_at, waits_name, due_at)
  SELECT md5(concat('step', r.id, s.n))::uuid, r.id, r.about, s.kind, s.stage, s.words, s.settlement, r.raised_by,
         r.raised_by_name, r.raised_at + make_interval(hours => 3 * s.n), r.waits_name, r.due_at
  FROM raised r CROSS JOIN (VALUES
    (0, 1, 5, 'raised', 'practitioner', 'You say that it is not your work. The directory says that it is.', NULL),
    (1, 2, 5, 'moved_up', 'line_manager', 'We talked on the telephone and did not agree.', NULL),
    (2, 3, 4, 'moved_up', 'senior_lead', 'Both managers see it differently. The family has waited for a week.', NULL),
    (3, 4, 4, 'moved_up', 'partnership', 'Two services each say that the other should help.', NULL),
    (4, 5, 5, 'settled', 'line_manager', 'The service takes the family on for six weeks; then both look again.',
     'another_way')) AS s (n, from_version, to_version, kind, stage, words, settlement)
  WHERE r.version BETWEEN s.from_version AND s.to_version
)
INSERT INTO access_grant (id, person_id, principal_id, reason, parts, record_id, from_at)
SELECT md5(concat('seen', r.id, child, w.principal))::uuid, child, w.principal, w.reason, ARRAY['identity', 'story'],
       r.id, r.raised_at
FROM raised r CROSS JOIN unnest(r.about) AS child
CROSS JOIN LATERAL (VALUES (r.raised_principal, 'front_door'), (r.other_principal, 'receiving_service'),
                           (CASE WHEN r.version > 1 THEN r.waits_principal END, 'sees_to_referral'))
                    AS w (principal, reason)
WHERE r.settled_at IS NULL AND w.principal IS NOT NULL
"""


def make_answers(uow: UnitOfWork) -> Iterator[str]:
    """Everything of the kind, as one step."""
    for statement in (_ORDER, _JUMPS, _CHASED, _CLOSED, _CARE, _NAMED, _CHANGED):
        uow.session.execute(text(statement))
    uow.session.execute(text(_DISPUTED), {"now": uow.now})
    referrals.reckon_waiting_lists(uow)
    yield "offers"
