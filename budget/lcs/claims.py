"""Claims: what is entered, sent in, accepted or returned, and what becomes payable by it.

Everything raises ValidationError for what is refused, in words. `accept_many` and `return_many` do what can be done and
say of the other claims why not; of a thousand claims they write each table once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from budget import ledger
from budget.kinds import EntryKind
from budget.lcs import claim_queries as queries
from budget.lcs import opening, telling
from budget.lcs.models import Answer, AnswerState, Claim, ClaimStep, Evidence, Output, Stood, Whose
from budget.lcs.states import TO_ENTER, ClaimState, Event, allowed, leads
from budget.models import Balance, Entry
from budget.payments import owing, recoveries
from budget.refusals import refusals_kept
from cc2h.kit import dated, words
from cc2h.kit.days import year_name
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import Practice

PREFIX = "claim"  # of what a payment is about
LONGEST = 500  # of a reason, and of what an answer rests on


@dataclass(frozen=True)
class Given:
    """What is entered for one output: an answer to a pledge, or words."""

    output: Output
    pledged: bool | None = None
    text: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of several claims: done; payable by it; and which were left as they are, with why."""

    done: list[Claim] = field(default_factory=list)
    payable: list[Claim] = field(default_factory=list)
    left: list[tuple[Claim, str]] = field(default_factory=list)

    @property
    def pounds(self) -> Decimal:
        """What those that became payable come to."""
        return sum((claim.amount for claim in self.payable if claim.amount), Decimal("0.00"))


P = ParamSpec("P")
Result = TypeVar("Result")


def _refusals_kept(act: Callable[P, Result]) -> Callable[P, Result]:
    """Of an act on one claim."""

    @wraps(act)
    def kept(*args: P.args, **given: P.kwargs) -> Result:
        claim: Any = given["claim"]
        commissioner_id = claim.stage.service.line.commissioner_id
        of = {"about": about(claim), "name": f"{claim.stage.in_full}, {claim.practice}"}
        with refusals_kept(by=given["by"], commissioner_id=commissioner_id, what="Claim", **of):
            return act(*args, **given)

    return kept


# Entering ---------------------------------------------------------------------------------


@_refusals_kept
def enter(
    *, by: Any, claim: Claim, given: Sequence[Given], day: date, on_behalf: bool = False, how_it_came: str = ""
) -> Claim:
    """Evidence for some outputs. What is a CHIN's is entered for all of its practices that have not sent theirs in yet."""
    came = _came(on_behalf, how_it_came)
    for one in given:
        _fits(one)
    with writing(by):
        current = _current(claim, day, Event.ENTERED)
        _not_barred(current, day)
        others = _beside(current, day) if any(one.output.whose == Whose.CHIN for one in given) else []
        several = _lock([current.pk, *others], day)
        kept = _accepted(several)
        now, answers, steps = dated.now(), [], []
        for its in several:
            mine = [
                one
                for one in given
                if (its.pk, one.output.pk) not in kept and (its.pk == current.pk or one.output.whose == Whose.CHIN)
            ]
            if its.pk == current.pk and len(mine) != len(given):
                raise ValidationError("What is accepted stays as it is, unless it is returned.", code="accepted")
            for one in mine:
                answer = Answer(claim=its, output=one.output, pledged=one.pledged, text=one.text.strip())
                answer.on_behalf, answer.how_it_came = on_behalf, came
                answer.entered_by, answer.entered_at = by, now
                check(answer, "text", "how_it_came")
                answers.append(answer)
            if mine:
                what = words.listed(str(one.output) for one in mine)
                steps.append(_step(its, Event.ENTERED, by, day, f"{what}{f', from {came}' if came else ''}", on_behalf))
        Answer.objects.bulk_create(
            answers,
            update_conflicts=True,
            unique_fields=["claim", "output"],
            update_fields=[
                *("text", "pledged", "on_behalf", "how_it_came", "entered_by", "entered_at"),
                *("state", "judged_by", "judged_on", "reason", "basis"),
            ],
        )
        _take(steps)
    return current


