"""Serving what a child drew or recorded: as what we found it to be, for the page alone, never as a page of its own."""

import io

from flask import Response, send_file

from locality.caf.queries.voices import FileContent
from locality.caf.rules.drawings import as_svg, read_strokes
from locality.caf.rules.voice_files import ENDINGS

# A picture that is opened by itself runs nothing, loads nothing and is nobody's page.
_ALONE = "default-src 'none'; sandbox"


def serve(found: FileContent) -> Response:
    """The file as an answer; recordings can be asked for in pieces, which some browsers insist on."""
    name = f"{found.kind.value}.{ENDINGS.get(found.media_type, 'bin')}"
    content = found.content
    if content is None:
        content = as_svg(read_strokes(found.strokes or []), title="A drawing").encode()
    answer = send_file(io.BytesIO(content), mimetype=found.media_type, as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = _ALONE
    return answer
