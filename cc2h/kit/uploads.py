"""Uploads never grow past the limit, in memory or on disk, whatever the request says its length is."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import multipartparser

# A file's name travels in the header of its part. Django refuses a request whose header exceeds a kilobyte, which 255
# letters of some alphabets do; with this a longer name arrives as well, and is kept shortened.
multipartparser.MAX_TOTAL_HEADER_SIZE = 32 << 10  # type: ignore[attr-defined]  # not in the stubs


class LimitedUploadHandler(FileUploadHandler):
    """Counts the bytes of a request's files and stops reading at the limit."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_LIMIT_BYTES:
            self.request.upload_too_large = True  # type: ignore[union-attr] # for the page to say so
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        return None