def _came(on_behalf: bool, how_it_came: str) -> str:
    came = " ".join(how_it_came.split())
    if on_behalf and not came:
        raise ValidationError("Say how it came from the practice, like “e-mail of 3 October 2018”.", code="how_it_came")
    return came if on_behalf else ""


def _fits(given: Given) -> None:
    """Raise ValidationError unless what is given is what the output asks for."""
    output, said = given.output, given.text.strip()
    if output.evidence in (Evidence.POST, Evidence.AGREEMENT):
        reads = "a post that is held" if output.evidence == Evidence.POST else "an agreement that is signed"
        raise ValidationError(f"“{output}” is shown by {reads}: the portal reads it itself.", code="wrong_kind")
    if output.evidence == Evidence.PLEDGE and (given.pledged is None or said):
        raise ValidationError(f"“{output}” is a pledge: answer yes or no, and nothing else.", code="wrong_kind")
    if output.evidence != Evidence.PLEDGE and given.pledged is not None:
        raise ValidationError(f"“{output}” is shown by a {output.evidence}: it takes no yes or no.", code="wrong_kind")
    if output.evidence == Evidence.TEXT and not said:
        raise ValidationError(f"“{output}” is shown by a text: write it.", code="wrong_kind")


def _beside(claim: Claim, day: date) -> list[int]:
    """The claims for the same stage of the other practices of the claim's CHIN, that take entries."""
    if claim.chin_now is None:
        return []
    found = Claim.objects.filter(
        stage=claim.stage_id,
        state__in=TO_ENTER,
        practice__in=Practice.objects.filter(memberships__in=queries.members_of(claim.chin_now, day)),
    )
    return list(found.exclude(pk=claim.pk).values_list("pk", flat=True))


def _accepted(several: Sequence[Claim]) -> set[tuple[int, int]]:
    found = Answer.objects.filter(claim__in=[one.pk for one in several], state=AnswerState.ACCEPTED)
    return set(found.values_list("claim", "output"))


# Sending, withdrawing, closing ------------------------------------------------------------------------


@_refusals_kept
def send(*, by: Any, claim: Claim, day: date, on_behalf: bool = False, how_it_came: str = "") -> Claim:
    """It waits to be verified. After its day it is late, which is shown and forbids nothing."""
    came = _came(on_behalf, how_it_came)
    with writing(by):
        current = _current(claim, day)
        event = Event.SENT_AGAIN if current.state == ClaimState.RETURNED else Event.SENT
        _may(current, event)
        _not_barred(current, day)
        missing = [
            f"{shown.output}: {shown.to_enter}" for shown in queries.shown([current], day)[current.pk] if shown.to_enter
        ]
        if missing:
            raise ValidationError(
                [ValidationError("It can’t be sent in yet.", code="missing"), *map(ValidationError, missing)]
            )
        Claim.objects.filter(pk=current.pk).update(chin=current.chin_now)
        why = f"From {came}" if came else ""
        late = current.stage.due is not None and day > current.stage.due
        if late:
            why = " ".join(filter(None, [why and f"{why}.", f"Late: it was due by {words.day(current.stage.due)}."]))
        _take([_step(current, event, by, day, why, on_behalf)])
    return current


@_refusals_kept
def withdraw(*, by: Any, claim: Claim, why: str, day: date, on_behalf: bool = False) -> Claim:
    """The practice does not claim after all."""
    return _one(Event.WITHDRAWN, by, claim, why, day, on_behalf)


@_refusals_kept
def reopen(*, by: Any, claim: Claim, why: str, day: date, on_behalf: bool = False) -> Claim:
    """A claim that was withdrawn or closed is claimed after all. What was closed is earmarked again."""
    return _one(Event.REOPENED, by, claim, why, day, on_behalf)


