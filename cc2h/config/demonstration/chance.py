"""Chance that falls the same way on every machine and every run: a number worked out from a text."""

from collections.abc import Sequence
from hashlib import blake2b


def chance(*words: object) -> float:
    """A number from 0 (included) to 1 (excluded) that depends on the words alone."""
    digest = blake2b(" ".join(map(str, words)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def between(low: float, high: float, *words: object) -> float:
    """A number from `low` to `high` that depends on the words alone."""
    return low + (high - low) * chance(*words)


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights whose sum is exactly `total`."""
    whole = [int(total * weight / sum(weights)) for weight in weights]
    whole[weights.index(max(weights))] += total - sum(whole)
    return whole
