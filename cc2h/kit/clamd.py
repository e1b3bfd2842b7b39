"""Asking clamd, ClamAV's daemon, whether a file carries a virus: its INSTREAM protocol, over TCP."""

import socket
import struct
from collections.abc import Iterable

SECONDS = 60.0  # clamd may read its signatures anew while it is asked
LONGEST_ANSWER = 4096


class NoAnswer(OSError):
    """clamd is not there, or can't say."""


def ask(host: str, port: int, pieces: Iterable[bytes]) -> str:
    """What clamd finds in the file, by the name it gives that; blank for nothing. Raises NoAnswer."""
    try:
        with socket.create_connection((host, port), timeout=SECONDS) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            try:
                for piece in pieces:
                    clamd.sendall(struct.pack("!L", len(piece)) + piece)
                clamd.sendall(struct.pack("!L", 0))
            except ConnectionError:
                pass  # it has heard enough, and says why
            said = _answer(clamd)
    except OSError as problem:
        raise NoAnswer(f"clamd at {host}:{port} does not answer: {problem}.") from problem
    if said.endswith(" FOUND"):
        return said.removeprefix("stream:").removesuffix("FOUND").strip()
    if said == "stream: OK":
        return ""
    raise NoAnswer(f"clamd at {host}:{port} can’t say: “{said}”.")


def _answer(clamd: socket.socket) -> str:
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER and (more := clamd.recv(1024)):
        said += more
    return said.split(b"\0")[0].decode(errors="replace").strip()
