"""What a file is shows in its content, never in its name alone: both must say the same.

Nothing of a file is run, unpacked to disk or drawn. Whatever is none of the kinds, locked, broken, carries macros or
would unpack to more than the limit raises Rejected, whose message is a sentence for the person.
"""

import codecs
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings

from cc2h.kit.imports.files import OLD_EXCEL_MAGIC, PDF_MAGIC, UTF8_MARK, UTF16_MARKS, ZIP_MAGIC, Rejected, megabytes

BLOCK = 1 << 20
OFFICE = "application/vnd.openxmlformats-officedocument."
ENTRIES = 5_000  # of a zip
UNPACKED_TO_PACKED = 10  # a document may unpack to so many times the limit of a file
PIXELS, SIDE = 60_000_000, 20_000  # of a picture
PNG_MAGIC, JPEG_MAGIC = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that is taken. content_type: what it is handed out as, whatever a browser said that it was."""

    key: str
    label: str
    extensions: tuple[str, ...]
    content_type: str


FORMATS: Mapping[str, Format] = {
    one.key: one
    for one in (
        Format("pdf", "PDF", ("pdf",), "application/pdf"),
        Format("docx", "Word document", ("docx",), f"{OFFICE}wordprocessingml.document"),
        Format("xlsx", "Excel workbook", ("xlsx",), f"{OFFICE}spreadsheetml.sheet"),
        Format("pptx", "PowerPoint presentation", ("pptx",), f"{OFFICE}presentationml.presentation"),
        Format("csv", "CSV", ("csv",), "text/csv; charset=utf-8"),
        Format("txt", "Plain text", ("txt",), "text/plain; charset=utf-8"),
        Format("png", "PNG picture", ("png",), "image/png"),
        Format("jpeg", "JPEG picture", ("jpg", "jpeg"), "image/jpeg"),
    )
}
TAKEN = "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), CSV, plain text, PNG and JPEG"
OF_EXTENSION = {extension: one for one in FORMATS.values() for extension in one.extensions}


def too_large() -> str:
    """The sentence about a file above the limit."""
    most = megabytes(settings.ATTACHMENT_LIMIT_BYTES)
    return f"The file is larger than {most}, the most that can be attached to a record."


def plain_name(text: str) -> str:
    """A name without folders and without characters that are not seen, or that turn the reading direction round."""
    last = re.split(r"[/\\]", text)[-1]
    seen = "".join(" " if char in "\r\n\t" else char for char in last if _is_seen(char))
    stem, dot, extension = " ".join(unicodedata.normalize("NFC", seen).split()).lstrip(".").rpartition(".")
    return f"{stem[: LONGEST_NAME - len(extension) - 1].rstrip()}{dot}{extension[:20]}"


def _is_seen(char: str) -> bool:
    return char in "\r\n\t" or not unicodedata.category(char).startswith("C")


def examine(data: bytes, name: str) -> Format:
    """What the file is. name: as `plain_name` gives it. Raises Rejected."""
    if not data:
        raise Rejected("The file is empty.")
    found = _found(data, name)
    named = OF_EXTENSION.get(name.rpartition(".")[2].lower() if "." in name else "")
    if named is None:
        raise Rejected(f"The portal takes {TAKEN}. The name of this file ends otherwise.")
    if named is not found:
        raise Rejected(f"The name of the file says “{named.label}”, but its content says “{found.label}”.")
    return found


def _found(data: bytes, name: str) -> Format:
    if data.startswith(PDF_MAGIC):
        return _pdf(data)
    if data.startswith(ZIP_MAGIC):
        return _office(data)
    if data.startswith(PNG_MAGIC):
        return _png(data)
    if data.startswith(JPEG_MAGIC):
        return _jpeg(data)
    if data.startswith(OLD_EXCEL_MAGIC):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Rejected("The document is locked with a password. Save it without one and bring that.")
        raise Rejected(
            "This is an old Office file (.doc, .xls, .ppt). Save it as .docx, .xlsx or .pptx and bring that."
        )
    return _text(data, name)


# PDF ---------------------------------------------------------------------------------------------------


def _name(text: bytes) -> bytes:
    """A pattern of a PDF's name, of which any letter may be written as # and its number."""
    return b"/" + b"".join(b"(?:%c|#%02X|#%02x)" % (char, char, char) for char in text)


