"""What a room tells the application about itself."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Blueprint

from locality.access.permissions import Permission
from locality.access.policy import allows
from locality.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation; shown to those whom the policy allows.

    ``also``: where pages that belong to it have their addresses, when not below its own.
    """

    label: str
    endpoint: str
    permission: Permission
    order: int
    also: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of ``locality``: ``name`` may have two words (``"import postcodes"``).

    ``arguments`` adds to the parser; ``run`` gets the parsed arguments inside an application context and returns the
    exit code. ``examples`` stand under ``--help``.
    """

    name: str
    help: str
    run: Callable[[argparse.Namespace], int]
    arguments: Callable[[argparse.ArgumentParser], None] = lambda _parser: None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its pages, its entries in the navigation, its home pages by role, commands and background tasks.

    ``tasks`` gives plain words for each task that the room puts into the outbox, for the operations page:
    "route a referral".
    """

    name: str
    blueprints: tuple[Blueprint, ...] = ()
    nav: tuple[NavItem, ...] = ()
    homes: Mapping[Role, str] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Registry:
    """All rooms of an application; kept in ``app.extensions["locality"]``."""

    rooms: tuple[Room, ...]

    def nav_for(self, actor: Actor) -> list[NavItem]:
        """The navigation that an actor has, in order."""
        items = [item for room in self.rooms for item in room.nav if allows(item.permission, actor)]
        return sorted(items, key=lambda item: item.order)

    def home_of(self, actor: Actor) -> str | None:
        """The endpoint of the actor's home; the first of their roles, in the order of ``Role``, that has one."""
        homes = {role: endpoint for room in self.rooms for role, endpoint in room.homes.items()}
        return next((homes[role] for role in HOME_ORDER if role in actor.roles and role in homes), None)

    def task_words(self) -> dict[str, str]:
        """Plain words for every background task."""
        return {task: words for room in self.rooms for task, words in room.tasks.items()}

    def commands(self) -> list[Command]:
        """Every command that rooms bring."""
        return [command for room in self.rooms for command in room.commands]


# Whoever has several roles starts with people before offers, and with the narrower view before the wider.
HOME_ORDER = (
    Role.SPOC_OFFICER,
    Role.CLUSTER_MEMBER,
    Role.LEAD_PROFESSIONAL,
    Role.SUPERVISOR,
    Role.SERVICE_WORKER,
    Role.MANAGER,
    Role.DATA_PROTECTION,
    Role.ADMINISTRATOR,
)