@_refusals_kept
def close(*, by: Any, claim: Claim, why: str, day: date) -> Claim:
    """Nothing is paid for it: the practice closed or merged, or for another reason. Its earmark is released."""
    return _one(Event.CLOSED, by, claim, why, day)


def _one(event: Event, by: Any, claim: Claim, why: str, day: date, on_behalf: bool = False) -> Claim:
    said = _reason(why)
    with writing(by):
        current = _current(claim, day, event)
        if event == Event.REOPENED:
            _not_barred(current, day)
        if ClaimState.CLOSED in (current.state, leads(event, current.state)):
            _earmark(by, current, day, event)
        _take([_step(current, event, by, day, said, on_behalf)])
    return current


def _earmark(by: Any, claim: Claim, day: date, event: Event) -> None:
    """What is kept for the claim is released when it is closed, and kept anew when it is opened again."""
    amount = queries.Reckoning([claim], day).amount(claim)
    if amount and event == Event.CLOSED:
        amount = min(amount, *(balance.earmarked for balance in _balances([claim])))
    if not amount:
        return
    stage, enter = claim.stage, ledger.release_earmark if event == Event.CLOSED else ledger.earmark
    reason = f"{Event(event).label}: {_about(claim)}"[:LONGEST]
    enter(by=by, line=stage.service.line, year=stage.year, amount=amount, day=day, reason=reason)


# Verifying --------------------------------------------------------------------------------------------


@_refusals_kept
def accept(*, by: Any, claim: Claim, day: date, outputs: Iterable[Output] | None = None) -> Outcome:
    """Some outputs of a claim, or all; with the last it is payable. Raises ValidationError where it is refused."""
    outcome = accept_many(by=by, claims=[claim], day=day, outputs=outputs)
    if outcome.left:
        raise ValidationError(outcome.left[0][1], code="not_accepted")
    return outcome


def accept_many(*, by: Any, claims: Iterable[Claim], day: date, outputs: Iterable[Output] | None = None) -> Outcome:
    """Accept what is left to accept of each, or these outputs only; with the last output a claim is payable.

    The earmark becomes a commitment, and the sum is owed to the practice. A claim of which something lacks, or that the
    line has no money left for, is left as it is, and said why.
    """
    chosen = None if outputs is None else {output.pk for output in outputs}
    outcome = Outcome()
    with writing(by):
        several = _lock([claim.pk for claim in claims], day)
        shown, reckoning = queries.shown(several, day), queries.Reckoning(several, day)
        involved = queries.whose_evidence(several)
        accepting: dict[int, list[queries.Shown]] = {}
        promising: list[tuple[Claim, Decimal]] = []
        for claim in several:
            mine = [one for one in shown[claim.pk] if not one.accepted and (chosen is None or one.output.pk in chosen)]
            last = all(one.accepted or one in mine for one in shown[claim.pk])
            if refusal := _not_accepted(by, claim, mine, last, reckoning, involved):
                outcome.left.append((claim, refusal))
                continue
            accepting[claim.pk] = mine
            if last:
                promising.append((claim, reckoning.amount(claim) or Decimal(0)))
        entries = _promise(by, promising, day, outcome, accepting)
        outcome.done.extend(claim for claim in several if claim.pk in accepting)
        _accept_answers(by, outcome.done, accepting, day)
        Stood.objects.filter(answer__claim__in=[one.pk for one in outcome.done], over_on=None).update(over_on=day)
        _price(entries)
        outcome.payable.extend(claim for claim, _, _ in entries)
        steps = [
            _step(claim, Event.ACCEPTED, by, day, words.listed(str(one.output) for one in accepting[claim.pk]))
            for claim in outcome.done
        ]
        payable = [_step(claim, Event.PAYABLE, by, day, words.pounds(amount, 2)) for claim, amount, _ in entries]
        _take(steps + payable)
        _owe(by, entries, involved, day)
    return outcome


