"""Somebody signed in who asks the portal for pages, as a web server would hand them on."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers by lower-case name, body as sent, and after how many seconds."""

    status: str
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def kept(self) -> bool:
        """Whether a browser that has it does not ask again for a day or more."""
        age = re.search(r"max-age=(\d+)", self.headers.get("cache-control", ""))
        return age is not None and int(age[1]) >= 86_400


class Visitor:
    """A signed-in person's browser."""

    def __init__(self, handler: WSGIHandler, user: Any) -> None:
        client = Client()
        client.force_login(user)
        self.handler = handler
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def get(self, address: str, encoding: str = "identity") -> Answer:
        """Ask for a page. Raises RuntimeError unless it is 200."""
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ACCEPT_ENCODING": encoding,
            "HTTP_COOKIE": self.cookie,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        begun: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            begun.update(status=status, headers={name.lower(): value for name, value in headers})
            return BytesIO().write

        at = time.perf_counter()
        response = self.handler(environ, start)
        body = b"".join(response)
        response.close()
        answer = Answer(begun["status"], begun["headers"], body, time.perf_counter() - at)
        if not answer.status.startswith("200"):
            raise RuntimeError(f"{address} answered {answer.status}")
        return answer

    def queries(self, address: str) -> int:
        """How many statements a page needs."""
        with CaptureQueriesContext(connection) as captured:
            self.get(address)
        return len(captured)
