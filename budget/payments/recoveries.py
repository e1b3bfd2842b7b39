"""What was paid and should not have been: asked back by a person, with a reason; received as a reversal, or let go.

A payment is asked back whole, as the ledger reverses it whole. Everything raises ValidationError for what is refused.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from budget import ledger
from budget.payments.models import Payable, Recovery, RunLine
from budget.payments.owing import tell
from budget.payments.runs import locked
from budget.payments.states import LineState, PayableState, RecoveryState
from cc2h.kit import words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing

HOW = "Say how it came back, like “BACS of 3 December 2018”."


def ask(*, by: Any, about: str, why: str, day: date) -> Recovery:
    """Somebody decides to ask back what was paid for one thing; it stays paid until it is received."""
    with writing(by):
        found = Payable.objects.filter(about=about).exclude(state=PayableState.CALLED_OFF)
        payable = found.select_for_update(no_key=True).first()
        if payable is None or payable.state != PayableState.PAID:
            raise ValidationError("Nothing is paid for it that could be asked back.", code="not_paid")
        if before := _asked(payable):
            raise ValidationError(f"It is asked back already, since {words.day(before.asked_on)}.", code="already")
        recovery = Recovery(payable=payable, amount=payable.amount, asked_on=day, asked_by=by)
        recovery.reason = _said(why, "Say why it is asked back.")
        check(recovery, "reason")
        recovery.save(force_insert=True)
    return recovery


def let_go(*, by: Any, about: str, why: str, day: date) -> Recovery:
    """It is not asked back any more: the payment stands."""
    said = _said(why, "Say why it is let go.")
    with writing(by):
        found = Payable.objects.filter(about=about, state=PayableState.PAID).select_for_update(no_key=True).first()
        current = _asked(found) if found else None
        if current is None:
            raise ValidationError("It is not asked back, or it has been received meanwhile.", code="already")
        current.state, current.settled_on, current.settled_by, current.why = RecoveryState.LET_GO, day, by, said
        check(current, "why")
        current.save()
    return current


def receive(*, by: Any, recovery: Recovery, day: date, how: str, today: date) -> Recovery:
    """The money is back: its payment is reversed in the ledger on the day, and what it was promised for is not owed."""
    said = _said(how, HOW)
    if day > today:
        raise ValidationError(f"{words.day(day)} is still to come. Give the day on which it came back.", code="day")
    with writing(by):
        paid = RunLine.objects.filter(payable=recovery.payable_id, payment__isnull=False).order_by("-pk")
        locked(paid.select_related("run")[0].run)  # before its sums, as whoever confirms it does
        payable = Payable.objects.select_for_update(no_key=True).get(pk=recovery.payable_id)
        current = Recovery.objects.select_for_update(no_key=True).get(pk=recovery.pk)
        if current.state != RecoveryState.ASKED:
            since = f"{current.get_state_display().lower()} already, on {words.day(current.settled_on)}"
            raise ValidationError(f"It was {since}.", code="already")
        if day < current.asked_on:
            asked = words.day(current.asked_on)
            raise ValidationError(f"It was asked back on {asked}: give that day or a later one.", code="day")
        line = payable.run_lines.select_related("payment__line", "payment__chin").get(state=LineState.PAID)
        payment: Any = line.payment
        entry = ledger.reverse(by=by, entry=payment, day=day, reason=f"Asked back, and received: {said}"[:500])
        why = f"Asked back: {current.reason}"[:500]
        RunLine.objects.filter(pk=line.pk).update(
            state=LineState.REVERSED, reversed_on=day, reason=why, contrary=entry
        )  # the database settles the recovery with it
        Recovery.objects.filter(pk=current.pk).update(settled_by=by, why=said)
        payable.refresh_from_db()
        payable.state, payable.called_off_on, payable.why = PayableState.CALLED_OFF, day, why
        check(payable, "why")
        payable.save()
        tell("received back", [payable.about], by, day)
        current.refresh_from_db()
    return current


def asked_of(about: str) -> Recovery | None:
    """What is asked back of what was paid for one thing, and neither received nor let go."""
    found: Recovery | None = Recovery.objects.filter(payable__about=about, state=RecoveryState.ASKED).first()
    return found


def _asked(payable: Payable) -> Recovery | None:
    found: Recovery | None = payable.recoveries.filter(state=RecoveryState.ASKED).first()
    return found


def _said(why: str, otherwise: str) -> str:
    said = " ".join(why.split())
    if not said:
        raise ValidationError(otherwise, code="reason_required")
    if len(said) > 450:
        raise ValidationError(f"Say it in at most 450 characters; this has {len(said)}.", code="reason_long")
    return said