def _not_accepted(
    by: Any,
    claim: Claim,
    accepting: Sequence[queries.Shown],
    last: bool,
    reckoning: queries.Reckoning,
    involved: Mapping[int, frozenset[int]],
) -> str:
    """Why not, in words; blank where it may be."""
    if not allowed(Event.ACCEPTED, claim.state):
        return _where_it_is(claim)
    if by is not None and by.pk in involved[claim.pk]:
        return queries.NOT_ONES_OWN
    if barred := reckoning.barred(claim):
        return barred
    if lacking := [f"{one.output}: {one.lacks}" for one in accepting if one.lacks]:
        return " ".join(lacking)
    if not accepting and not last:
        return "Nothing is left to accept."
    return reckoning.unpriced(claim) if last else ""


Promised = tuple[Claim, Decimal, Entry]


def _promise(
    by: Any,
    promising: Sequence[tuple[Claim, Decimal]],
    day: date,
    outcome: Outcome,
    accepting: dict[int, list[queries.Shown]],
) -> list[Promised]:
    """The earmark of each becomes a commitment, by one statement. Those the line has nothing left for are left as they are."""
    purses = {(one.line_id, one.year): _Purse(one) for one in _balances(claim for claim, _ in promising)}
    entries, fitting = [], []
    for claim, amount in promising:
        stage, line = claim.stage, claim.stage.service.line
        purse = purses.get((line.pk, stage.year), _Purse(None))
        if refusal := purse.refuses(amount, f"{line} for {year_name(stage.year)}"):
            outcome.left.append((claim, refusal))
            del accepting[claim.pk]
            continue
        given = {"line": line, "year": stage.year, "day": day, "reason": _about(claim)}
        if released := purse.take(amount):
            entries.append(Entry(kind=EntryKind.EARMARK_RELEASED, amount=released, **given))
        commitment = Entry(kind=EntryKind.COMMITMENT, amount=amount, **given)
        entries.append(commitment)
        fitting.append((claim, amount, commitment))
    if entries:
        ledger.enter(by=by, entries=entries)
    return fitting


class _Purse:
    """What is earmarked and left of a line for a year, as commitments are taken from it one by one."""

    def __init__(self, balance: Balance | None) -> None:
        self.stated, self.overcommitted = False, False
        self.earmarked = self.left = Decimal(0)
        if balance is not None and balance.allocated is not None:
            self.stated, self.overcommitted = True, balance.overcommitted
            self.earmarked = balance.earmarked
            self.left = balance.allocated - balance.earmarked - balance.committed

    def refuses(self, amount: Decimal, of: str) -> str:
        """Why so much can't be promised, in words; blank where it can."""
        if not self.stated:
            return f"No allocation of {of} is stated, so nothing can be committed on it."
        if self.overcommitted:
            return f"{of} is overcommitted since its allocation was cut: it takes no new commitment."
        left = self.earmarked + self.left
        if amount > left:
            return f"{words.pounds(amount, 2)} is more than is left of {of}: {words.pounds(left, 2)}."
        return ""

    def take(self, amount: Decimal) -> Decimal:
        """Promise so much; how much of it was earmarked."""
        released = min(amount, self.earmarked)
        self.earmarked -= released
        self.left -= amount - released
        return released


def _balances(claims: Iterable[Claim]) -> list[Balance]:
    """The balances of their lines and years, which nobody else changes from now on."""
    wanted = {(claim.stage.service.line_id, claim.stage.year) for claim in claims}
    lines, years = {line for line, _ in wanted}, {year for _, year in wanted}
    found = Balance.objects.filter(line__in=lines, year__in=years, chin=None).order_by("line_id", "year")
    return list(found.select_for_update(no_key=True, of=("self",)))


