"""Reads from an installation what the proofs ask: referrals, answers and messages since an instant."""

import datetime as dt
import re
import uuid
from collections import Counter

from benchmarks.faults.house import House
from benchmarks.faults.proofs import Letter, Standing
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState

_STANDINGS = """
    SELECT r.id, r.reference, r.contact_id, r.state, r.owner_kind, r.owner_principal, r.sender_principal,
           coalesce(d.routed, 0), coalesce(o.offers, '{}'), coalesce(o.states, '{}'), coalesce(a.events, 0),
           coalesce(m.with_person, false)
    FROM referral r
    LEFT JOIN (SELECT referral_id, count(*)::int AS routed FROM routing_decision GROUP BY 1) d ON d.referral_id = r.id
    LEFT JOIN (SELECT referral_id, array_agg(service_id ORDER BY id) AS offers, array_agg(state ORDER BY id) AS states
               FROM offer GROUP BY 1) o ON o.referral_id = r.id
    LEFT JOIN (SELECT record_id, count(*)::int AS events FROM audit_event WHERE action = 'referral.accepted'
               GROUP BY 1) a ON a.record_id = r.id
    LEFT JOIN (SELECT payload ->> 'referral_id' AS id, bool_or(failed_at IS NOT NULL AND done_at IS NULL) AS with_person
               FROM outbox_message WHERE task = 'referrals.route' GROUP BY 1) m ON m.id = r.id::text
    WHERE r.sent_at >= %s ORDER BY r.reference
"""
_ACCEPTED = """
    SELECT o.id, a.email FROM offer o JOIN account a ON a.id = o.responded_by
    WHERE o.state = 'accepted' AND o.responded_at >= %s
"""
_LETTERS = """
    SELECT m.id, t.to_address, m.state = 'sent',
           EXISTS (SELECT FROM outbox_message x WHERE x.task = 'messages.send' AND x.payload ->> 'message' = m.id::text
                   AND x.failed_at IS NOT NULL AND x.done_at IS NULL)
    FROM message m JOIN message_text t ON t.message_id = m.id WHERE m.queued_at >= %s
"""
_UNSETTLED = """
    SELECT (SELECT count(*) FROM outbox_message WHERE done_at IS NULL AND failed_at IS NULL AND created_at >= %(since)s
              AND available_at <= now() + interval '10 minutes'),
           (SELECT count(*) FROM referral WHERE state = 'sent' AND sent_at >= %(since)s)
"""
_MESSAGE_ID = re.compile(r"<([0-9a-f-]{36})@")


def standings(house: House, since: dt.datetime) -> list[Standing]:
    """Every referral that was sent since."""
    return [
        Standing(
            id=row[0], reference=row[1], contact_id=row[2], state=ReferralState(row[3]), owner_kind=Party(row[4]),
            owner=row[5], sender=row[6], routed=row[7],
            offers=[(service, OfferState(state)) for service, state in zip(row[8], row[9], strict=True)],
            accepted_events=row[10], with_person=row[11],
        )
        for row in house.query(_STANDINGS, since)
    ]  # fmt: skip


def accepted(house: House, since: dt.datetime) -> dict[uuid.UUID, str]:
    """Who has accepted which offer since, by offer."""
    return dict(house.query(_ACCEPTED, since))


def letters(house: House, since: dt.datetime) -> list[Letter]:
    """Every message that has been owed since."""
    return [Letter(*row) for row in house.query(_LETTERS, since)]


def arrived(house: House) -> Counter[uuid.UUID]:
    """How often the mail server took each message."""
    found = (_MESSAGE_ID.search(str(message["Message-ID"])) for message in house.mail.taken)
    return Counter(uuid.UUID(one.group(1)) for one in found if one is not None)


def unsettled(house: House, since: dt.datetime) -> tuple[int, int]:
    """Pieces of work still owed, and referrals that nobody has yet."""
    ((owed, sent),) = house.query(_UNSETTLED.replace("%(since)s", "%s"), since, since)
    return int(str(owed)), int(str(sent))
