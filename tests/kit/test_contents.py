"""What is taken for a file of which kind, and what is refused, with which sentence."""

import gzip
import time
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from cc2h.kit.contents import examine, plain_name
from cc2h.kit.imports.files import Rejected
from tests.comments.conftest import PDF, jpeg, office, png

HTML = b"<!DOCTYPE html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", PDF, "pdf"),  # in whose streams any bytes may stand
        ("a.PDF", PDF, "pdf"),
        ("a.html.pdf", PDF, "pdf"),
        ("a.docx", office("docx"), "docx"),
        ("a.xlsx", office("xlsx"), "xlsx"),
        ("a.pptx", office("pptx", {"ppt/embeddings/Microsoft_Excel_Sheet.xlsx": office("xlsx")}), "pptx"),
        ("a.csv", b"code,name\nZ99001,A\n", "csv"),
        ("a.csv", "\ufeffcode,größe\n".encode(), "csv"),
        ("a.txt", "code\n".encode("utf-16"), "txt"),
        ("a.txt", b"1 < 2 <b>", "txt"),
        ("a.png", png(), "png"),
        ("a.jpg", jpeg(), "jpeg"),
        ("a.jpeg", jpeg(), "jpeg"),
    ],
)
def test_a_file_of_each_kind_is_taken(name: str, data: bytes, kind: str) -> None:
    assert examine(data, name).key == kind


RUNS = b"<</OpenAction<</S/JavaScript/JS(app.alert)>>>>"


def in_pdf(more: bytes) -> bytes:
    return PDF.replace(b"trailer", more + b"trailer")


def of_objects(objects: bytes, how: bytes = b"/Filter/FlateDecode") -> bytes:
    """A PDF with objects packed as programs have written them since PDF 1.5."""
    data = zlib.compress(objects)
    return in_pdf(b"4 0 obj\n<</Type/ObjStm/N 1/First 4%s>>\nstream\n%s\nendstream\nendobj\n" % (how, data))


def test_a_pdf_whose_objects_are_packed_is_taken() -> None:
    assert examine(of_objects(b"5 0 <</Type/Page>>"), "a.pdf").key == "pdf"


def packed_too_often() -> bytes:
    return office(more={f"word/part{n}.xml": bytes(1 << 20) for n in range(12)})


def of_many_parts() -> bytes:
    return office(more={f"word/{n}": b"" for n in range(5_001)})


def said_smaller() -> bytes:
    """A part that unpacks to more than the list of parts says."""
    data = office(more={"word/big.xml": bytes(1 << 22)})
    return data.replace((1 << 22).to_bytes(4, "little"), (9).to_bytes(4, "little"))


def twice() -> bytes:
    packed = BytesIO(office())
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<other/>")
    return packed.getvalue()


