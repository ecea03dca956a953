"""Over https a form says where it comes from: ours are taken as a browser sends them, another site's are not."""

import pytest
from flask import Flask

from tests.support.web import Browse

HERE = "https://locality.example"


@pytest.fixture
def over_https(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an application with ``LOCALITY_HTTPS`` set."""
    monkeypatch.setitem(app.config, "WTF_CSRF_SSL_STRICT", True)


def _sent_by(policy: str, page: str) -> dict[str, str]:
    """What a browser adds to a form that is sent to ``HERE`` from a page with this referrer policy."""
    kept = policy == "same-origin" and page.startswith(HERE)
    return {"Referer": page} if kept else {}


@pytest.mark.usefixtures("over_https")
@pytest.mark.parametrize(("page", "status"), [(f"{HERE}/sign-in", 422), ("https://elsewhere.example/form", 400)])
def test_a_form_is_taken_from_our_own_pages_only(browse: Browse, page: str, status: int) -> None:
    opened = browse.raw("GET", "/sign-in", base_url=HERE)
    token = opened.text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    sent = browse.raw(
        "POST",
        "/sign-in",
        base_url=HERE,
        data={"email": "nobody@demo.locality.example", "password": "not this one", "csrf_token": token},
        headers=_sent_by(opened.headers["Referrer-Policy"], page),
    )
    assert sent.status_code == status, sent.text[:500]
