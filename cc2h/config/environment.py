"""Reading settings from the environment: what is misspelt or missing is a sentence, never a silent default.

Each function raises ImproperlyConfigured with that sentence. An empty variable counts as not set. A secret need not stand
in the environment: `SECRET_KEY_FILE` names a file that holds `SECRET_KEY`, and so on for every variable.
"""

import os
import re
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable, or what is in the file that its `_FILE` names, without blanks around it."""
    file = os.environ.get(f"{name}_FILE", "").strip()
    if not file:
        return os.environ.get(name, "").strip() or default
    if os.environ.get(name, "").strip():
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        return Path(file).read_text().strip() or default
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE can’t be read: {error}.") from error


def one_of(name: str, allowed: Collection[str], default: str) -> str:
    """One of the words allowed."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}; it is “{value}”.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """1 or 0."""
    return one_of(name, ("0", "1"), str(int(default))) == "1"


def whole_number(name: str, default: int) -> int:
    """A whole number from 0."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.")
    return int(value)


def seconds(name: str, default: float) -> float:
    """A time above nought, in seconds."""
    value = text(name, str(default))
    if not re.fullmatch(r"\d+(\.\d+)?", value, re.ASCII) or not float(value):
        raise ImproperlyConfigured(f"{name} must be a number of seconds above 0, not “{value}”.")
    return float(value)


def listed(name: str, default: str = "") -> list[str]:
    """Words between commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def address(name: str) -> tuple[str, int] | None:
    """A host and a port, like clamd:3310; None where it is not set."""
    value = text(name)
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65_536:
        raise ImproperlyConfigured(f"{name} must be a host and a port, like clamd:3310, not “{value}”.")
    return host.strip("[]"), int(port)
