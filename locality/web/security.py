"""Headers on every answer, and limits on every request."""

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from locality.kernel.settings import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "media-src 'self'", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        "object-src 'none'", "manifest-src 'self'",
    )
)  # fmt: skip
MOST_BYTES = 4 * 1024 * 1024


def install(app: Flask, settings: Settings) -> None:
    """Set the headers and limits of an application."""
    app.config.update(
        SESSION_COOKIE_NAME="locality_visitor",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,  # the session's own clocks end it
        WTF_CSRF_SSL_STRICT=settings.https,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        # Our own forms say where they come from, which is asked over https; another site is told nothing.
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        if settings.https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        return response
