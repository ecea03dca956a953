"""Which pictures and recordings a child's voice may hold, known by their first bytes and never by their names.

Pictures lose what a camera adds (the place, the owner, a preview): a photo of a drawing must not say where the family
lives. Pure.
"""

import enum
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from locality.kernel.errors import Reason

MOST_BYTES = 3 * 1024 * 1024
MOST_MEGABYTES = MOST_BYTES // (1024 * 1024)
MOST_PIXELS = 40_000_000  # a photo of a good telephone; more would only fill a reader's memory
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"pHYs"})
_JPEG_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_NOTES = frozenset({0xFE, *range(0xE1, 0xEE), 0xEF})  # comments, EXIF, maker's notes; not JFIF (E0) and Adobe (EE)
_JPEG_NEXT = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")
_MPEG_AUDIO = frozenset({b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9"})


class FileKind(enum.StrEnum):
    """What a child made: drawn on the page, a picture sent in, or a recording."""

    DRAWING = "drawing"
    PICTURE = "picture"
    SOUND = "sound"


DRAWING_TYPE = "image/svg+xml"
ENDINGS = {
    DRAWING_TYPE: "svg", "image/png": "png", "image/jpeg": "jpg", "audio/webm": "webm", "audio/ogg": "ogg",
    "audio/mp4": "m4a", "audio/mpeg": "mp3", "audio/wav": "wav",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that may be kept: its kind, its type as we found it, and its bytes without a camera's notes."""

    kind: FileKind
    media_type: str
    content: bytes


class Unreadable(ValueError):
    """The bytes begin like a picture and are none."""


def looked_at(content: bytes, *, wanted: FileKind, field: str) -> Sent | tuple[Reason, ...]:
    """The file as it may be kept, or why it may not be; ``field`` is where the reason belongs."""
    if not content:
        return (Reason(field, "The file is empty. Choose another"),)
    if len(content) > MOST_BYTES:
        return (Reason(field, f"The file must be smaller than {MOST_MEGABYTES} MB"),)
    if wanted is FileKind.SOUND:
        found = sound_type(content)
        if found is None:
            return (Reason(field, "Choose a recording: WebM, Ogg, M4A, MP3 or WAV"),)
        return Sent(FileKind.SOUND, found, content)
    try:
        media_type, tidy = _picture(content)
    except Unreadable:
        return (Reason(field, "Choose a picture: PNG or JPEG"),)
    return Sent(FileKind.PICTURE, media_type, tidy)


def sound_type(content: bytes) -> str | None:
    """The type of a recording; None for what is none that browsers record or play."""
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm"
    if content.startswith(b"OggS"):
        return "audio/ogg"
    if content[4:8] == b"ftyp":
        return "audio/mp4"
    if content.startswith(b"ID3") or content[:2] in _MPEG_AUDIO:
        return "audio/mpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    return None


def _picture(content: bytes) -> tuple[str, bytes]:
    if content.startswith(_PNG):
        return "image/png", _bare_png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", _bare_jpeg(content)
    raise Unreadable


def _bare_png(content: bytes) -> bytes:
    kept = [_PNG]
    for name, whole, data in _png_chunks(content):
        if name == b"IHDR":
            if len(kept) > 1:
                raise Unreadable  # a second size would stand against the first
            _refuse_size(*struct.unpack(">II", data[:8]))
        if name in _PNG_KEPT:
            kept.append(whole)
        if name == b"IEND":
            if len(kept) < 4:
                raise Unreadable
            return b"".join(kept)
    raise Unreadable


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at, first = len(_PNG), True
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content) or (first and (name != b"IHDR" or length != 13)):
            raise Unreadable
        yield name, content[at:end], content[at + 8 : at + 8 + length]
        at, first = end, False


def _bare_jpeg(content: bytes) -> bytes:
    """Everything but notes up to the end of the picture; nothing after it.

    Telephones put a second picture or a short film behind the first, with notes of their own.
    """
    kept, at, measured, drawn = [b"\xff\xd8"], 2, False, False
    while at + 2 <= len(content):
        if content[at] != 0xFF:
            raise Unreadable
        marker = content[at + 1]
        if marker == 0xFF or marker in _JPEG_BARE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _JPEG_END and drawn:
            return b"".join(kept) + content[at : at + 2]
        end = _end_of_segment(content, at)
        if marker in _JPEG_FRAMES:
            measured = _measure_jpeg(content[at:end])
        if marker == _JPEG_SCAN:
            end, drawn = _end_of_lines(content, end), measured
        if marker not in _JPEG_NOTES:
            kept.append(content[at:end])
        at = end
    raise Unreadable


def _end_of_segment(content: bytes, at: int) -> int:
    """Where a marker ends with what belongs to it."""
    length = int.from_bytes(content[at + 2 : at + 4])
    end = at + 2 + length
    if length < 2 or end > len(content):
        raise Unreadable
    return end


def _end_of_lines(content: bytes, at: int) -> int:
    """Where the lines of a picture end: at the next marker."""
    found = _JPEG_NEXT.search(content, at)
    if found is None:
        raise Unreadable
    return found.start()


def _measure_jpeg(segment: bytes) -> bool:
    if len(segment) < 9:
        raise Unreadable
    _refuse_size(*struct.unpack_from(">HH", segment, 5))
    return True


def _refuse_size(one: int, other: int) -> None:
    if not 0 < one * other <= MOST_PIXELS:
        raise Unreadable
