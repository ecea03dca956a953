"""What the script that saves while somebody types is told."""

from typing import Any

from flask import Response, jsonify


def seen_version(header: str) -> int | None:
    """The version that the page has, from ``If-Match``; None when it says none."""
    text = header.strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def as_json(values: dict[str, Any], status: int) -> Response:
    """An answer to the script."""
    answer = jsonify(values)
    answer.status_code = status
    return answer
