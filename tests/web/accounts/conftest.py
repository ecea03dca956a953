"""A browser whose every request starts afresh, as each does in service: nothing is remembered but cookies and rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.web import Browse


class FreshBrowse(Browse):
    """Requests share the test's application context and session: what the last one left in the first is cleared.

    What the test arranged is committed (within its outer transaction), so that a refusal's rollback does not undo it.
    """

    def _request(self, method: str, path: str, **options: Any) -> TestResponse:
        vars(g).clear()
        self._session.commit()
        return super()._request(method, path, **options)

    def _token(self) -> str:
        vars(g).clear()
        return super()._token()


@pytest.fixture
def browse(app: Flask, session: Session) -> Iterator[FreshBrowse]:
    """A browser with nobody signed in."""
    with app.test_client() as client:
        yield FreshBrowse(client, session)
