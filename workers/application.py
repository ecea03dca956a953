"""The Flask application that a worker's process works in, made once for each process."""

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


def forget_inherited() -> None:
    """In a process just forked: leave the parent's connections to the parent, and make an application of one's own."""
    for app in _open:
        with app.app_context():
            db.engine.dispose(close=False)
    _open.clear()


def close() -> None:
    """Give the database connections back."""
    for app in _open:
        with app.app_context():
            db.engine.dispose()
    _open.clear()
