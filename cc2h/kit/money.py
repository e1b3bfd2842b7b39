"""Amounts of money: pounds and pence as Decimal, never a float."""

import re
from decimal import Decimal

from cc2h.kit import words

LARGEST = Decimal("999999999999.99")
_SHAPE = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?")


class NotAnAmount(ValueError):
    """A text that is no amount; the message says what was found and what is expected."""


def parse_pounds(text: str) -> Decimal:
    """The amount written `1500`, `1,500.00` or `£1,500.00`, more than £0.00 and with two decimals.

    Only what can be read in one way is taken: `1.500,00`, `1,5` and `1e9` are refused.

    >>> parse_pounds("£1,500"), parse_pounds("0.5")
    (Decimal('1500.00'), Decimal('0.50'))

    Raises NotAnAmount for anything else, for £0.00 and for more than the portal can keep.
    """
    found = text.strip()
    written = found.removeprefix("£").strip()
    said = f"“{text.strip()[:40]}”"
    if not _SHAPE.fullmatch(written):
        if re.fullmatch(r"[-−(].*", written) and re.search(r"[0-9]", written):
            raise NotAnAmount(f"{said} is less than nothing. Write an amount of more than £0.00.")
        if re.fullmatch(r"[0-9,]+\.[0-9]{3,}", written):
            raise NotAnAmount(f"{said} has more than two decimals. Write pounds and pence, like 1500.00.")
        raise NotAnAmount(f"{said} is not an amount. Write pounds and pence, like 1500.00 or £1,500.00.")
    amount = Decimal(written.replace(",", "")).quantize(Decimal("0.01")) if len(written) < 30 else LARGEST + 1
    if amount > LARGEST:
        raise NotAnAmount(f"{said} is more than the portal can keep, {words.pounds(LARGEST, 2)}.")
    if not amount:
        raise NotAnAmount(f"{said} is nothing. Write an amount of more than £0.00.")
    return amount
