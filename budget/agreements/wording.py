"""Agreements in words."""

from collections.abc import Sequence
from datetime import date
from typing import Any


def state(agreement: Any, day: date) -> str:
    """How an agreement stands on the day, as tags name it. Of one that with_signatures has read."""
    return _state(agreement, day, agreement.number, agreement.asked, agreement.to_sign)


def state_of(agreement: Any, versions: Sequence[Any], signers: Sequence[Any], day: date) -> str:
    """The same, of what the page of one has read."""
    return _state(agreement, day, len(versions), len(signers), sum(1 for one in signers if one.signature is None))


def _state(agreement: Any, day: date, versions: int, parties: int, to_sign: int) -> str:
    if agreement.ended_on is not None and agreement.ended_on < day:
        return "ended"
    if not versions:
        return "no-version"
    if not parties:
        return "no-party"
    return "to-sign" if to_sign else "signed"
