"""Error pages: what happened, that nothing was lost, and who can help."""

import logging

from flask import Flask, Response, make_response, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from locality.audit import log as audit
from locality.kernel.db import db
from locality.kernel.errors import Conflict, DomainError, NotAllowed, NotFound

_STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409}
_log = logging.getLogger("locality.web")


def install(app: Flask) -> None:
    """Give every kind of failure its page; none shows what went wrong inside."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        return _page(error.code or 500)

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> Response:
        return _page(400)

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        _clean_up()
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
        return _page(status, [reason.message for reason in error.reasons])

    @app.errorhandler(OperationalError)
    def no_database(_error: OperationalError) -> Response:
        _log.error("the database did not answer")
        _clean_up()
        return _page(503)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        # The text of an exception can hold what somebody typed: only its kind goes to the log.
        _log.error("unhandled %s", type(error).__name__, exc_info=app.debug or app.testing)
        _clean_up()
        return _page(500)


def _clean_up() -> None:
    session = db.session()
    session.rollback()
    audit.forget(session)


def _page(status: int, reasons: list[str] | None = None) -> Response:
    known = status if status in {400, 403, 404, 405, 409, 413, 429, 500, 503} else (400 if status < 500 else 500)
    return make_response(render_template("errors/error.html", status=known, reasons=reasons or []), status)