def _accept_answers(
    by: Any, claims: Sequence[Claim], accepting: Mapping[int, Sequence[queries.Shown]], day: date
) -> None:
    """What was entered is accepted, by one statement; what the portal read itself is written beside it, by another."""
    read, ids, bases = [], [], []
    for claim in claims:
        for one in accepting[claim.pk]:
            if one.answer is None:
                read.append(
                    Answer(
                        claim=claim,
                        output=one.output,
                        entered_by=None,
                        state=AnswerState.ACCEPTED,
                        judged_by=by,
                        judged_on=day,
                        basis=one.basis[:LONGEST],
                    )
                )
            else:
                ids.append(one.answer.pk)
                bases.append(one.basis[:LONGEST])
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE lcs_answer a SET state = 'accepted', judged_by_id = %s, judged_on = %s, reason = '', basis = now.basis
                FROM unnest(%s::bigint[], %s::text[]) AS now(id, basis) WHERE now.id = a.id
                """,
                [by and by.pk, day, ids, bases],
            )
    if read:
        Answer.objects.bulk_create(read)


def _price(entries: Sequence[Promised]) -> None:
    if not entries:
        return
    columns = zip(*((claim.pk, amount, entry.pk) for claim, amount, entry in entries), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE lcs_claim c SET amount = now.amount, commitment_id = now.entry
            FROM unnest(%s::bigint[], %s::numeric[], %s::bigint[]) AS now(id, amount, entry) WHERE now.id = c.id
            """,
            [list(column) for column in columns],
        )
    for claim, amount, entry in entries:
        claim.amount, claim.commitment = amount, entry


def _owe(by: Any, entries: Sequence[Promised], involved: Mapping[int, frozenset[int]], day: date) -> None:
    """What is payable is owed to the practice; whoever entered or verified any of it authorises no payment of it."""
    if not entries:
        return
    judges = Answer.objects.filter(claim__in=[claim.pk for claim, _, _ in entries], judged_by__isnull=False)
    vouched = {claim.pk: set(involved[claim.pk]) for claim, _, _ in entries}
    for claim_id, judge in judges.values_list("claim", "judged_by"):
        vouched[claim_id].add(judge)
    owed = [
        owing.Owed(
            about=about(claim),
            practice=claim.practice,
            payee=None,
            line=claim.stage.service.line,
            year=claim.stage.year,
            chin=None,
            amount=amount,
            reason=_about(claim),
            vouched_by=frozenset(vouched[claim.pk]),
        )
        for claim, amount, _ in entries
    ]
    owing.owe(by=by, owed=owed, day=day)


@_refusals_kept
def send_back(*, by: Any, claim: Claim, reasons: Mapping[int, str], day: date) -> Claim:
    """The whole claim goes back, with a reason for each of some outputs, by their numbers. What is accepted stays so."""
    if not reasons:
        raise ValidationError("Choose what is returned, and say why.", code="nothing_returned")
    outcome = _return(
        by,
        [claim],
        day,
        lambda one, shown: {s.output.pk: reasons[s.output.pk] for s in shown if s.output.pk in reasons},
    )
    if outcome.left:
        raise ValidationError(outcome.left[0][1], code="not_returned")
    return outcome.done[0]


@_refusals_kept
def verify(*, by: Any, claim: Claim, accepted: Sequence[Output], returned: Mapping[int, str], day: date) -> Claim:
    """What one looked at is accepted, and where anything is returned the claim goes back with that."""
    current = claim
    with writing(by):
        if accepted or not returned:  # of a claim opened again everything may be accepted already
            current = accept(by=by, claim=claim, day=day, outputs=accepted).done[0]
        if returned:
            current = send_back(by=by, claim=claim, reasons=returned, day=day)
    return current


def weigh(act: Callable[[], Outcome]) -> Outcome:
    """What would become of several claims; it is undone again."""
    with transaction.atomic():
        outcome = act()
        transaction.set_rollback(True)
    return outcome


