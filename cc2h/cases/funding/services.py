"""Naming what pays, committing it, releasing it in tranches, and giving back what is not needed.

Amounts are Decimal, in pounds with two decimals; years those a financial year begins in. Everything raises ValidationError,
in words, for what is refused.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Sum

from budget import ledger
from budget.kinds import EntryKind
from budget.models import Balance, Entry, Line
from budget.payments import owing
from budget.payments.models import Payee
from cc2h.cases.funding.models import Commitment, Giveback, Payer, Share, Tranche
from cc2h.cases.funding.states import HOLDS, TrancheState, allowed
from cc2h.cases.models import Author, Case, CaseStep, Purpose, Submission
from cc2h.cases.route.models import Condition, Outcome, Turn
from cc2h.cases.route.outcomes import Part
from cc2h.cases.services import on
from cc2h.cases.states import FUNDED, Event
from cc2h.kit import words
from cc2h.kit.days import year_name
from cc2h.kit.problems import check
from cc2h.kit.writing import writing

PREFIX = "tranche"
NONE = Decimal("0.00")
BECAME = {
    "paid": (TrancheState.PAID, ""),
    "reversed": (TrancheState.CAME_BACK, "Its payment came back."),
    "owed again": (TrancheState.RELEASED, "It is to be paid again."),
    "called off": (TrancheState.PLANNED, "Its payment was called off."),
}


def name_payer(
    *, by: Any, submission: Submission, line: Line, shares: Mapping[int, Decimal], day: date, delegated: bool = False
) -> Payer:
    """Finance says which line pays and how much of it in which year. Nothing is committed before the case is approved."""
    with writing(by):
        payer = Payer(submission=submission, line=line, delegated=delegated, day=day, by=by)
        payer.save(force_insert=True)
        several = [Share(payer=payer, year=year, amount=amount) for year, amount in sorted(shares.items())]
        for share in several:
            check(share)
        Share.objects.bulk_create(several)
    return payer


@on(Event.APPROVED)
def commit(case: Case, step: CaseStep, by: Any) -> None:
    """What was approved is committed, all of it or the approval does not hold: the last pound is promised once."""
    newest = case.submissions.filter(purpose=Purpose.TEST).order_by("-number").first()
    payer = None if newest is None else _named_for(newest, step.day)
    if newest is None or payer is None:
        raise ValidationError(
            "Finance has not said yet which line pays, so the case can’t be approved.", code="no_payer"
        )
    shares = list(payer.shares.all())
    entries = ledger.enter(
        by=by,
        entries=[
            Entry(
                line=payer.line,
                year=share.year,
                chin=case.chin if payer.delegated else None,
                kind=EntryKind.COMMITMENT,
                amount=share.amount,
                day=step.day,
                reason=f"Business case {case.number}, {case.title}",
                document=f"Submission {newest.number}, SHA-256 {newest.sha256}",
            )
            for share in shares
        ],
    )
    Commitment.objects.bulk_create(
        Commitment(share=share, entry=entry) for share, entry in zip(shares, entries, strict=True)
    )


def _named_for(submission: Submission, day: date) -> Payer | None:
    """The line that finance named: for what was submitted, or before it, where its check was not asked again."""
    payers = Payer.objects.select_related("line")
    if (payer := payers.filter(submission=submission).first()) is not None:
        return payer
    held = Turn.objects.filter(passage__submission=submission, stage__part=Part.CHECK)
    before = payers.filter(submission__passage__turns__outcomes__carried__in=held).first()
    if before is None:
        return None
    shares = {share.year: share.amount for share in before.shares.all()}
    return name_payer(
        by=before.by, submission=submission, line=before.line, shares=shares, day=day, delegated=before.delegated
    )


def plan_tranche(
    *,
    by: Any,
    case: Case,
    year: int,
    amount: Decimal,
    what: str,
    payee: Payee,
    today: date,
    condition: Condition | None = None,
    due_on: date | None = None,
) -> Tranche:
    """So much of a year’s money is for a payee, once it is released."""
    with writing(by):
        current = _lock(case)
        if current.state not in FUNDED:
            raise ValidationError("Tranches are of a case that is approved and goes on.", code="not_funded")
        _own_payee(current, payee)
        last = Tranche.objects.filter(case=current).aggregate(last=Max("number"))["last"] or 0
        tranche = Tranche(
            case=current,
            number=last + 1,
            year=year,
            amount=amount,
            what=" ".join(what.split()),
            payee=payee,
            condition=condition,
            due_on=due_on,
            planned_on=today,
        )
        check(tranche)
        tranche.save(force_insert=True)
    return tranche


def release(*, by: Any, tranche: Tranche, today: date) -> Tranche:
    """It is owed to its payee from now on, and goes into the next payment run.

    Whoever wrote the case, decided on it or releases its money may not authorise the payment.
    """
    with writing(by):
        current = _current(tranche, TrancheState.RELEASED)
        current.released_on, current.released_by = today, by
        _save(current, TrancheState.RELEASED)
        payer = _payer(current.case, current.year)
        owed = owing.Owed(
            about=f"{PREFIX}:{current.pk}",
            practice=None,
            payee=current.payee,
            line=payer.line,
            year=current.year,
            chin=current.case.chin if payer.delegated else None,
            amount=current.amount,
            reason=f"Business case {current.case.number}, tranche {current.number}: {current.what}"[:500],
            vouched_by=frozenset(_vouching(current.case) | {by.pk}),
        )
        owing.owe(by=by, owed=[owed], day=today)
    return current


def drop(*, by: Any, tranche: Tranche, why: str, today: date) -> Tranche:
    """It is not going to be released. Its money can be planned anew, or given back."""
    with writing(by):
        current = _current(tranche, TrancheState.DROPPED)
        current.ended_on, current.why = today, " ".join(why.split())
        _save(current, TrancheState.DROPPED)
    return current


def give_back(*, by: Any, case: Case, year: int, amount: Decimal, why: str, day: date) -> Giveback:
    """So much is not needed: it is free again on its line."""
    with writing(by):
        current = _lock(case)
        payer = _payer(current, year)
        said = " ".join(why.split())
        entry = ledger.reduce_commitment(
            by=by,
            line=payer.line,
            year=year,
            amount=amount,
            day=day,
            reason=f"Business case {current.number}: {said or 'given back'}"[:500],
            chin=current.chin if payer.delegated else None,
        )
        given = Giveback(case=current, year=year, amount=amount, entry=entry, day=day, by=by, why=said)
        check(given)
        given.save(force_insert=True)
    return given


@on(Event.STOPPED, Event.SCALED)
def close(case: Case, step: CaseStep, by: Any) -> None:
    """A case that is over keeps what was released; the rest goes back to its line."""
    why = f"{step.get_event_display()}: what was not released goes back."
    for tranche in Tranche.objects.filter(case=case, state=TrancheState.PLANNED).order_by("pk"):
        drop(by=by, tranche=tranche, why=why, today=step.day)
    for year, left in left_by_year(case).items():
        if left > 0:
            give_back(by=by, case=case, year=year, amount=left, why=why, day=step.day)


def left_by_year(case: Case) -> dict[int, Decimal]:
    """What is committed for the case in each year, not given back, and in no tranche."""

    def by_year(found: Any, of: str) -> dict[int, Decimal]:
        return dict(found.order_by().values_list("year").annotate(total=Sum(of)))

    had = by_year(Share.objects.filter(payer__submission__case=case, commitment__isnull=False), "amount")
    back = by_year(Giveback.objects.filter(case=case), "amount")
    held = by_year(Tranche.objects.filter(case=case, state__in=HOLDS), "amount")
    return {year: had[year] - back.get(year, NONE) - held.get(year, NONE) for year in sorted(had)}


def heard(event: str, abouts: Sequence[str], by: Any, day: date) -> None:
    """A payment run says what became of tranches, in its own transaction. One that failed stays released."""
    if event not in BECAME:
        return
    after, why = BECAME[event]
    found = Tranche.objects.filter(pk__in=[number_of(one) for one in abouts]).select_related("case").order_by("pk")
    for tranche in found.select_for_update(no_key=True, of=("self",)):
        tranche.paid_on = day if after == TrancheState.PAID else None
        if after == TrancheState.PLANNED:
            tranche.released_on = tranche.released_by = None
        tranche.why = why
        _save(tranche, after)


def rests_on(entry: Entry, balance: Balance) -> str:
    """Why an entry is not taken off the ledger by hand: a case was approved with it. Blank where none was."""
    committed = Commitment.objects.filter(entry=entry).select_related("share__payer__submission__case").first()
    if committed is None:
        return ""
    case = committed.share.payer.submission.case
    return (
        f"It is committed for business case {case.number}, {case.title}. What is not needed of it is given back on the "
        "page of the case."
    )


def described(abouts: Sequence[str]) -> dict[str, owing.About]:
    """What tranches are owed for, and the pages of their cases."""
    wanted = {number_of(one): one for one in abouts}
    found = Tranche.objects.filter(pk__in=wanted).select_related("case")
    return {
        wanted[one.pk]: owing.About(
            f"Business case {one.case.number}, tranche {one.number}", "cases:case_detail", (one.case.number,)
        )
        for one in found
    }


def number_of(about: str) -> int:
    return int(about.removeprefix(f"{PREFIX}:"))


def _lock(case: Case) -> Case:
    found: Case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    return found


def _current(tranche: Tranche, after: TrancheState) -> Tranche:
    """The tranche as the database has it, kept for this transaction; refused where it can’t become that."""
    _lock(tranche.case)
    found: Tranche = (
        Tranche.objects.select_for_update(no_key=True, of=("self",))
        .select_related("case__chin", "payee", "condition")
        .get(pk=tranche.pk)
    )
    if not allowed(found.state, after):
        state = TrancheState(found.state).label.lower()
        raise ValidationError(f"Somebody else was first: the tranche is {state}. Look at it again.", code="state")
    return found


def _save(tranche: Tranche, after: TrancheState) -> None:
    tranche.state = after
    check(tranche, "what", "why")
    tranche.save()


def _payer(case: Case, year: int) -> Payer:
    """What pays the case in a year."""
    share = Share.objects.filter(payer__submission__case=case, year=year, commitment__isnull=False)
    found = share.select_related("payer__line").order_by("-pk").first()
    if found is None:
        raise ValidationError(f"Nothing is committed for the case in {year_name(year)}.", code="no_commitment")
    return found.payer


def _own_payee(case: Case, payee: Payee) -> None:
    if payee.commissioner_id != case.commissioner_id:
        raise ValidationError(f"{payee} is a payee of another commissioner.", code="other_commissioner")


def _vouching(case: Case) -> set[int]:
    """Who put the case forward, wrote or submitted it, or decided on it."""
    people = {case.put_forward_by_id}
    people |= set(Author.objects.filter(case=case).values_list("person", flat=True))
    people |= set(case.submissions.values_list("by", flat=True))
    people |= set(Outcome.objects.filter(turn__passage__submission__case=case).values_list("by", flat=True))
    return {pk for pk in people if pk is not None}


def said_left(case: Case) -> str:
    """What is left, year by year, in words."""
    return words.listed([f"{words.pounds(left, 2)} of {year_name(year)}" for year, left in left_by_year(case).items()])
