"""The database: one metadata, naming, column kinds, and who is acting for row-level security."""

import datetime as dt
import select
import uuid
from enum import StrEnum
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import PoolProxiedConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    SessionTransaction,
    mapped_column,
    registry,
)
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from locality.kernel import direct
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


_TOLD = "actor.told"


def bind_actor(session: Session, actor: Actor) -> None:
    """Tell the database who acts, for the running transaction and for those that follow on this session.

    Row-level security reads these settings; they end with each transaction and are set anew when the next begins.
    """
    session.info["actor"] = actor
    if session.in_transaction() and session.info.get(_TOLD) is not actor:
        set_actor(session.connection(), actor)
        note_told(session, actor)


def note_told(session: Session, actor: Actor) -> None:
    """Remember that the running transaction has been told of this actor, so that it need not be told again.

    Within a savepoint nothing is remembered: its rollback would take the settings back.
    """
    session.info["actor"] = actor
    session.info[_TOLD] = None if session.in_nested_transaction() else actor


def set_actor(connection: Connection, actor: Actor) -> None:
    """Set the actor for the running transaction of a connection."""
    direct.rows_on(connection, _SET_ACTOR, actor_settings(actor))


def actor_settings(actor: Actor) -> dict[str, str]:
    """What ``SET_ACTOR`` sets for an actor."""
    return {
        "actor": str(actor.account_id or actor.name),
        "principals": "{" + ",".join(map(str, actor.principals)) + "}",
        "reach": actor.reach.value,
    }


# What a statement that also does something else (finding the session) selects to set the actor first.
SET_ACTOR: Final = (
    "set_config('locality.actor', %(actor)s, true) AS actor,"
    " set_config('locality.principals', %(principals)s, true) AS principals,"
    " set_config('locality.reach', %(reach)s, true) AS reach"
)
_SET_ACTOR: Final = f"SELECT {SET_ACTOR}"


@event.listens_for(Session, "after_begin")
def _bind_each_transaction(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    actor = session.info.get("actor")
    if transaction.nested:
        session.info[_TOLD] = None
    elif actor is not None:
        set_actor(connection, actor)
        session.info[_TOLD] = actor


@event.listens_for(Session, "after_transaction_end")
def _forget_what_was_told(session: Session, _transaction: SessionTransaction) -> None:
    session.info[_TOLD] = None


@event.listens_for(Pool, "checkout")
def _replace_lost_connection(raw: Any, _record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    # The server has nothing to say on an idle connection unless to end it. Looking whether something has come costs
    # a hundredth of asking the server, which each request would have to.
    ears = select.poll()
    ears.register(raw.fileno(), select.POLLIN)
    if ears.poll(0):
        raise DisconnectionError
