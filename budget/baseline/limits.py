"""How often an address outside the sign-in may be asked for, by where the requests come from."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

PER_MINUTE = 60


def too_many(request: HttpRequest) -> bool:
    """Count a request of this minute; whether it is one too many. Kept where all processes see it."""
    minute = int(time.time() // 60)
    key = f"baseline-link:{get_adapter().get_client_ip(request)}:{minute}"
    cache.add(key, 0, 120)
    try:
        return cache.incr(key) > PER_MINUTE
    except ValueError:  # it was dropped between the two
        return False