def locked() -> bytes:
    data = bytearray(office())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(mark, start)) >= 0:
            data[start + at] |= 1
            start += 4
    return bytes(data)


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("a.pdf", lambda: b"", "empty"),
        ("a.pdf", lambda: HTML, "web page"),
        ("a.txt", lambda: b"\xef\xbb\xbf \n<svg onload=alert(1)>", "web page"),
        ("a.html", lambda: b"Hello", "ends otherwise"),
        ("a.pdf.exe", lambda: PDF, "ends otherwise"),
        ("a.svg", lambda: HTML, "web page"),
        ("pdf", lambda: PDF, "ends otherwise"),
        ("a.pdf", lambda: b"Hello", "says “PDF”, but its content says “Plain text”"),
        ("a.docx", lambda: office("xlsx"), "but its content says “Excel workbook”"),
        ("a.png", lambda: jpeg(), "but its content says “JPEG picture”"),
        ("a.txt", lambda: b"MZ\x90\x00\x03", "none of them"),
        ("a.txt", lambda: b"caf\xe9", "not UTF-8"),
        ("a.txt", lambda: b"a\x1b[2Jb", "none of them"),
        ("a.txt", lambda: gzip.compress(b"Hello"), "none of them"),
        ("a.pdf", lambda: PDF[:-8], "end is missing"),
        ("a.pdf", lambda: PDF.replace(b"/Root", b"/Encrypt 4 0 R/Root"), "password"),
        ("a.pdf", lambda: PDF.replace(b"/Pages 2", b"/OpenAction<</JS(app.alert)>>/Pages 2"), "script"),
        ("a.pdf", lambda: PDF.replace(b"/Pages 2", b"/OpenAction<</S/Launch>>/Pages 2"), "program"),
        ("a.pdf", lambda: of_objects(b"5 0 " + RUNS), "script"),
        ("a.pdf", lambda: of_objects(bytes((1 << 20) - 30) + RUNS), "script"),
        ("a.pdf", lambda: of_objects(b"5 0 " + RUNS).replace(b"x\x9c", b"??"), "looked into"),
        ("a.pdf", lambda: of_objects(bytes(11 << 20)), "looked into"),
        ("a.pdf", lambda: in_pdf(RUNS.replace(b"JavaScript/JS", b"J#61vaScript/J#53")), "script"),
        ("a.pdf", lambda: in_pdf(b"%stream\n" + RUNS + b"\n%endstream\n"), "script"),
        ("a.docx", lambda: office(more={"word/vbaProject.bin": b"x"}), "macros"),
        ("a.docx", lambda: office(said="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        ("a.docm", lambda: office(more={"word/VBAPROJECT.BIN": b"x"}), "macros"),
        ("a.xlsx", lambda: office("xlsx", {"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
        ("a.xlsx", lambda: office("xlsx", {"xl/embeddings/book.xlsm": b"x"}), "macros"),
        ("a.docx", lambda: office(more={"word/activeX/activeX1.bin": b"x"}), "macros"),
        ("a.docx", lambda: office(more={"../../etc/cron.d/x": b"x"}), "broken"),
        ("a.docx", twice, "broken"),
        ("a.docx", said_smaller, "broken"),
        ("a.docx", lambda: office()[:-30], "broken"),
        ("a.docx", lambda: office("xlsx").replace(b"xl/workbook.xml", b"XL/workbook.xml"), "ZIP archive"),
        ("a.docx", locked, "password"),
        ("a.docx", packed_too_often, "unpacks to more than"),
        ("a.docx", of_many_parts, "unpacks to more than"),
        ("a.docx", lambda: OLD + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.doc", lambda: OLD, "old Office file"),
        ("a.png", lambda: png(width=30_000), "points"),
        ("a.png", lambda: png(rows=bytes(1 << 22)), "broken"),
        ("a.png", lambda: png(rows=b"")[:-4], "broken"),
        ("a.png", lambda: png() + HTML, "broken"),
        ("a.jpg", lambda: jpeg(width=60_000, height=60_000), "points"),
        ("a.jpg", lambda: jpeg()[:20], "broken"),
        ("a.jpg", lambda: b"\xff\xd8\xff" + HTML, "broken"),
    ],
)
def test_what_is_refused_and_how_it_is_said(name: str, make: Callable[[], bytes], said: str, settings: Any) -> None:
    settings.ATTACHMENT_LIMIT_BYTES = 1 << 20
    with pytest.raises(Rejected, match=said):
        examine(make(), name)


def test_what_is_made_to_take_long_takes_no_time() -> None:
    begun = time.perf_counter()
    with pytest.raises(Rejected):
        examine(b"%PDF-1.4 " + b"stream\n" * 700_000, "a.pdf")
    assert examine(b"%PDF-1.4 startxref " + b"stream\n" * 700_000 + b"%%EOF", "a.pdf").key == "pdf"
    with pytest.raises(Rejected):
        examine(b"PK\x03\x04" + b"PK\x01\x02" * 1_000_000, "a.docx")
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\report.pdf", "report.pdf"),
        ("letter\u202efdp.exe", "letterfdp.exe"),  # which reads as letterexe.pdf
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ("..hidden.pdf", "hidden.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("", ""),
    ],
)
def test_a_name_keeps_no_folder_and_nothing_unseen(sent: str, kept: str) -> None:
    assert plain_name(sent) == kept
