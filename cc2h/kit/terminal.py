"""Asking somebody at a terminal."""

import sys

from django.core.management.base import CommandError

WRONG_USE = 2


def must_agree(what: str, *, yes: bool) -> None:
    """Go on only if somebody types “remove”, or has said --yes before. `what`: what will be lost, in sentences.

    Asks on stderr, as stdout may be read by a program. Raises CommandError for any other answer, or without anybody.
    """
    if yes:
        return
    sys.stderr.write(f"{what}\nType “remove” to go on: ")
    sys.stderr.flush()
    try:
        answer = input("")
    except EOFError:
        raise CommandError(f"{what} Nobody is here to ask; say --yes to go on.", returncode=WRONG_USE) from None
    if answer.strip().lower() != "remove":
        raise CommandError("Nothing was removed.")