def return_many(*, by: Any, claims: Iterable[Claim], why: str, day: date) -> Outcome:
    """Each goes back for one reason: what lacks of it, else what is not accepted, else everything."""
    said = _reason(why)

    def reasons(claim: Claim, shown: Sequence[queries.Shown]) -> dict[int, str]:
        waiting = [one for one in shown if not one.accepted]
        lacking = [one for one in waiting if one.lacks]
        return {one.output.pk: said for one in lacking or waiting or shown}

    return _return(by, claims, day, reasons)


def _return(by: Any, claims: Iterable[Claim], day: date, reasons_of: Any) -> Outcome:
    outcome, saying = Outcome(), []
    with writing(by):
        several = _lock([claim.pk for claim in claims], day)
        shown, involved = queries.shown(several, day), queries.whose_evidence(several)
        for claim in several:
            reasons = {pk: _reason(why) for pk, why in reasons_of(claim, shown[claim.pk]).items()}
            refusal = "" if allowed(Event.RETURNED, claim.state) else _where_it_is(claim)
            if not refusal and by is not None and by.pk in involved[claim.pk]:
                refusal = queries.NOT_ONES_OWN
            if refusal:
                outcome.left.append((claim, refusal))
                continue
            saying.append(
                (claim, [(one, reasons[one.output.pk]) for one in shown[claim.pk] if one.output.pk in reasons])
            )
            outcome.done.append(claim)
        _return_answers(by, saying, day)
        said = [(claim, _said(returned)) for claim, returned in saying]
        _take([_step(claim, Event.RETURNED, by, day, why) for claim, why in said])
        telling.returned(said, day)
    return outcome


Returned = Sequence[tuple[queries.Shown, str]]


def _said(returned: Returned) -> str:
    """The reasons, once where they are the same."""
    if len({why for _, why in returned}) == 1:
        return f"{words.listed(str(one.output) for one, _ in returned)}: {returned[0][1]}"
    return "; ".join(f"{one.output}: {why}" for one, why in returned)


def _return_answers(by: Any, saying: Sequence[tuple[Claim, Returned]], day: date) -> None:
    judged = {"state": AnswerState.RETURNED, "judged_by": by, "judged_on": day, "basis": ""}
    new: list[Answer] = []
    changed: list[Answer] = []
    for claim, returned in saying:
        for one, why in returned:
            answer = one.answer or Answer(claim=claim, output=one.output)
            for name, value in {**judged, "reason": why}.items():
                setattr(answer, name, value)
            (changed if one.answer else new).append(answer)
    Answer.objects.bulk_create(new)
    Answer.objects.bulk_update(changed, [*judged, "reason"])


@_refusals_kept
def take_back(*, by: Any, claim: Claim, why: str, day: date) -> Claim:
    """Somebody decides that what was accepted should not have been: the claim is returned, and no longer owed.

    Raises ValidationError where it stands in a payment run, or is paid.
    """
    said = _reason(why)
    with writing(by):
        current = _current(claim, day, Event.TAKEN_BACK)
        if by is not None and by.pk in queries.whose_evidence([current])[current.pk]:
            raise ValidationError(queries.NOT_ONES_OWN, code="own")
        owing.call_off(by=by, about=[about(current)], day=day, why=said)
        off = _taken_off(current, day, "Taken back.")
        kept = {"line": off.line, "year": off.year, "amount": off.amount, "day": day, "reason": off.reason}
        ledger.enter(by=by, entries=[off, Entry(kind=EntryKind.EARMARK, **kept)])
        shown = queries.shown([current], day)[current.pk]
        _return_answers(by, [(current, [(one, said) for one in shown])], day)
        _take([_step(current, Event.TAKEN_BACK, by, day, said)])
        Claim.objects.filter(pk=current.pk).update(amount=None, commitment=None)
        current.amount = current.commitment = None
    return current


