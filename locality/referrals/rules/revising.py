"""What may change about a referral after it was sent, and how the change reads. Pure."""

from dataclasses import dataclass

from locality.referrals.rules.codes import (
    EARLY_HELP_OUTCOMES,
    SOCIAL_CARE_OUTCOMES,
    AgreementBasis,
    Outcome,
    ReferralKind,
    ShareGround,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a referral asks for, and on what footing it travels."""

    stage: int | None
    need_codes: tuple[str, ...]
    agreement: AgreementBasis
    ground: ShareGround | None
    urgency: Urgency
    summary: str


def kind_of(outcome: Outcome) -> ReferralKind | None:
    """The kind of referral that an outcome asks for; None when it asks for none."""
    if outcome in EARLY_HELP_OUTCOMES:
        return ReferralKind.EARLY_HELP
    return ReferralKind.SOCIAL_CARE if outcome in SOCIAL_CARE_OUTCOMES else None


def changes(was: Terms, now: Terms) -> tuple[str, ...]:
    """What is different, a few words each, most important first; empty when nothing is."""
    found: list[str] = []
    if was.stage != now.stage:
        found.append(f"stage {was.stage or 'not set'} became stage {now.stage or 'not set'}")
    if was.agreement is not now.agreement:
        found.append(_FOOTING[now.agreement])
    elif was.ground is not now.ground:
        found.append("the ground for sharing without agreement is another")
    if was.urgency is not now.urgency:
        found.append("it is urgent now" if now.urgency is Urgency.URGENT else "it is no longer urgent")
    if set(was.need_codes) != set(now.need_codes):
        found.append("the needs are others")
    if was.summary != now.summary:
        found.append("what the service may know was written anew")
    return tuple(found)


_FOOTING = {
    AgreementBasis.AGREED: "the family agrees now",
    AgreementBasis.SHARED_WITHOUT: "it is shared without the family’s agreement now",
    AgreementBasis.NONE: "no agreement is recorded now",
}
