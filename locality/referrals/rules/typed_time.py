"""Reading a time of day as people in Britain type it."""

import datetime as dt
import re

_TIME = re.compile(r"^(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap])?\.?m?\.?$", re.IGNORECASE | re.ASCII)


def read_time(typed: str) -> dt.time | None:
    """The time meant by "9:30am", "4.15 pm", "16:15", "1615" or "9"; None for anything else."""
    match = _TIME.match(typed.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None
