"""Mail about accounts is a worker's work: no page waits for a mail server, or answers sooner for one than for another.

What is to be sent waits in the cache (a table of the database) and is forgotten after a day; the work to do names it.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from allauth.account.forms import ResetPasswordForm
from allauth.core.context import request_context
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest

from cc2h.accounts.models import User
from cc2h.kit import work

KIND = "password-mail"  # a forgotten password: whose address it is, if anybody's, is found out by the worker
WRITTEN = "mail"
WAITS = timedelta(days=1)


class Asked(HttpRequest):
    """The request somebody made, as far as a mail needs it: the portal's own address."""

    def __init__(self, scheme: str, host: str) -> None:
        super().__init__()
        self._asked_by = scheme
        self.META["HTTP_HOST"] = host

    def _get_scheme(self) -> str:
        return self._asked_by


def ask(request: HttpRequest, email: str) -> None:
    """Leave the mail to a worker: with a link for who signs in with the address, with an explanation for anybody else."""
    key = secrets.token_urlsafe(16)
    with transaction.atomic():
        cache.set(f"{KIND}:{key}", (request.scheme, request.get_host(), email), timeout=WAITS.total_seconds())
        work.leave(kind=KIND, key=key, from_day=None, reason="Somebody asked for a new password")


@work.handles(KIND)
def send(key: str, from_day: date | None) -> None:
    """Send the mail; nothing when it has waited for too long. Raises OSError if it can't be sent: tried again later."""
    asked = cache.get(f"{KIND}:{key}")
    if asked is None:
        return
    scheme, host, email = asked
    request = Asked(scheme, host)
    with request_context(request):
        form = ResetPasswordForm({"email": email})  # finds whose address it is, and sends the mail that fits
        form.is_valid()
        form.save(request)
    cache.delete(f"{KIND}:{key}")


def tell(user_ids: Collection[int], subject: str, lines: Sequence[str], link: str) -> int:
    """Tell people at once, in the caller's transaction; returns how many. link: the address of a page, from “/”.

    Only of what can't wait for the morning: something was returned to them, or was paid.
    """
    people = list(User.objects.filter(pk__in=user_ids, is_active=True).order_by("pk"))
    for person in people:
        body = [f"Dear {person.name},", "", *lines, "", f"{settings.PORTAL_ADDRESS}{link}", ""]
        leave(EmailMessage(subject, "\n".join(body), settings.DEFAULT_FROM_EMAIL, [person.email]), "Somebody is told")
    return len(people)


def leave(message: EmailMessage, reason: str = "Somebody is told of a change of their account") -> None:
    """Leave a mail that is written to a worker. reason: as it stands beside the work."""
    key = secrets.token_urlsafe(16)
    with transaction.atomic():
        parts = {"subject": message.subject, "body": message.body, "from_email": message.from_email, "to": message.to}
        cache.set(f"{WRITTEN}:{key}", parts, timeout=WAITS.total_seconds())
        work.leave(kind=WRITTEN, key=key, from_day=None, reason=reason)


@work.handles(WRITTEN)
def send_written(key: str, from_day: date | None) -> None:
    """Send a mail that was left; nothing when it has waited for too long. Raises OSError if it can't be sent."""
    parts = cache.get(f"{WRITTEN}:{key}")
    if parts is not None:
        EmailMessage(**parts).send()
        cache.delete(f"{WRITTEN}:{key}")
