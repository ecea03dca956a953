"""The ``browse`` client: drives pages as a person does and checks every page that it is given."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from locality.kernel.actor import SYSTEM
from locality.kernel.db import bind_actor
from locality.web.session import COOKIE
from tests.support.page_checks import check_page
from tests.support.pages import Page

if TYPE_CHECKING:
    from locality.accounts.models import Account

_RAW_TOKEN = "0" * 40
_LONG = 10_000
_NOT_COUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config", "BEGIN", "COMMIT")


class Browse:
    """A browser without a screen, for one person at a time."""

    def __init__(self, client: FlaskClient, session: Session) -> None:
        self._client = client
        self._session = session
        self._cookie = ""  # of whoever ``sign_in`` signed in last

    def sign_in(self, account: "Account") -> None:
        """Be this person from now on."""
        from tests.factories.accounts import a_session_token

        self._session.flush()
        # As if forms had been shown before, so that no page is charged for storing the session's token.
        self._cookie = a_session_token(self._session, account, csrf_token=_RAW_TOKEN)
        self._client.set_cookie(COOKIE, self._cookie)

    def sign_out(self) -> None:
        """Be a visitor."""
        self._client.delete_cookie(COOKIE)

    def get(self, path: str, *, status: int = 200, most_queries: int | None = None) -> Page:
        """Open a page; ``most_queries`` limits its SQL statements (transactions and the actor's setting apart)."""
        with self._counted(most_queries):
            response = self._request("GET", path)
        return self._read(response, path, status)

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, status: int = 302, token: bool = True) -> Page:
        """Send a form: its fields and this session's token. Redirects are not followed (``page.location``)."""
        fields = dict(data or {})
        if token:
            fields.setdefault("csrf_token", self._token())
        return self._read(self._request("POST", path, data=fields), path, status)

    def send(self, page: Page, data: Mapping[str, Any] | None = None, *, form: int = 0, status: int = 302) -> Page:
        """Fill in a form of a page (what is not named keeps its value) and send it to where the form says."""
        fields = {**page.form(form), **(data or {})}
        return self._read(self._request("POST", page.action(form), data=fields), page.action(form), status)

    def follow(self, page: Page, *, status: int = 200) -> Page:
        """Open the page that an answer redirects to."""
        assert page.location, "this answer redirects nowhere"
        return self.get(page.location, status=status)

    def raw(self, method: str, path: str, **options: Any) -> TestResponse:
        """A request without any checking: for headers, JSON and attacks."""
        return self._request(method, path, **options)

    def _request(self, method: str, path: str, **options: Any) -> TestResponse:
        # A request shares the test's application context: what the last one remembered there is cleared, and what the
        # test arranged is committed (within its outer transaction), so that a refusal's rollback does not undo it.
        vars(g).clear()
        self._session.commit()
        if _is_slow_to_send(options.get("data")):
            options.setdefault("content_type", "multipart/form-data")
        try:
            answer = self._client.open(path, method=method, **options)
            answer.request.environ["wsgi.input"].close()  # the test client keeps a large body in a file
            return answer
        finally:
            bind_actor(self._session, SYSTEM)

    def _token(self) -> str:
        raw = _RAW_TOKEN
        held = self._client.get_cookie(COOKIE)
        if held is None or held.value != self._cookie:
            vars(g).clear()
            with self._client.session_transaction() as kept:
                raw = kept.setdefault("csrf_token", raw)
        # What flask-wtf itself puts into forms: the session's token, signed.
        signer = URLSafeTimedSerializer(self._client.application.secret_key or "", salt="wtf-csrf-token")
        return str(signer.dumps(raw))

    def _read(self, response: TestResponse, path: str, status: int) -> Page:
        text = response.get_data(as_text=True)
        assert response.status_code == status, f"{path}: {response.status_code}, not {status}\n{text[:3000]}"
        page = Page(text, location=response.headers.get("Location"))
        if response.mimetype == "text/html" and not 300 <= status < 400:
            check_page(page, status)
        return page

    @contextmanager
    def _counted(self, most: int | None) -> Iterator[None]:
        said: list[str] = []

        def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(_NOT_COUNTED):
                said.append(statement)

        engine = self._session.connection().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert most is None or len(said) <= most, f"{len(said)} statements, at most {most}:\n" + "\n".join(said)


def _is_slow_to_send(data: object) -> bool:
    """Whether a form holds a long text that a form without files would send, and the server read, by the byte.

    As a form with files it is read the same, a hundred times sooner.
    """
    texts = data.values() if isinstance(data, Mapping) else ()
    return any(isinstance(text, str) and len(text) > _LONG and not text.isascii() for text in texts)


@pytest.fixture
def browse(app: Flask, session: Session) -> Iterator[Browse]:
    """A browser with nobody signed in."""
    with app.test_client() as client:
        yield Browse(client, session)
