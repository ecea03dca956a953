"""A person at a browser, as a keep-alive HTTP client that times what it does."""

import http.client
import re
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

_FIELD = re.compile(r"<(?:input|textarea)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'(\w[\w-]*)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took from the first byte sent to the last received (seconds)."""

    status: int
    body: str
    location: str
    seconds: float


class Visitor:
    """One connection with its cookies; an answer that takes longer than ``patience_s`` counts as none."""

    def __init__(self, port: int, *, patience_s: float = 60) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience_s)
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._send("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._send("POST", path, urllib.parse.urlencode(fields))

    def sign_in(self, email: str, password: str) -> None:
        """Sign in as somebody of the demonstration."""
        page = self.get("/sign-in")
        fields = hidden_fields(page.body) | {"email": email, "password": password}
        answer = self.post("/sign-in", fields)
        if answer.status != 302:
            msg = f"{email} could not sign in: {answer.status}"
            raise RuntimeError(msg)

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())} if self._cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            response, content, seconds = self._exchange(method, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The server had closed the idle connection: a new one is opened and the request sent again.
            self._connection.close()
            response, content, seconds = self._exchange(method, path, body, headers)
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.split(";", 1)[0].partition("=")
            self._cookies[name] = value
        text = content.decode("utf-8", errors="replace")
        return Answer(response.status, text, response.headers.get("Location", ""), seconds)

    def _exchange(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes, float]:
        started = time.perf_counter()
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        return response, content, time.perf_counter() - started


def hidden_fields(body: str) -> dict[str, str]:
    """Hidden fields of a page's forms (the search box has none)."""
    tags = [dict(_ATTRIBUTE.findall(tag)) for tag in _FIELD.findall(body)]
    return {tag["name"]: tag.get("value", "") for tag in tags if tag.get("type") == "hidden" and "name" in tag}
