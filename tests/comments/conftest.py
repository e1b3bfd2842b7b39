"""The ground of the tests of actions, and small files of each kind, made up by code."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.delivery.conftest import elsewhere, ground

__all__ = ["elsewhere", "ground"]

PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    b"3 0 obj\n<</Length 9>>\nstream\n/JS /Lau \nendstream\nendobj\n"
    b"trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
)
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}


def office(kind: str = "docx", more: Mapping[str, bytes] | None = None, said: str = "") -> bytes:
    """A document of the kind, with more parts; `said`: what its list of parts says besides."""
    part, content = MAIN[kind]
    types = f"application/vnd.openxmlformats-officedocument.{content}.main+xml {said}".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"[Content_Types].xml": types, part: b"<w/>", **(more or {})}.items():
            archive.writestr(name, data)
    return packed.getvalue()


def png(width: int = 2, height: int = 2, rows: bytes | None = None) -> bytes:
    """A grey picture; `rows` instead of those that it says it has."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = bytes(height * (width + 1)) if rows is None else rows
    header = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """The parts that a JPEG has, around nothing."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04\x00\x00" + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x00\xff\xd9"


def upload(
    data: bytes = b"What was agreed.\n", name: str = "notes.txt", title: str = "Notes", **more: Any
) -> dict[str, Any]:
    """What a browser sends with the form of a file."""
    return {"title": title, "file": SimpleUploadedFile(name, data, "text/html"), **more}
