"""The Flask application that a worker's process works in, made once."""

from flask import Flask

from locality.app import create_app
from locality.kernel.db import db
from locality.kernel.settings import Settings

_open: list[Flask] = []


def open_once(settings: Settings | None = None) -> Flask:
    """The application of this process."""
    if not _open:
        _open.append(create_app(settings))
    return _open[0]


def close() -> None:
    """Give the database connections back."""
    for app in _open:
        with app.app_context():
            db.engine.dispose()
    _open.clear()
