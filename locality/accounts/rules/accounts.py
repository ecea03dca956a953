"""What may be done to an account. Pure."""

from locality.kernel.errors import Reason


def reasons_not_to_disable(*, is_own: bool, is_active: bool, is_last_administrator: bool) -> tuple[Reason, ...]:
    """Why an account may not be disabled."""
    if is_own:
        return (Reason(None, "You cannot disable your own account. Ask another administrator"),)
    if not is_active:
        return (Reason(None, "This account is already disabled"),)
    if is_last_administrator:
        return (Reason(None, "There must always be one administrator"),)
    return ()


def reasons_not_to_reset_password(*, is_own: bool, is_active: bool) -> tuple[Reason, ...]:
    """Why an administrator may not issue a new first password for an account."""
    if is_own:
        return (Reason(None, "Change your own password on your account page"),)
    if not is_active:
        return (Reason(None, "This account is disabled. Nobody can sign in to it"),)
    return ()
