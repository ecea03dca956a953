"""People at browsers while the system is being broken: they send forms, look again and try again, as people would."""

import http.client
import threading
import time
from collections.abc import Mapping

from benchmarks.visitor import Answer, Visitor, hidden_fields

_PATIENCE_S = 150.0
_ANSWER_S = 20.0
_PAUSE_S = 0.5


class GaveUp(Exception):
    """A person tried for minutes and never got an answer."""


class Client:
    """Somebody signed in, who does not let a page that fails keep them from their work."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self.email = email
        self._password = password
        self._visitor = Visitor(port, patience_s=_ANSWER_S)
        self._is_in = False
        self.tries = 0

    def close(self) -> None:
        """Close the browser."""
        self._visitor.close()

    def get(self, path: str) -> Answer:
        """Open a page; the answer is the page, or a refusal that stands. Raises ``GaveUp``."""
        return self._until_answered(path, None)

    def send(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form until the system has answered it; each time the same form, with the token of the moment."""
        return self._until_answered(path, dict(fields))

    def send_once(self, path: str, fields: Mapping[str, str]) -> Answer | None:
        """Send a form and take what comes; None when no answer came."""
        try:
            return self._visitor.post(path, fields)
        except (OSError, http.client.HTTPException):
            self._visitor.close()
            return None

    def _until_answered(self, path: str, fields: dict[str, str] | None) -> Answer:
        limit = time.monotonic() + _PATIENCE_S
        while time.monotonic() < limit:
            self.tries += 1
            try:
                answer = self._try(path, fields)
            except (OSError, http.client.HTTPException):
                self._visitor.close()
                answer = None
            if answer is not None:
                return answer
            time.sleep(_PAUSE_S)
        raise GaveUp(path)

    def _try(self, path: str, fields: dict[str, str] | None) -> Answer | None:
        """One attempt; None when it is worth another."""
        if not self._is_in:
            self._sign_in()
        answer = self._visitor.get(path) if fields is None else self._visitor.post(path, fields)
        if answer.status == http.client.FOUND and answer.location.startswith("/sign-in"):
            self._is_in = False
            return None
        if answer.status == http.client.BAD_REQUEST and fields is not None:
            page = self._visitor.get(path)
            fields["csrf_token"] = hidden_fields(page.body).get("csrf_token", "")
            return None
        return None if answer.status >= http.client.INTERNAL_SERVER_ERROR else answer

    def _sign_in(self) -> None:
        try:
            self._visitor.sign_in(self.email, self._password)
        except RuntimeError:
            raise http.client.HTTPException from None
        self._is_in = True


class Pace:
    """Hands out the numbers from 0 below ``total``, evenly spread over ``seconds``, to any number of threads."""

    def __init__(self, total: int, seconds: float) -> None:
        self._next = 0
        self._total = total
        self._gap = seconds / max(total, 1)
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> int | None:
        """The next number, when its time has come; None after the last."""
        with self._lock:
            number, self._next = self._next, self._next + 1
        if number >= self._total:
            return None
        time.sleep(max(0.0, self._started + number * self._gap - time.monotonic()))
        return number
