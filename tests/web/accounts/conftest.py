"""A browser whose every request starts afresh, as each does in service: nothing is remembered but cookies."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.support.web import Browse


class FreshBrowse(Browse):
    """Requests share the test's application context, so what the last one left in it is cleared."""

    def _request(self, method: str, path: str, **options: Any) -> TestResponse:
        vars(g).clear()
        return super()._request(method, path, **options)

    def _token(self) -> str:
        vars(g).clear()
        return super()._token()


@pytest.fixture
def browse(app: Flask, session: Session) -> Iterator[FreshBrowse]:
    """A browser with nobody signed in."""
    with app.test_client() as client:
        yield FreshBrowse(client, session)
