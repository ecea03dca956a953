"""Style sheets, scripts and pictures are sent packed to browsers that unpack them; pages are not.

A page holds the token that guards its forms beside words that come from outside. Packed together, its length would say
letter by letter what the token is (BREACH). Files are the same for everybody and hold no secret.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

_PACKED = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
_SMALLEST = 1024  # bytes; below it packing gains nothing


def install(app: Flask) -> None:
    """Pack an application's static files on their way out; each is packed once for each process."""
    folder = Path(app.static_folder or "")

    @app.after_request
    def pack(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in _PACKED:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code != 200 or request.accept_encodings.best_match(["gzip"]) is None:
            return response
        name = str((request.view_args or {})["filename"])
        packed = _packed(folder / name, response.last_modified.timestamp() if response.last_modified else 0.0)
        if packed is not None:
            response.close()  # the file itself, which nobody will read now
            response.direct_passthrough = False
            response.set_data(packed)
            response.content_encoding = "gzip"
            response.set_etag(response.get_etag()[0] or "", weak=True)  # the same file in other bytes
        return response


@lru_cache(maxsize=64)
def _packed(path: Path, _changed_at: float) -> bytes | None:
    plain = path.read_bytes()
    return gzip.compress(plain, 9) if len(plain) >= _SMALLEST else None
