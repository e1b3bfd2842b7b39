"""A screenshot as a small picture: its commonest colours only, in a palette, which is all that a page has."""

import base64
import struct
import zlib

from playwright.sync_api import Page

COLOURS = 56
# Each dot as its place in a palette of the commonest colours, colours alike counted as one.
PALETTE = """async ([picture, most]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const { width, height } = image, paper = new OffscreenCanvas(width, height).getContext("2d");
  paper.drawImage(image, 0, 0);
  const dots = new Uint32Array(paper.getImageData(0, 0, width, height).data.buffer), alike = new Map();
  for (const dot of dots) {
    const one = alike.get(dot & 0xf8f8f8) ?? new Map();
    alike.set(dot & 0xf8f8f8, one.set(dot, (one.get(dot) ?? 0) + 1));
  }
  const parts = (dot) => [dot & 255, (dot >> 8) & 255, (dot >> 16) & 255];
  const times = (one) => [...one.values()].reduce((a, b) => a + b);
  const common = [...alike.values()].sort((a, b) => times(b) - times(a)).slice(0, most);
  const palette = common.map((one) => parts([...one].reduce((a, b) => (b[1] > a[1] ? b : a))[0]));
  const places = new Map();
  const nearest = (dot) => {
    const [r, g, b] = parts(dot);
    const far = palette.map(([x, y, z]) => (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2);
    places.set(dot, far.indexOf(Math.min(...far)));
    return places.get(dot);
  };
  let text = "";
  for (const dot of dots) text += String.fromCharCode(places.get(dot) ?? nearest(dot));
  return [width, height, palette, btoa(text)];
}"""


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def small(picture: bytes, bare: Page) -> bytes:
    """A PNG as one of at most COLOURS colours. `bare`: an empty page, whose canvas reads the picture."""
    width, height, palette, dots = bare.evaluate(PALETTE, [base64.b64encode(picture).decode(), COLOURS])
    rows = base64.b64decode(dots)
    lines = b"".join(b"\0" + rows[start : start + width] for start in range(0, width * height, width))
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(value for colour in palette for value in colour)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        ]
    )
