"""What may change about a referral after it was sent, and how the change reads. Pure."""

from dataclasses import dataclass

from locality.referrals.rules.codes import (
    BASIS_WORDS,
    EARLY_HELP_OUTCOMES,
    GROUND_WORDS,
    SOCIAL_CARE_OUTCOMES,
    URGENCY_WORDS,
    AgreementBasis,
    Outcome,
    ReferralKind,
    ShareGround,
    Urgency,
)
from locality.referrals.rules.needs import words_for


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


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed: what it is, how it read before, how it reads now."""

    what: str
    was: str
    became: str


def differences(was: Terms, now: Terms) -> tuple[Difference, ...]:
    """What is different, old and new in full, as readers are shown it; empty when nothing is."""
    rows = [
        Difference(what, old or "Not set", new or "Not set")
        for (what, old), (_what, new) in zip(_read(was), _read(now), strict=True)
        if old != new
    ]
    return tuple(rows)


def _read(terms: Terms) -> tuple[tuple[str, str], ...]:
    ground = "" if terms.ground is None else GROUND_WORDS[terms.ground]
    return (
        ("Stage", "" if terms.stage is None else f"Stage {terms.stage}"),
        ("Agreement", ": ".join(part for part in (BASIS_WORDS[terms.agreement], ground.lower()) if part)),
        ("Urgency", URGENCY_WORDS[terms.urgency]),
        ("Needs", words_for(sorted(set(terms.need_codes)))),
        ("What the service may know", terms.summary),
    )


_FOOTING = {
    AgreementBasis.AGREED: "the family agrees now",
    AgreementBasis.SHARED_WITHOUT: "it is shared without the family’s agreement now",
    AgreementBasis.NONE: "no agreement is recorded now",
}
