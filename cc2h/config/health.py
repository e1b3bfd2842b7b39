"""Health checks, answered before anything else looks at a request.

Load balancers and the supervisor ask by plain HTTP and by number: that is no host name of the portal, and they must
not be sent to TLS.
"""

import pkgutil
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from importlib.util import find_spec

import redis
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

BROKER_SECONDS = 0.5


class HealthMiddleware:
    """`/healthz`: the process answers. `/readyz`: it can serve pages; 503 with the reason when it can't."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return ready()
        return self.get_response(request)


def ready() -> JsonResponse:
    """Whether the database answers and is migrated. The broker is told of but not needed: edits are saved without."""
    try:
        missing = migrations() - applied()
    except DatabaseError:
        return _not_ready("The database does not answer, or was never migrated.")
    if missing:
        names = ", ".join(f"{app} {name}" for app, name in sorted(missing))
        return _not_ready(f"The database lacks migrations: {names}.")
    return JsonResponse({"status": "ready", "broker": "answers" if broker_answers() else "away; work waits"})


def _not_ready(reason: str) -> JsonResponse:
    return JsonResponse({"status": "not ready", "reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE)


@cache
def migrations() -> set[tuple[str, str]]:
    """(application, name) of every migration of this code; only the names are read."""
    found = set()
    for app in apps.get_app_configs():
        spec = find_spec(f"{app.name}.migrations")
        folders = (spec and spec.submodule_search_locations) or []  # none: a module that is no package
        found |= {(app.label, module.name) for module in pkgutil.iter_modules(folders)}
    return found


def applied() -> set[tuple[str, str]]:
    """(application, name) of every migration the database has. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


def broker_answers() -> bool:
    """Whether the broker answers at once."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=BROKER_SECONDS,
            socket_timeout=BROKER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as broker:
            return bool(broker.ping())
    except (redis.RedisError, OSError):
        return False
