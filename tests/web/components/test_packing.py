"""What goes over the wire: files packed, pages not, and a first visit that is small."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FIRST_VISIT = 80 * 1024


class BufferedClient(FlaskClient):
    """Reads each answer to its end and closes it, as a browser does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=True, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return BufferedClient(app, app.response_class)


def test_a_style_sheet_arrives_packed_and_unpacks_to_itself(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/static/app.css", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(answer.data) == (Path(str(app.static_folder)) / "app.css").read_bytes()
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_who_cannot_unpack_gets_it_plain(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/static/app.css")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (Path(str(app.static_folder)) / "app.css").read_bytes()


def test_a_browser_that_has_it_is_told_so_and_a_part_is_sent_plain(client: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    etag = client.get("/static/app.js", headers=packed).headers["ETag"]
    assert client.get("/static/app.js", headers=packed | {"If-None-Match": etag}).status_code == 304
    part = client.get("/static/app.js", headers=packed | {"Range": "bytes=0-9"})
    assert (part.status_code, len(part.data), part.headers.get("Content-Encoding")) == (206, 10, None)


def test_what_is_packed_already_or_tiny_is_left_alone(client: FlaskClient) -> None:
    for name in ("fonts/atkinson-hyperlegible-next-latin.woff2", "icon.svg"):
        assert "Content-Encoding" not in client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"}).headers


def test_a_page_with_a_form_is_not_packed(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert 'name="csrf_token"' in page.text
    assert "Content-Encoding" not in page.headers


def test_a_first_visit_is_small_without_any_proxy(client: FlaskClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    wanted = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    assert len(wanted) >= 4
    sizes = [len(client.get(address, headers={"Accept-Encoding": "gzip"}).data) for address in wanted]
    assert len(page.data) + sum(sizes) <= FIRST_VISIT
