"""The database: one metadata, naming, column kinds, and who is acting for row-level security."""

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    SessionTransaction,
    mapped_column,
    registry,
)

from locality.kernel.actor import Actor

E = TypeVar("E", bound=StrEnum)
JsonObject = dict[str, Any]


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            uuid.UUID: UUID(as_uuid=True),
            dt.datetime: sa.DateTime(timezone=True),
            dt.date: sa.Date(),
            str: sa.Text(),
            list[str]: ARRAY(sa.Text()),
            list[uuid.UUID]: ARRAY(UUID(as_uuid=True)),
            JsonObject: JSONB(),
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class EnumText(sa.types.TypeDecorator[StrEnum]):
    """A text column that holds the values of a ``StrEnum``; anything else is refused before it reaches SQL."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """The enum's value, checked."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> StrEnum | None:
        """The enum's member."""
        return None if value is None else self.enum(value)


def text_enum(enum: type[StrEnum]) -> EnumText:
    """The column type of an enum; the migration adds the CHECK constraint."""
    return EnumText(enum)


class Versioned:
    """Rows that people edit: the version that somebody saw must still be the version when they save."""

    version: Mapped[int] = mapped_column(default=1)


def bind_actor(session: Session, actor: Actor) -> None:
    """Tell the database who acts, for the running transaction and for those that follow on this session.

    Row-level security reads these settings; they end with each transaction and are set anew when the next begins.
    """
    session.info["actor"] = actor
    if session.in_transaction():
        set_actor(session.connection(), actor)


def set_actor(connection: Connection, actor: Actor) -> None:
    """Set the actor for the running transaction of a connection."""
    connection.execute(
        _SET_ACTOR,
        {
            "actor": str(actor.account_id or actor.name),
            "principals": "{" + ",".join(str(p) for p in actor.principals) + "}",
            "reach": actor.reach.value,
        },
    )


_SET_ACTOR = text(
    "SELECT set_config('locality.actor', :actor, true), set_config('locality.principals', :principals, true),"
    " set_config('locality.reach', :reach, true)"
)


@event.listens_for(Session, "after_begin")
def _bind_each_transaction(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    actor = session.info.get("actor")
    if actor is not None and not transaction.nested:
        set_actor(connection, actor)
