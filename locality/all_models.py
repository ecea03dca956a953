"""Imports every table, so that migrations and bulk loading see one metadata."""

from importlib import import_module

from locality.kernel.db import Base

for _name in (
    "locality.kernel.outbox", "locality.kernel.receipts", "locality.access.grants", "locality.audit.models",
    "locality.search.models", "locality.drafts.models", "locality.messages.models",
    "locality.accounts.models", "locality.people.models", "locality.consent.models",
    "locality.clusters.models", "locality.stages.models", "locality.referrals.models",
    "locality.asking.models", "locality.caf.models",
):  # fmt: skip
    import_module(_name)

metadata = Base.metadata
