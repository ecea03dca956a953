"""Error pages: what happened, that nothing was lost, and who can help."""

import contextlib
import logging

from flask import Flask, Response, current_app, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from locality.audit import log as audit
from locality.kernel.busy import is_busy, kind_of
from locality.kernel.db import db
from locality.kernel.errors import Conflict, DomainError, NotAllowed, NotFound
from locality.web.session import session_trouble

_STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409}
_TRY_AGAIN_S = 30
_log = logging.getLogger("locality.web")


def install(app: Flask) -> None:
    """Give every kind of failure its page; none shows what went wrong inside."""
    app.before_request(_refuse_without_session)
    for kind, handler in (
        (HTTPException, _http_error),
        (CSRFError, _stale_form),
        (DomainError, _refused),
        (SQLAlchemyError, _database_error),
        (Exception, _broken),
    ):
        app.register_error_handler(kind, handler)


def _refuse_without_session() -> None:
    # Whoever it is could not be looked up: nothing may be decided, not even whether a form is theirs.
    if trouble := session_trouble():
        raise trouble


def _http_error(error: HTTPException) -> Response:
    cause = getattr(error, "original_exception", None)  # of what failed outside a view
    return _database_error(cause) if isinstance(cause, SQLAlchemyError) else _page(error.code or 500)


def _stale_form(_error: CSRFError) -> Response:
    return _page(400)


def _refused(error: DomainError) -> Response:
    _clean_up()
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
    return _page(status, [reason.message for reason in error.reasons])


def _database_error(error: SQLAlchemyError) -> Response:
    if not is_busy(error):
        return _broken(error)
    _log.error("the database did not answer in time: %s", kind_of(error))
    _clean_up()
    answer = _page(503)
    answer.headers["Retry-After"] = str(_TRY_AGAIN_S)
    return answer


def _broken(error: Exception) -> Response:
    # The text of an exception can hold what somebody typed: only its kind goes to the log.
    _log.error("unhandled %s", kind_of(error), exc_info=current_app.debug or current_app.testing)
    _clean_up()
    return _page(500)


def _clean_up() -> None:
    session = db.session()
    with contextlib.suppress(SQLAlchemyError):  # a connection that is lost has nothing left to roll back
        session.rollback()
    audit.forget(session)


def _page(status: int, reasons: list[str] | None = None) -> Response:
    known = status if status in {400, 403, 404, 405, 409, 413, 429, 500, 503} else (400 if status < 500 else 500)
    return make_response(render_template("errors/error.html", status=known, reasons=reasons or []), status)
