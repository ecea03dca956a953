"""The one exception of this package: something an operator can put right, said in plain words."""


class CannotRun(Exception):
    """Why nothing was started and what to do about it.

    ``str(error)`` is one line for a terminal: the reason, then the cure. Whoever catches it prints
    that line and leaves with a non-zero status; there is never a traceback.
    """

    def __init__(self, reason: str, *, cure: str) -> None:
        super().__init__(f"{reason} {cure}")
        self.reason = reason
        self.cure = cure
