"""What a payee is told of what it was paid: a PDF, and a mail to whoever holds its posts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import typst
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.urls import reverse

from budget.payments.models import Confirmation, Payee, Run, RunLine
from budget.payments.states import LineState
from cc2h.accounts.models import User
from cc2h.kit import words, work
from cc2h.kit.days import today, year_name
from chins.models import Deputy, Post, PostHolding

KIND = "remittance"
NO_BANK = "Bank details are not held in the portal; the reference below stands on the bank statement beside the sum."


@dataclass(frozen=True, slots=True)
class Remittance:
    """What one run has paid one payee."""

    run: Run
    payee: Payee
    lines: Sequence[RunLine]

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.lines if one.state == LineState.PAID), Decimal("0.00"))

    @property
    def file_name(self) -> str:
        return f"remittance-{self.run.number}-{self.payee.reference.replace('/', '-').lower()}.pdf"


def remittance(run: Run, payee: Payee) -> Remittance | None:
    """None where the run has paid it nothing."""
    lines = run.lines.filter(payable__payee=payee, payment__isnull=False)
    found = list(lines.select_related("payable__line").order_by("reference"))
    return Remittance(run, payee, found) if found else None


def of_number(run: int, payee: Payee) -> Remittance | None:
    """Of the run of that number, where it has paid the payee something."""
    found = Run.objects.filter(pk=run).select_related("commissioner").first()
    return remittance(found, payee) if found else None


def as_pdf(told: Remittance) -> bytes:
    """Tagged and accessible (PDF/UA). The same payments give the same bytes."""
    days = [one.outcome_on for one in told.lines if one.outcome_on]
    data = {
        "run": told.run.number,
        "from": told.run.commissioner.name,
        "payee": told.payee.name,
        "payee_reference": told.payee.reference,
        "day": max(days).isoformat(),
        "note": NO_BANK,
        "total": words.pounds(told.total, 2),
        "lines": [
            {
                "reference": one.reference,
                "day": words.day(one.outcome_on),
                "what": one.payable.reason,
                "line": f"{one.payable.line.name}, {year_name(one.payable.year)}",
                "amount": words.pounds(one.amount, 2),
                "back": f"Came back on {words.day(one.reversed_on)}: not in the total." if one.reversed_on else "",
            }
            for one in told.lines
        ],
    }
    made: Any = typst.compile(
        _template(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    return bytes(made)


@cache
def _template() -> bytes:
    return (settings.BASE_DIR / "templates" / "payments" / "remittance.typ").read_bytes()


def leave_for(confirmation: Confirmation, payees: Iterable[int]) -> None:
    """Leave a mail to each payee to a worker, in the transaction that confirms it."""
    ids = sorted(payees)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_work (kind, key, reason) SELECT %s, %s || ':' || payee, 'A payment is confirmed' "
            "FROM unnest(%s::bigint[]) payee",
            [KIND, str(confirmation.pk), ids],
        )
    work.nudge()


@work.handles(KIND, in_no_hurry=True)
def send(key: str, from_day: date | None) -> None:
    """Send one payee's remittance; nothing where nobody holds a post of it. Raises OSError if it can't be sent."""
    number, _, of = key.partition(":")
    confirmation = Confirmation.objects.select_related("run__commissioner").filter(pk=number).first()
    payee = Payee.objects.filter(pk=of).first()
    told = remittance(confirmation.run, payee) if confirmation and payee else None
    if told is None:
        return
    to = recipients(told.payee, today())
    if to:
        message = EmailMessage(_subject(told), _text(told), settings.DEFAULT_FROM_EMAIL, bcc=to)
        message.attach(told.file_name, as_pdf(told), "application/pdf")
        message.send()


def recipients(payee: Payee, day: date) -> list[str]:
    """The payee's own address, and those of whoever holds a post of it on the day, and of their deputies."""
    own = [payee.email] if payee.email else []
    if payee.practice_id is None and payee.federation_id is None:
        return own
    posts = Post.objects.filter(practice=payee.practice_id, federation=payee.federation_id)
    holders = PostHolding.objects.as_at(day).filter(post__in=posts).values("holder")
    deputies = Deputy.objects.as_at(day).filter(post__in=posts).values("deputy")
    people = User.objects.filter(is_active=True)
    found = people.filter(pk__in=holders) | people.filter(pk__in=deputies)
    return sorted({*own, *found.values_list("email", flat=True)})


def _subject(told: Remittance) -> str:
    return f"{words.pounds(told.total, 2)} paid to {told.payee.name}"


def _text(told: Remittance) -> str:
    lines = [f"{told.run.commissioner.name} has paid {told.payee.name}:", ""]
    for one in told.lines:
        lines += [
            f"- {words.pounds(one.amount, 2)} on {words.day(one.outcome_on)}: {one.payable.reason}",
            f"  Reference on the bank statement: {one.reference}",
            "",
        ]
    page = f"{settings.PORTAL_ADDRESS}{reverse('payments:payee_detail', args=[told.payee.pk])}"
    return "\n".join([*lines, "The remittance advice is attached. All payments:", page, ""])
