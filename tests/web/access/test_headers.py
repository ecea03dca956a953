"""The headers of an ordinary page: nothing runs, and nothing is loaded, but what the product itself serves."""

import pytest

from tests.support.web import Browse

STRICT = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:",
    "font-src": "'self'", "media-src": "'self'", "connect-src": "'self'", "form-action": "'self'",
    "frame-ancestors": "'none'", "base-uri": "'none'", "object-src": "'none'", "manifest-src": "'self'",
}  # fmt: skip


def _loosened(policy: str) -> set[str]:
    """The directives that are not as strict as they must be, or not there."""
    said = dict(directive.strip().partition(" ")[::2] for directive in policy.split(";"))
    return {name for name in {*STRICT, *said} if said.get(name) != STRICT.get(name)}


@pytest.mark.parametrize("path", ["/sign-in", "/ask-for-help", "/nowhere"])
def test_a_page_has_the_strict_content_security_policy(browse: Browse, path: str) -> None:
    assert _loosened(browse.raw("GET", path).headers["Content-Security-Policy"]) == set()


def test_a_looser_policy_is_found() -> None:
    strict = "; ".join(f"{name} {sources}" for name, sources in STRICT.items())
    assert _loosened(strict) == set()
    assert _loosened(strict.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")) == {"script-src"}
    assert _loosened(strict.replace("object-src 'none'; ", "")) == {"object-src"}
    assert _loosened(f"{strict}; worker-src *") == {"worker-src"}