LOCKED = re.compile(_name(b"Encrypt") + rb"\b")
ACTS = b"|".join(map(_name, (b"JavaScript", b"Launch", b"EmbeddedFile")))
RUNS = re.compile(rb"(?:%s|%s\b)" % (ACTS, _name(b"JS")))
RUNS_AMONG_ANYTHING = re.compile(ACTS)  # long enough not to stand in a picture by chance, as /JS would
OF_OBJECTS = re.compile(_name(b"ObjStm") + rb"\b")
LONGEST_SOUGHT = 64  # bytes


def _pdf(data: bytes) -> Format:
    if b"%%EOF" not in data[-2048:] or b"startxref" not in data:
        raise Rejected("The PDF is broken: its end is missing.")
    objects, packed = _parted(data)
    if LOCKED.search(objects):
        raise Rejected("The PDF is locked with a password. Save it without one and bring that.")
    # what is called a stream may be a comment that hides objects, so all of it is looked at
    if RUNS.search(objects) or RUNS_AMONG_ANYTHING.search(data) or _runs_packed(packed):
        raise Rejected(
            "The PDF carries a script, a program to start, or other files. Print it to a new PDF and bring that."
        )
    return FORMATS["pdf"]


def _parted(data: bytes) -> tuple[bytes, list[bytes]]:
    """The objects of a PDF without pictures, letters and the like, in which any bytes may stand; and packed objects."""
    kept, packed, at = [], [], 0
    while (start := data.find(b"stream", at)) >= 0 and (end := data.find(b"endstream", start)) >= 0:
        kept.append(data[at:start])
        if OF_OBJECTS.search(kept[-1]):
            packed.append(data[start + len(b"stream") : end])
        at = end + len(b"endstream")
    return b"".join([*kept, data[at:]]), packed


def _runs_packed(packed: list[bytes]) -> bool:
    """Whether any of the packed objects runs something. Raises Rejected for those that can't be looked at."""
    most = settings.ATTACHMENT_LIMIT_BYTES * UNPACKED_TO_PACKED
    for part in packed:
        reader, rest, before = zlib.decompressobj(), part.lstrip(b"\r\n"), b""
        try:
            while rest and not reader.eof:
                found = reader.decompress(rest, BLOCK)
                rest, most = reader.unconsumed_tail, most - len(found)
                if RUNS.search(before + found):
                    return True
                before = found[-LONGEST_SOUGHT:]
                if most < 0:
                    raise zlib.error("too large")
        except zlib.error as problem:
            raise Rejected(
                "The PDF is packed in a way that can’t be looked into. Print it to a new PDF and bring that."
            ) from problem
    return False


# Word, Excel, PowerPoint ---------------------------------------------------------------------------------

MAIN = {  # the part that a document is made of: which kind it then is
    "word/document.xml": ("docx", "wordprocessingml.document.main+xml"),
    "xl/workbook.xml": ("xlsx", "spreadsheetml.sheet.main+xml"),
    "ppt/presentation.xml": ("pptx", "presentationml.presentation.main+xml"),
}
MACROS = re.compile(
    r"(^|/)(vbaproject|vbadata|macrosheets|dialogsheets|activex)|\.(docm|dotm|xlsm|xltm|xlam|pptm|ppam)$"
)
PROGRAMS = re.compile("macroenabled|vbaproject|macrosheet|activex")  # among what is said of the parts' kinds
BROKEN = "The document is broken and can’t be unpacked."


def _office(data: bytes) -> Format:
    most = settings.ATTACHMENT_LIMIT_BYTES * UNPACKED_TO_PACKED
    too_large = Rejected(f"The document unpacks to more than {megabytes(most)} or {ENTRIES:,} parts, the most it may.")
    if data.count(b"PK\x01\x02") > ENTRIES:  # before they are listed
        raise too_large
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if sum(entry.file_size for entry in entries) > most:  # none is read beyond the size it says
                raise too_large
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise Rejected("The document is locked with a password. Save it without one and bring that.")
            if "[Content_Types].xml" not in names or not MAIN.keys() & {*names}:
                raise Rejected("This is a ZIP archive, not a document. Unpack it and bring the files inside.")
            if len({*names}) < len(names) or any(".." in name or name.startswith("/") for name in names):
                raise Rejected(BROKEN)
            said = archive.read("[Content_Types].xml").decode(errors="replace")
            if PROGRAMS.search(said.lower()) or any(MACROS.search(name.lower()) for name in names):
                raise Rejected(
                    "The document carries macros. Save it without them (.docx, .xlsx, .pptx) and bring that."
                )
            for entry in entries:  # to the end, so that each is known to be whole
                with archive.open(entry) as part:
                    while part.read(BLOCK):
                        pass
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as problem:
        raise Rejected(BROKEN) from problem
    found = [key for part, (key, kind) in MAIN.items() if part in names and kind in said]
    if len(found) != 1:
        raise Rejected(BROKEN)
    return FORMATS[found[0]]


