"""The audit trail's codes in words. Pure."""

_PAGE = "page."
_KNOWN = {
    "account.created": "Created an account",
    "account.disabled": "Disabled an account",
    "account.enabled": "Opened a disabled account again",
    "account.first_password_issued": "Issued a first password",
    "account.other_sessions_ended": "Signed out everywhere else",
    "account.password_changed": "Changed their password",
    "account.role_ended": "Ended a role",
    "account.role_given": "Gave a role",
    "account.session_ended": "Signed out of another device",
    "account.sign_in_put_off": "Sign-in refused: too many attempts",
    "account.sign_in_refused": "Sign-in refused",
    "account.signed_in": "Signed in",
    "account.signed_out": "Signed out",
    "audit.searched": "Looked at the audit trail",
    "audit.verified": "Checked the audit chain",
    "operations.handed_over": "Handed over failed work",
    "operations.retried": "Tried failed work again",
}
_OUTCOMES = {"done": "Done", "shown": "Shown", "refused": "Refused"}


def action_words(action: str) -> str:
    """What somebody did, for people: "Gave a role", "Opened people: person", "Referral accepted"."""
    known = _KNOWN.get(action)
    if known is not None:
        return known
    if action.startswith(_PAGE):
        return f"Opened {_plain(action.removeprefix(_PAGE), ': ')}"
    plain = _plain(action, " ")
    return plain[:1].upper() + plain[1:]


def outcome_words(outcome: str) -> str:
    """Done, shown or refused."""
    return _OUTCOMES.get(outcome, _plain(outcome, " ").capitalize())


def part_words(part: str | None) -> str:
    """The part of a record that a page showed, for people."""
    return "" if part is None else _plain(part, " ").capitalize()


def _plain(code: str, between: str) -> str:
    return code.replace(".", between).replace("_", " ").replace("-", " ").replace("caf:", "CAF:")
