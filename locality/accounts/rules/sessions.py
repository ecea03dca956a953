"""The clocks of a session (trust 1.7: shared offices), and a browser's name in plain words. Pure."""

import datetime as dt

IDLE_LIMIT = dt.timedelta(minutes=20)
ABSOLUTE_LIMIT = dt.timedelta(hours=12)
DEVICE_KNOWN_FOR = dt.timedelta(days=90)


def session_ends_at(*, started_at: dt.datetime, seen_at: dt.datetime) -> dt.datetime:
    """When a session ends if nothing more happens in it."""
    return min(seen_at + IDLE_LIMIT, started_at + ABSOLUTE_LIMIT)


_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_words(user_agent: str) -> str:
    """A browser's own description in words that its owner would recognise, such as "Firefox on Windows"."""
    browser = next((word for mark, word in _BROWSERS if mark in user_agent), None)
    system = next((word for mark, word in _SYSTEMS if mark in user_agent), None)
    if browser is None and system is None:
        return "Unknown device"
    return f"{browser or 'A browser'} on {system}" if system else f"{browser}"