# Pictures ------------------------------------------------------------------------------------------------


def _png(data: bytes) -> Format:
    broken = Rejected("The picture is broken.")
    parts = list(_parts_of_png(data, broken))
    if not parts or parts[0][0] != b"IHDR" or parts[-1][0] != b"IEND" or len(parts[0][1]) != 13:
        raise broken
    width, height, depth, colour = struct.unpack(">IIBB", parts[0][1][:10])
    _bounded(width, height)
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour)
    if channels is None or depth not in (1, 2, 4, 8, 16):
        raise broken
    most = height * ((width * channels * depth + 7) // 8 + 1) + 16 * (width + height) * channels  # interlaced ones too
    if not _unpacks(b"".join(part for kind, part in parts if kind == b"IDAT"), most):
        raise broken
    return FORMATS["png"]


def _unpacks(packed: bytes, most: int) -> bool:
    """Whether it unpacks to its end, to at most so many bytes."""
    reader = zlib.decompressobj()
    try:
        while not reader.eof and most >= 0:
            found = reader.decompress(packed, BLOCK)
            packed, most = reader.unconsumed_tail, most - len(found)
            if not found and not packed:
                return False
    except zlib.error:
        return False
    return reader.eof and most >= 0


def _parts_of_png(data: bytes, broken: Rejected) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_MAGIC)
    while at < len(data):
        if len(data) - at < 12:
            raise broken
        size = int.from_bytes(data[at : at + 4])
        part, check = data[at + 4 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        if len(check) < 4 or zlib.crc32(part) != int.from_bytes(check):
            raise broken
        yield part[:4], part[4:]
        at += 12 + size


STARTS_A_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def _jpeg(data: bytes) -> Format:
    broken = Rejected("The picture is broken.")
    at, sized = 2, False
    while True:
        if len(data) - at < 4 or data[at] != 0xFF:
            raise broken
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker in STARTS_A_FRAME and size >= 8:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            _bounded(width, height)
            sized = True
        if marker == 0xDA:  # the picture itself
            break
        if size < 2:
            raise broken
        at += 2 + size
    if not sized or b"\xff\xd9" not in data[at:]:
        raise broken
    return FORMATS["jpeg"]


def _bounded(width: int, height: int) -> None:
    if not width or not height or max(width, height) > SIDE or width * height > PIXELS:
        raise Rejected(f"The picture has {width:,} by {height:,} points; the portal takes up to {PIXELS:,} in all.")


# Text ----------------------------------------------------------------------------------------------------

MARKUP = re.compile(rb"<(!doctype|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE)
UNSEEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _text(data: bytes, name: str) -> Format:
    no_text = Rejected(f"The portal takes {TAKEN}. The content of this file is none of them.")
    if MARKUP.match(data.removeprefix(UTF8_MARK).lstrip()):
        raise Rejected(f"This is a web page or other markup, whatever its name says. The portal takes {TAKEN}.")
    decoder = codecs.getincrementaldecoder("utf-16" if data.startswith(UTF16_MARKS) else "utf-8")()
    try:
        for start in range(0, len(data), BLOCK):
            if UNSEEN.search(decoder.decode(data[start : start + BLOCK], final=start + BLOCK >= len(data))):
                raise no_text
    except UnicodeDecodeError:
        if UNSEEN.search(data[:BLOCK].decode("latin-1")):
            raise no_text from None
        raise Rejected("The text is not UTF-8. Save it as UTF-8 (“CSV UTF-8” in Excel) and bring that.") from None
    return FORMATS["csv" if name.lower().endswith(".csv") else "txt"]
