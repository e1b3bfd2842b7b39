"""Idempotency keys: an act that is sent again under the same key is answered again, and not done again."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cc2h.kit.api.problems import MULTIPART, Problem
from cc2h.kit.models import ApiAct
from cc2h.kit.problems import explain
from cc2h.kit.writing import keeping

LONGEST = 200
KEPT = timedelta(days=2)


def once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Do the act unless it was done under this key, in the same transaction that remembers the key.

    A second request under the key waits for the first. One that was refused has done nothing but what says that it was,
    and may be sent again.
    Raises Problem for a key under which something else was sent.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return act()
    if len(key) > LONGEST or not key.isprintable():
        raise Problem(400, f"An Idempotency-Key is at most {LONGEST} characters that can be printed.")
    try:
        with keeping(), transaction.atomic():
            return _once(request, key, act)
    except IntegrityError as error:  # of a constraint that waits for the end
        raise Problem(409, explain(error)) from error


def _once(request: HttpRequest, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    sent = _fingerprint(request)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_apiact (user_id, key, sent) VALUES (%s, %s, %s) ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
            [request.user.pk, key, sent],
        )
        claimed = cursor.fetchone()
    if claimed is None:
        done = ApiAct.objects.get(user=request.user.pk, key=key)
        if done.sent != sent:
            raise Problem(422, "Under this Idempotency-Key something else was sent. Use a key of its own for each act.")
        again = HttpResponse(bytes(done.answer or b""), status=done.status or 200, content_type=done.content_type)
        again.headers["Idempotent-Replayed"] = "true"
        return again
    answer = act()
    if answer.status_code >= 400:
        transaction.set_rollback(True)
        return answer
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    ApiAct.objects.filter(pk=claimed[0]).update(
        status=answer.status_code, answer=answer.content, content_type=answer.headers["Content-Type"]
    )
    return answer


def _fingerprint(request: HttpRequest) -> str:
    """The same for two requests that ask the same."""
    found = hashlib.sha256(request.get_full_path().encode() + b"\0")
    if request.content_type != MULTIPART:
        found.update(request.body)
        return found.hexdigest()
    found.update(repr(list(request.POST.lists())).encode())
    files: Mapping[str, Any] = request.FILES
    for name, file in files.items():  # larger than a body may be
        found.update(f"{name}\0{file.name}\0{file.size}\0".encode())
        for piece in file.chunks():
            found.update(piece)
        file.seek(0)
    return found.hexdigest()


def forget() -> int:
    """Forget keys of some days ago; returns how many."""
    gone, _ = ApiAct.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
    return gone