@_refusals_kept
def let_stand(*, by: Any, claim: Claim, why: str, day: date) -> Claim:
    """Somebody decides that what has lapsed of what was accepted changes nothing: of that, and of nothing that lapses later."""
    said = _reason(why)
    with writing(by):
        current = _current(claim, day, Event.LET_STAND)
        if not Claim.objects.filter(pk=current.pk).lapsed(day).exists():
            raise ValidationError("Nothing has lapsed that somebody has still to decide on.", code="nothing_lapsed")
        step = _step(current, Event.LET_STAND, by, day, said)
        _take([step])
        _decided(step, current, day)
    return current


def _decided(step: ClaimStep, claim: Claim, day: date) -> None:
    """Of what has lapsed on the day nobody has to decide any more."""
    lapsed = [one.answer for one in queries.shown([claim], day)[claim.pk] if one.lapsed]
    known = set(Stood.objects.filter(answer__claim=claim, over_on=None).values_list("answer", flat=True))
    Stood.objects.bulk_create(Stood(step=step, answer=one) for one in lapsed if one and one.pk not in known)


def holds_again(*, day: date) -> int:
    """What lapsed and was let stand, and holds again: if it lapses once more, somebody decides anew. How many; nightly."""
    with writing(None):
        open_ones = Stood.objects.filter(over_on=None).select_related("answer")
        several = Claim.objects.filter(pk__in=open_ones.values("answer__claim")).with_place(day).whole()
        lapsed = {
            one.answer.pk
            for of in queries.shown(list(several), day).values()
            for one in of
            if one.lapsed and one.answer
        }
        over = [one.pk for one in open_ones if one.answer_id not in lapsed]
        Stood.objects.filter(pk__in=over).update(over_on=day)
    return len(over)


@_refusals_kept
def ask_back(*, by: Any, claim: Claim, why: str, day: date) -> Claim:
    """Somebody decides that what was paid is asked back, whole. It stays paid until finance has received it."""
    said = _reason(why)
    with writing(by):
        current = _current(claim, day, Event.ASKED_BACK)
        recoveries.ask(by=by, about=about(current), why=said, day=day)
        step = _step(current, Event.ASKED_BACK, by, day, said)
        _take([step])
        _decided(step, current, day)
    return current


@_refusals_kept
def stop_asking(*, by: Any, claim: Claim, why: str, day: date) -> Claim:
    """What was asked back is let go: the payment stands."""
    said = _reason(why)
    with writing(by):
        current = _current(claim, day, Event.NOT_ASKED_BACK)
        recoveries.let_go(by=by, about=about(current), why=said, day=day)
        _take([_step(current, Event.NOT_ASKED_BACK, by, day, said)])
    return current


# Paying -----------------------------------------------------------------------------------------------


def about(claim: Claim) -> str:
    """What a payment of it says that it is about."""
    return f"{PREFIX}:{claim.pk}"


BECAME = {
    "paid": (Event.PAID, ""),
    "reversed": (Event.REVERSED, "The payment came back from the bank."),
    "called off": (Event.CALLED_OFF, "The payment came back, and it was decided not to pay it again."),
    "received back": (Event.RECEIVED_BACK, "The payment was asked back, and has been received."),
}


def heard(event: str, abouts: Sequence[str], by: Any, day: date) -> None:
    """A payment run says what became of payments: in its own transaction, so that both hold or neither.

    One that failed, or is owed again, is payable as before.
    """
    if event not in BECAME:
        return
    step, why = BECAME[event]
    several = _lock([_number(one) for one in abouts], day)
    for claim in several:
        _may(claim, step)
    _take([_step(claim, step, by, day, why) for claim in several])
    if step in (Event.CALLED_OFF, Event.RECEIVED_BACK):
        ledger.enter(by=by, entries=[_taken_off(claim, day, why) for claim in several])
        Claim.objects.filter(pk__in=[claim.pk for claim in several]).update(amount=None, commitment=None)


