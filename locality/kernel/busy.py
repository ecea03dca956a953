"""When the database cannot answer now and may well in a minute: away, locked for too long, no connection free."""

from psycopg import errors
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


def is_busy(error: BaseException | None) -> bool:
    """Whether trying again later is the answer to an error, rather than mending something."""
    if isinstance(error, OperationalError | InterfaceError | NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or isinstance(error.orig, errors.IdleInTransactionSessionTimeout)


def kind_of(error: BaseException) -> str:
    """The kind of an error for the log, which never holds its text."""
    orig = error.orig if isinstance(error, DBAPIError) else None
    return type(orig or error).__name__
