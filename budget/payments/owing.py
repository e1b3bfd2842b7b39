"""What other rooms owe: the one way into payments, and what they hear when it is paid.

A room that has found a sum to be payable commits it on the ledger itself, then says so here with `owe`; it is told what
became of it through `hear`, inside the transaction that records it. Nothing here touches a commitment.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import ValidationError

from budget.models import Line
from budget.payments.models import Payable, Payee, RunLine, Vouching
from budget.payments.states import LIVE, PayableState, PayeeKind
from cc2h.kit import words
from cc2h.kit.dated import now
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from chins.models import Chin
from practices.models import Practice, PracticeDetail

Event = Literal["paid", "failed", "reversed", "owed again", "called off", "received back"]
Listener = Callable[[Event, Sequence[str], Any, date], None]


@dataclass(frozen=True)
class Owed:
    """A sum to be paid. about: what for, like claim:12; practice, or payee where it is not a practice.

    vouched_by: the numbers of those who entered or verified it, who may not authorise its payment.
    """

    about: str
    practice: Practice | None
    payee: Payee | None
    line: Line
    year: int
    chin: Chin | None
    amount: Decimal
    reason: str
    vouched_by: frozenset[int]


@dataclass(frozen=True, slots=True)
class About:
    """What a sum is owed for, in words, and where its page is: the name of an address and what it is made of."""

    words: str
    address: str = ""
    arguments: tuple[Any, ...] = ()


Describing = Callable[[Sequence[str]], Mapping[str, About]]
_listeners: dict[str, Listener] = {}
_describing: dict[str, Describing] = {}


def hear(prefix: str, listener: Listener) -> None:
    """Register who is told, in the same transaction, of what a room's sums have become; from its AppConfig.ready().

    events: paid, failed (it will be in a later run), reversed (it came back, and a person decides), then owed again or
    called off; received back (it was asked back, budget.payments.recoveries). A room ignores the events that mean nothing to it. What it raises undoes the whole act.
    """
    _listeners[prefix] = listener


def describe(prefix: str, function: Describing) -> None:
    """Register what says, for many at once, what a room's sums are about."""
    _describing[prefix] = function


def tell(event: Event, abouts: Iterable[str], by: Any, day: date) -> None:
    """Tell each room of its own."""
    for prefix, own in _by_prefix(abouts).items():
        if prefix in _listeners:
            _listeners[prefix](event, own, by, day)


def described(abouts: Iterable[str]) -> dict[str, About]:
    """What each is about; those of no room that says so are left out."""
    found: dict[str, About] = {}
    for prefix, own in _by_prefix(abouts).items():
        if prefix in _describing:
            found |= _describing[prefix](own)
    return found


def _by_prefix(abouts: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for about in abouts:
        found.setdefault(about.partition(":")[0], []).append(about)
    return found


def owe(*, by: Any, owed: Sequence[Owed], day: date) -> list[Payable]:
    """All of them or none are owed from the day on, however many, by a few statements.

    A practice's payee is made when it is first owed something. Raises ValidationError where one is owed or paid already.
    """
    with writing(by):
        payees, moment = _payees(owed, day), now()
        payables = [
            Payable(
                payee=one.payee or payees[one.line.commissioner_id, _practice(one).pk],
                line=one.line,
                year=one.year,
                chin=one.chin,
                amount=one.amount,
                reason=" ".join(one.reason.split()),
                about=one.about,
                day=day,
                recorded_at=moment,
            )
            for one in owed
        ]
        for one, payable in zip(owed, payables, strict=True):
            check(payable)
            if payable.payee.commissioner_id != one.line.commissioner_id:
                raise ValidationError(f"{payable.payee} is a payee of another commissioner.", code="other_commissioner")
        made: list[Payable] = Payable.objects.bulk_create(payables)
        Vouching.objects.bulk_create(
            Vouching(payable=payable, person_id=person)
            for one, payable in zip(owed, made, strict=True)
            for person in sorted(one.vouched_by)
        )
    return made


def call_off(*, by: Any, about: Sequence[str], day: date, why: str) -> list[Payable]:
    """They are not owed any more: refused where one is in a live run, or paid. What it was committed for stays so."""
    with writing(by):
        live = Payable.objects.filter(about__in=about).exclude(state=PayableState.CALLED_OFF)
        found = list(live.select_for_update(no_key=True).order_by("pk"))
        _none_in_a_run(found)
        paid = next((one for one in found if one.state == PayableState.PAID), None)
        if paid is not None:
            raise ValidationError(f"“{paid}” is paid since {words.day(paid.paid_on)}.", code="paid")
        for one in found:
            one.state, one.called_off_on, one.why = PayableState.CALLED_OFF, day, " ".join(why.split())
            check(one, "why")
        changed = {"state": PayableState.CALLED_OFF, "called_off_on": day, "why": " ".join(why.split())}
        Payable.objects.filter(pk__in=[one.pk for one in found]).update(**changed)
    return found


def _none_in_a_run(payables: Sequence[Payable]) -> None:
    held = RunLine.objects.filter(payable__in=payables, state__in=LIVE).exclude(payable__state=PayableState.PAID)
    line = held.select_related("run", "payable").order_by("pk").first()
    if line is not None:
        raise ValidationError(
            f"“{line.payable}” is in payment run {line.run.number}. Take it out of the run first, or wait until the run "
            "is confirmed.",
            code="in_a_run",
        )


def _practice(one: Owed) -> Practice:
    if one.practice is None:
        raise ValidationError(f"“{one.reason}” says nobody to whom it is owed.", code="no_payee")
    return one.practice


def _payees(owed: Sequence[Owed], day: date) -> dict[tuple[int, int], Payee]:
    """The payees of the practices, by commissioner and practice; those that are missing are made."""
    wanted = {(one.line.commissioner_id, _practice(one).pk): one for one in owed if one.payee is None}
    if not wanted:
        return {}
    practices = {practice for _, practice in wanted}
    names = dict(PracticeDetail.objects.as_at(day).filter(practice__in=practices).values_list("practice", "name"))
    known = Payee.objects.filter(practice__in=practices).values_list("commissioner", "practice")
    missing = wanted.keys() - set(known)
    Payee.objects.bulk_create(
        (
            Payee(
                commissioner_id=commissioner,
                kind=PayeeKind.PRACTICE,
                practice_id=practice,
                name=names.get(practice) or _practice(one).ods_code,
                reference=_practice(one).ods_code,
            )
            for (commissioner, practice), one in wanted.items()
            if (commissioner, practice) in missing
        ),
        ignore_conflicts=True,
    )
    found = Payee.objects.filter(practice__in=practices)
    return {(one.commissioner_id, one.practice_id): one for one in found if one.practice_id is not None}
