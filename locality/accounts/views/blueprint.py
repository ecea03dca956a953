"""One blueprint for all pages of the room, and what must come first for somebody with a first password."""

from flask import Blueprint, Response, redirect, request, session, url_for

blueprint = Blueprint("accounts", __name__)

PASSWORD_CHANGE_DUE = "password_change_due"  # noqa: S105 - a key, not a secret
_ALLOWED = frozenset({"accounts.change_password", "accounts.sign_out", "accounts.stay", "static"})


@blueprint.before_app_request
def ask_for_own_password_first() -> Response | None:
    """Lead somebody whose password an administrator has seen to the page where they choose their own.

    Until then no role counts (``queries.sessions``); this only saves them from wondering why.
    """
    if request.endpoint is None or request.endpoint in _ALLOWED or PASSWORD_CHANGE_DUE not in session:
        return None
    answer: Response = redirect(url_for("accounts.change_password"))  # type: ignore[assignment]
    return answer
