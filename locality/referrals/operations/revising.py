"""Changing a referral that was sent already, because the decision that made it was corrected.

What changed stands on the referral with the reason, so that whoever has it or was offered it sees it. A referral about
brothers and sisters carries the highest stage that was decided for any of them, the needs of all, and travels without
agreement as soon as that was decided for one.
"""

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.kernel.ids import ReferralId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import ContactChild, Referral, ReferralChild
from locality.referrals.operations.commands import DecideChild, Sharing
from locality.referrals.operations.events import note_event
from locality.referrals.operations.sending import record_sharing
from locality.referrals.rules import codes, screening
from locality.referrals.rules.codes import AgreementBasis, ReferralKind, ShareGround
from locality.referrals.rules.lifecycle import OVER
from locality.referrals.rules.revising import Terms, changes
from locality.referrals.rules.screening import DecisionFacts


@dataclass(frozen=True, slots=True)
class _Brother:
    """What was decided for another child of the same referral."""

    stage: int | None
    agreed: bool | None
    ground: ShareGround | None
    need_codes: tuple[str, ...]


def standing_referral(uow: UnitOfWork, command: DecideChild, kind: ReferralKind) -> Referral | None:
    """The referral of this kind that the contact made for the child and that is not over, locked; None without one."""
    with elevated(uow.session, "the referral that the corrected decision made, whoever has it now"):
        return uow.session.execute(
            select(Referral)
            .join(ReferralChild, ReferralChild.referral_id == Referral.id)
            .where(
                Referral.contact_id == command.contact_id,
                Referral.kind == kind,
                Referral.state.not_in(OVER),
                ReferralChild.person_id == command.person_id,
            )
            .order_by(Referral.sent_at.desc(), Referral.id)
            .limit(1)
            .with_for_update(of=Referral)
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()


def revise(
    uow: UnitOfWork, referral: Referral, command: DecideChild, *, facts: DecisionFacts, before: ContactChild, why: str
) -> ReferralId:
    """Let a referral carry what the corrected decision says: stage, needs, agreement, ground, urgency and summary.

    What is shared without agreement from now on, or on another ground, is recorded as such.
    """
    with elevated(uow.session, "the referral that the corrected decision made, whoever has it now"):
        was = _terms(referral)
        now = _revised(was, command, facts, _others(uow, referral, command))
        _record_sharing(uow, referral, command, facts=facts, before=before)
        found = changes(was, now)
        if found:
            values = dataclasses.asdict(now) | {"need_codes": list(now.need_codes), "version": Referral.version + 1}
            uow.session.execute(
                update(Referral).where(Referral.id == referral.id).values(values),
                execution_options={"synchronize_session": False},
            )
            _note(uow, referral, found, why=why)
    return ReferralId(referral.id)


def _terms(referral: Referral) -> Terms:
    return Terms(
        stage=referral.stage,
        need_codes=tuple(referral.need_codes),
        agreement=referral.agreement,
        ground=referral.ground,
        urgency=referral.urgency,
        summary=referral.summary,
    )


def _others(uow: UnitOfWork, referral: Referral, command: DecideChild) -> list[_Brother]:
    rows = uow.session.execute(
        select(ContactChild.stage, ContactChild.agreed, ContactChild.ground, ContactChild.need_codes).where(
            ContactChild.referral_id == referral.id, ContactChild.person_id != command.person_id
        )
    )
    return [_Brother(row.stage, row.agreed, row.ground, tuple(row.need_codes)) for row in rows]


def _revised(was: Terms, command: DecideChild, facts: DecisionFacts, others: Sequence[_Brother]) -> Terms:
    basis, ground = screening.basis_of(facts), command.ground
    unagreed = next((other for other in others if not other.agreed), None)
    if basis is AgreementBasis.AGREED and unagreed is not None:
        basis, ground = AgreementBasis.SHARED_WITHOUT, unagreed.ground
    needs = [*command.need_codes, *(code for other in others for code in other.need_codes)]
    is_early_help = command.outcome in codes.EARLY_HELP_OUTCOMES
    return Terms(
        stage=max(stage for stage in (screening.stage_for(facts), *(o.stage for o in others)) if stage is not None),
        need_codes=tuple(dict.fromkeys(needs)),
        agreement=basis,
        ground=ground,
        urgency=command.urgency if is_early_help else was.urgency,
        summary=command.summary.strip() or was.summary,
    )


def _record_sharing(
    uow: UnitOfWork, referral: Referral, command: DecideChild, *, facts: DecisionFacts, before: ContactChild
) -> None:
    was_shared_so = before.referral_id == referral.id and not before.agreed and before.ground == command.ground
    if screening.basis_of(facts) is AgreementBasis.SHARED_WITHOUT and not was_shared_so:
        sharing = Sharing(command.manager_consulted, bool(command.family_told), command.why_not_told)
        record_sharing(
            uow,
            (command.person_id,),
            referral.kind,
            ground=command.ground,
            sharing=sharing,
            family_id=referral.family_id,
        )


def _note(uow: UnitOfWork, referral: Referral, found: Sequence[str], *, why: str) -> None:
    about: list[uuid.UUID] = list(referral.about)
    line = f"Changed after it was sent: {'; '.join(found)}."
    note_event(uow, referral.id, about, line, words=why)
    people.note_story(
        uow,
        about,
        happened_on=uow.today,
        kind=people.StoryKind.REFERRAL,
        line=f"The referral was changed after it was sent: {'; '.join(found)}.",
        record=("referral", referral.id),
    )
    audit.record(uow, "referral.changed", subjects=about, record=("referral", referral.id), detail={"what": len(found)})
