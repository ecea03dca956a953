"""Makes pictures of pages light enough for a repository: 256 colours are plenty for text on flat ground."""

import base64
import struct
import zlib

from playwright.sync_api import Browser

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS_OF_PALETTE = (8, 3, 0, 0, 0)
# The colours that are used most become the palette; each other colour becomes the nearest of them.
_COUNT_COLOURS = """
async (png) => {
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob())
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d')
  context.drawImage(bitmap, 0, 0)
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer)
  const counts = new Map()
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1)
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map((entry) => entry[0])
  const part = (colour, shift) => (colour >> shift) & 255
  const distance = (a, b) => [0, 8, 16].reduce((sum, shift) => sum + (part(a, shift) - part(b, shift)) ** 2, 0)
  const places = new Map(palette.map((colour, place) => [colour, place]))
  const nearest = (colour) => {
    let best = 0
    for (let place = 1; place < palette.length; place++) {
      if (distance(colour, palette[place]) < distance(colour, palette[best])) best = place
    }
    return best
  }
  for (const colour of counts.keys()) if (!places.has(colour)) places.set(colour, nearest(colour))
  let indexes = ''
  for (const pixel of pixels) indexes += String.fromCharCode(places.get(pixel))
  const colours = palette.flatMap((colour) => [0, 8, 16].map((shift) => part(colour, shift)))
  return { width, height, colours, indexes: btoa(indexes) }
}
"""


def lighter(browser: Browser, png: bytes) -> bytes:
    """The same picture with at most 256 colours."""
    page = browser.new_page()
    try:
        found = page.evaluate(_COUNT_COLOURS, base64.b64encode(png).decode("ascii"))
    finally:
        page.close()
    width, height = found["width"], found["height"]
    indexes = base64.b64decode(found["indexes"])
    lines = b"".join(b"\x00" + indexes[line * width : (line + 1) * width] for line in range(height))
    return _SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">2I5B", width, height, *_EIGHT_BITS_OF_PALETTE)),
            _chunk(b"PLTE", bytes(found["colours"])),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
