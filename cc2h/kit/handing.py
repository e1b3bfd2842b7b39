"""Handing out a file: as one that a browser keeps, whatever is in it."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

# A file that a browser opens all the same runs nothing and asks for nothing, and no cache keeps it.
AS_A_FILE_ONLY = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def hand_out(pieces: Iterable[bytes], name: str, content_type: str, size: int) -> StreamingHttpResponse:
    """The file, byte for byte, under a name that no header can be made of."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Content-Length"] = str(size)
    for header, value in AS_A_FILE_ONLY.items():
        response.headers[header] = value
    return response
