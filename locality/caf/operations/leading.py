"""The lead professional's pages: they come with being named, and go when the last family is handed on."""

import uuid
from collections.abc import Iterable
from dataclasses import replace

from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.caf.queries.team import holds_lead_role, leads_anybody, role_from_leading
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.ids import AccountId
from locality.kernel.uow import UnitOfWork


def let_lead(uow: UnitOfWork, account_id: AccountId) -> uuid.UUID | None:
    """Give whoever is named the lead professional's pages: nobody hands them out.

    Gives back the role that came with it; None for somebody who held it already, from an administrator or by leading
    for another family.
    """
    held = holds_lead_role(uow.session, account_id, today=uow.today)
    role_id = accounts.give_role(replace(uow, actor=SYSTEM), account_id, role=Role.LEAD_PROFESSIONAL)
    return None if held else role_id


def stop_leading(uow: UnitOfWork, account_ids: Iterable[AccountId]) -> None:
    """Take the role back that came with being named, from those who lead for nobody any more.

    A role that an administrator gave stays. Call it when the roles in the episode have ended.
    """
    with elevated(uow.session, "whether somebody still leads for any family, whoever's it is"):
        for account_id in account_ids:
            # The lock comes first: of two families that end at once, the second sees that the first has ended.
            came_with_it = role_from_leading(uow.session, account_id)
            if came_with_it is not None and not leads_anybody(uow.session, account_id):
                accounts.end_role(replace(uow, actor=SYSTEM), account_id, role=Role.LEAD_PROFESSIONAL)