def _taken_off(claim: Claim, day: date, why: str) -> Entry:
    """What was committed for it is not, any more."""
    return Entry(
        kind=EntryKind.COMMITMENT_REDUCED,
        reverses=claim.commitment,
        line=claim.stage.service.line,
        year=claim.stage.year,
        amount=claim.amount or Decimal(0),
        day=day,
        reason=f"{why} {_about(claim)}"[:LONGEST],
    )


def rests_on(entry: Entry, balance: Balance) -> str:
    """Why an entry is not taken off the ledger by hand: a claim is owed by it, or needs what it keeps. Blank where none does."""
    owed = Claim.objects.filter(commitment=entry).whole().first()
    if owed is not None:
        return f"It is committed for a claim, {_about(owed)}. What becomes of it is decided on the page of the claim."
    if entry.kind != EntryKind.EARMARK or entry.chin_id is not None:
        return ""
    needed = opening.needed(entry.line, entry.year)
    if balance.earmarked - entry.amount >= needed:
        return ""
    return (
        f"{words.pounds(needed, 2)} of {entry.line} is kept for claims that are not accepted yet. It is released when a "
        "claim is closed, a practice taken off the list, or the service ended."
    )


def described(abouts: Sequence[str]) -> dict[str, owing.About]:
    """What sums are owed for, and the pages of their claims."""
    wanted = {_number(one): one for one in abouts}
    found = Claim.objects.filter(pk__in=wanted).select_related("stage__service", "practice")
    return {wanted[claim.pk]: owing.About(_about(claim), "lcs:claim_detail", (claim.pk,)) for claim in found}


def _number(about: str) -> int:
    return int(about.removeprefix(f"{PREFIX}:"))


# What all of them share -------------------------------------------------------------------------------


def _lock(ids: Iterable[int], day: date) -> list[Any]:
    """The claims as the database has them, whose they are on the day, kept for this transaction."""
    found = Claim.objects.filter(pk__in=list(ids)).with_place(day).whole().order_by("pk")
    return list(found.select_for_update(no_key=True, of=("self",)))


def _current(claim: Claim, day: date, event: Event | None = None) -> Any:
    current = _lock([claim.pk], day)[0]
    if event is not None:
        _may(current, event)
    return current


def _may(claim: Claim, event: Event) -> None:
    if not allowed(event, claim.state):
        raise ValidationError(_where_it_is(claim), code="state")


def _where_it_is(claim: Claim) -> str:
    return f"The claim is {str(ClaimState(claim.state).label).lower()}, so that can’t be done to it."


def _not_barred(claim: Claim, day: date) -> None:
    if barred := queries.Reckoning([claim], day).barred(claim):
        raise ValidationError(barred, code="barred")


def _reason(why: str) -> str:
    said = " ".join(why.split())
    if not said:
        raise ValidationError("Say why.", code="reason_required")
    if len(said) > LONGEST:
        raise ValidationError(f"Say why in at most {LONGEST} characters; this has {len(said)}.", code="reason_long")
    return said


def _step(claim: Claim, event: Event, by: Any, day: date, why: str = "", on_behalf: bool = False) -> ClaimStep:
    after = leads(event, claim.state)
    return ClaimStep(
        claim=claim,
        event=event,
        before=claim.state,
        after=after,
        day=day,
        by=by,
        on_behalf=on_behalf,
        why=why[:LONGEST],
    )


def _take(steps: Sequence[ClaimStep]) -> None:
    """The steps are taken, by one statement, and the claims follow them."""
    moment = dated.now()
    for step in steps:
        step.at = moment
    ClaimStep.objects.bulk_create(steps)
    for step in steps:
        step.claim.state = step.after


def _about(claim: Claim) -> str:
    return f"{claim.stage.in_full}: {claim.practice.ods_code} {getattr(claim, 'practice_name', '')}".strip()[:LONGEST]
