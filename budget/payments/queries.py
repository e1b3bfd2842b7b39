"""Reading what is owed, runs and payees: few statements, however many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from budget.payments.exporting import journals_to_make
from budget.payments.layouts import layouts_of
from budget.payments.models import Export, Layout, Payable, Payee, Recovery, Run, RunLine, Vouching
from budget.payments.states import NOT_SENT, LineState, PayableState, RecoveryState, RunState
from cc2h.accounts.authority import GRANTS, Action
from cc2h.kit import history
from cc2h.kit.asat import AsAt
from cc2h.kit.together import Asking, Totals, alone, totals
from chins.models import Deputy, PostHolding
from practices.models import Commissioner, Federation
from practices.queries import commissioners_where

NOTHING = Decimal("0.00")


def commissioners(user: Any, action: Action = Action.VIEW_CLAIM) -> list[Commissioner]:
    """Those of whose payments this person may see, or do, everything."""
    return list(commissioners_where(user, action))


def payables(user: Any, asat: AsAt) -> Any:
    """What this person may see of what was owed by the day, with its state then and the run it is in."""
    lines = RunLine.objects.filter(payable=OuterRef("pk"), run__prepared_on__lte=asat.day).exclude(state=LineState.OUT)
    newest = lines.order_by("-pk")
    found = Payable.objects.visible_to(user).recorded(asat).with_state_on(asat.day)
    return found.select_related("payee", "line", "chin").annotate(
        run_id=Subquery(newest.values("run")[:1]), run_number=Subquery(newest.values("run__number")[:1])
    )


def payable_seen(user: Any) -> Any:
    return Payable.objects.visible_to(user).select_related("payee__commissioner", "line")


def runs(user: Any, asat: AsAt) -> Any:
    """The runs this person may see that were prepared by the day."""
    with_names = ("commissioner", "prepared_by", "authorised_by")
    return Run.objects.visible_to(user).with_state_on(asat.day).select_related(*with_names)


def payments(user: Any, asat: AsAt) -> Any:
    """The lines of those runs, and what had become of them by the day."""
    lines = RunLine.objects.visible_to(user).with_state_on(asat.day)
    return lines.select_related("run", "payable__payee", "payable__line")


FACTS = ("name", "reference")  # of a payee, that may change


def payees(user: Any, asat: AsAt) -> Any:
    """The payees this person may see, with what each was owed and had been paid by the day."""
    by_then: Any = Payable.objects.filter(payee=OuterRef("pk"))
    by_then = by_then.recorded(asat).with_state_on(asat.day).order_by()
    owed, paid = (by_then.filter(state_on=state) for state in (PayableState.OWED, PayableState.PAID))
    return payees_seen(user).annotate(
        owed=Subquery(owed.values("payee").annotate(sum=Sum("amount")).values("sum")),
        paid=Subquery(paid.values("payee").annotate(sum=Sum("amount")).values("sum")),
    )


def payees_seen(user: Any) -> Any:
    return Payee.objects.visible_to(user).select_related("commissioner", "practice", "federation")


def payments_to(payee: Payee, asat: AsAt) -> list[Any]:
    """What was paid to it, or failed, or came back by the day, the newest first."""
    lines: Any = RunLine.objects.filter(payable__payee=payee)
    lines = lines.with_state_on(asat.day).exclude(state_on=LineState.WAITING)
    return list(lines.select_related("run", "payable__line").order_by("-day_on", "-pk"))


def owed_to(payee: Payee, asat: AsAt) -> list[Any]:
    """What it is owed on the day."""
    found: Any = Payable.objects.filter(payee=payee)
    found = found.recorded(asat).with_state_on(asat.day).filter(state_on__in=[PayableState.OWED, PayableState.BACK])
    return list(found.select_related("line").order_by("day", "pk"))


def payee_history(payee: Payee) -> list[history.Entry]:
    return history.entries(Payee.objects.filter(pk=payee.pk), limit=50)


def exports(user: Any) -> Any:
    """The files this person may see."""
    seen = [one.pk for one in commissioners(user)]
    return Export.objects.filter(commissioner__in=seen).select_related("run", "commissioner", "made_by").defer("data")


def layouts_seen(user: Any) -> Any:
    return Layout.objects.filter(commissioner__in=commissioners(user)).select_related("commissioner")


def federations_without_payee(commissioner: Commissioner) -> list[tuple[int, str]]:
    known = Payee.objects.filter(commissioner=commissioner, federation__isnull=False).values("federation")
    return list(Federation.objects.filter(commissioner=commissioner).exclude(pk__in=known).values_list("pk", "name"))


def federation_by_number(pk: int) -> Federation:
    return Federation.objects.get(pk=pk)


# Home -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwedSum:
    """What is owed on a line for a year, or to a payee."""

    of: Any
    year: int | None
    count: int
    sum: Decimal


def owed_by_line(user: Any, asat: AsAt) -> list[OwedSum]:
    owed = payables(user, asat).filter(state_on=PayableState.OWED).order_by()
    rows = owed.values("line__slug", "line__name", "line__place", "year").annotate(n=Count("pk"), sum=Sum("amount"))
    ordered = sorted(rows, key=lambda row: (row["line__place"], row["line__name"], row["year"]))
    return [OwedSum((row["line__slug"], row["line__name"]), row["year"], row["n"], row["sum"]) for row in ordered]


def owed_by_payee(user: Any, asat: AsAt, most: int) -> list[OwedSum]:
    """The payees that are owed the most."""
    owed = payables(user, asat).filter(state_on=PayableState.OWED).order_by()
    rows = (
        owed.values("payee", "payee__name").annotate(n=Count("pk"), sum=Sum("amount")).order_by("-sum", "payee__name")
    )
    shown = list(rows[:most])
    called = names_of([row["payee"] for row in shown], asat)
    return [OwedSum((row["payee"], called[row["payee"]]), None, row["n"], row["sum"]) for row in shown]


def names_of(payees: Iterable[int], asat: AsAt) -> dict[int, str]:
    """What payees were called on the day."""
    found = list(Payee.objects.filter(pk__in=list(payees)))
    history.tell(found, asat, *FACTS)
    return {one.pk: one.name for one in found}


def owed_in_no_run(user: Any) -> Totals:
    """How many sums a run could be prepared of today, and what they come to."""
    return totals(payable_seen(user).filter(state=PayableState.OWED).free(), n=Count("pk"), sum=Sum("amount"))


def waiting_runs(user: Any) -> Any:
    """Runs that wait for somebody today, the oldest first."""
    found = Run.objects.visible_to(user).filter(state__in=[RunState.PREPARED, RunState.AUTHORISED, RunState.EXPORTED])
    return found.select_related("commissioner", "prepared_by", "authorised_by").order_by("prepared_on", "pk")


def to_decide(user: Any) -> Any:
    """What came back from the bank and nobody has decided on."""
    return payable_seen(user).filter(state=PayableState.BACK).order_by("day", "pk")


def recoveries(user: Any, asat: AsAt) -> Any:
    """What was asked back by the day, with what had become of it then."""
    found = Recovery.objects.visible_to(user).with_state_on(asat.day)
    return found.select_related("payable__payee__commissioner", "payable__line", "asked_by", "settled_by")


def recoveries_asked(user: Any) -> list[Recovery]:
    """What is asked back today and neither received nor let go, the oldest first."""
    found = Recovery.objects.visible_to(user).filter(state=RecoveryState.ASKED)
    return list(found.select_related("payable__payee").order_by("asked_on", "pk"))


def recovery_seen(user: Any) -> Any:
    return Recovery.objects.visible_to(user).select_related("payable__payee__commissioner")


def to_pay_again(user: Any) -> list[Any]:
    """Payments that failed and that no later run has taken up, the oldest first."""
    free = payable_seen(user).free()
    failed = RunLine.objects.visible_to(user).filter(state=LineState.FAILED, payable__in=free)
    return list(failed.select_related("run", "payable__payee").order_by("outcome_on", "pk"))


# A run ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Authoriser:
    """Somebody whose post could authorise the run today, and why they may not, if so."""

    pk: int
    name: str
    why_not: str = ""


def authorisers(several: Sequence[Run], day: date) -> dict[int, list[Authoriser]]:
    """By run, who may authorise it on the day and who may not, by name. Deputies count, on both sides."""
    return alone(authorisers_of(several, day))


def authorisers_of(several: Sequence[Run], day: date) -> Asking[dict[int, list[Authoriser]]]:
    """The same, in three statements; none where there is no run."""
    found: dict[int, list[Authoriser]] = {}
    if not several:
        return found
    people = yield from _finance({run.commissioner_id for run in several}, day)
    ids = {pk for own in people.values() for pk in own}
    lines = Q(payable__run_lines__run__in=several, payable__run_lines__state=LineState.WAITING)
    pairs = Vouching.objects.filter(lines, person__in=ids).order_by().values_list("payable__run_lines__run", "person")
    waiting = RunLine.objects.filter(run__in=several, state=LineState.WAITING, added_by__in=ids)
    post = ("post__practice", "post__federation")
    vouchers, adders, holders, deputies = yield (
        pairs.distinct(),
        waiting.order_by().values_list("run", "added_by").distinct(),
        PostHolding.objects.as_at(day).filter(holder__in=ids).values_list("holder", *post),
        Deputy.objects.as_at(day).filter(deputy__in=ids).values_list("deputy", *post),
    )
    vouched: dict[int, set[int]] = {}
    for run_id, person in vouchers:
        vouched.setdefault(run_id, set()).add(person)
    added: dict[int, set[int]] = {}
    for run_id, person in adders:
        added.setdefault(run_id, set()).add(person)
    posts = yield from _posts_at_payees(several, [*holders, *deputies])
    for run in several:
        found[run.pk] = [
            Authoriser(
                pk,
                name,
                _why_not(run, pk, added.get(run.pk, set()), vouched.get(run.pk, set()), posts.get((run.pk, pk))),
            )
            for pk, name in sorted(people.get(run.commissioner_id, {}).items(), key=lambda one: (one[1], one[0]))
        ]
    return found


def _why_not(run: Run, person: int, added: set[int], vouched: set[int], payee: str | None) -> str:
    if person == run.prepared_by_id:
        return "prepared it"
    if person in added:
        return "added payments to it"
    if person in vouched:
        return "entered or verified some of what it pays"
    return f"holds a post at {payee}" if payee else ""


def _finance(commissioner_ids: Iterable[int], day: date) -> Asking[dict[int, dict[int, str]]]:
    """By commissioner, the holders of posts that authorise payments, and their deputies."""
    roles = [role.value for role, grants in GRANTS.items() if Action.AUTHORISE_PAYMENT in grants]
    of = {"post__role__in": roles, "post__commissioner__in": list(commissioner_ids)}
    holders = PostHolding.objects.as_at(day).filter(holder__is_active=True, **of)
    deputies = Deputy.objects.as_at(day).filter(deputy__is_active=True, **of)
    held, deputised = yield (
        holders.values_list("post__commissioner", "holder", "holder__name"),
        deputies.values_list("post__commissioner", "deputy", "deputy__name"),
    )
    found: dict[int, dict[int, str]] = {}
    for rows in (held, deputised):
        for commissioner, pk, name in rows:
            found.setdefault(commissioner, {})[pk] = name
    return found


def _posts_at_payees(
    several: Sequence[Run], held: Iterable[tuple[int, int | None, int | None]]
) -> Asking[dict[tuple[int, int], str]]:
    """By run and person, the payee at which they hold or deputise a post: held are people with a post's practice, federation."""
    practices: dict[int, set[int]] = {}
    federations: dict[int, set[int]] = {}
    for person, practice, federation in held:
        if practice:
            practices.setdefault(practice, set()).add(person)
        if federation:
            federations.setdefault(federation, set()).add(person)
    mine = Q(payable__payee__practice__in=practices) | Q(payable__payee__federation__in=federations)
    of = RunLine.objects.filter(mine, run__in=several, state=LineState.WAITING).order_by("payable__payee")
    payee = ("payable__payee", "payable__payee__name", "payable__payee__practice", "payable__payee__federation")
    found = {}
    for run_id, _, name, practice, federation in (yield of.values_list("run", *payee).distinct()):
        for person in practices.get(practice, set()) | federations.get(federation, set()):
            found[run_id, person] = name
    return found


def said_of(state: str, run: Run, day: date) -> str:
    """The state of a payment in words: what has not left the portal by the day does not wait for the bank."""
    left = run.exported_on is not None and run.exported_on <= day
    return NOT_SENT if state == LineState.WAITING and not left else str(LineState(state).label)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many payments of a run stand so, and what they come to."""

    state: str
    label: str
    count: int
    sum: Decimal


def counted(run: Run, asat: AsAt) -> list[Counted]:
    """The payments of the run by what had become of them by the day."""
    lines: Any = RunLine.objects.filter(run=run)
    rows = lines.with_state_on(asat.day).order_by().values("state_on").annotate(n=Count("pk"), sum=Sum("amount"))
    by_state = {row["state_on"]: row for row in rows}
    return [
        Counted(state.value, said_of(state, run, asat.day), by_state[state]["n"], by_state[state]["sum"])
        for state in LineState
        if state in by_state
    ]


def lines_of(run: Run, asat: AsAt, most: int | None = None) -> list[Any]:
    """The payments of the run, with what had become of them by the day."""
    lines: Any = RunLine.objects.filter(run=run)
    found = lines.with_state_on(asat.day).select_related("payable__payee", "payable__line").order_by("reference")
    shown = list(found[:most])
    history.tell([one.payable.payee for one in shown], asat, *FACTS)
    return shown


@dataclass(frozen=True, slots=True)
class NewReference:
    """A payee that the run pays by another reference than it was last paid by, or than its ODS code."""

    payee: Payee
    now: str
    before: str


def new_references(run: Run) -> list[NewReference]:
    """Those whom the run pays by a reference that no payment has shown to be theirs."""
    waiting = run.lines.filter(state=LineState.WAITING)
    paid = RunLine.objects.filter(payable__payee=OuterRef("payable__payee"), payment__isnull=False).exclude(run=run)
    known = Coalesce(
        Subquery(paid.order_by("-outcome_on", "-pk").values("payee_reference")[:1]),
        F("payable__payee__practice__ods_code"),
    )
    others = waiting.annotate(known=known).exclude(known=None).exclude(known=F("payee_reference"))
    found = {
        one.payable.payee_id: NewReference(one.payable.payee, one.payee_reference, one.known)
        for one in others.select_related("payable__payee").order_by("payable__payee__name", "pk")
    }
    return list(found.values())


def lines_in(run: Run, *states: LineState) -> list[RunLine]:
    found = run.lines.filter(state__in=states).select_related("payable__payee", "payable__line").order_by("reference")
    return list(found)


def steps_of(run: Run, asat: AsAt) -> list[Any]:
    return list(run.steps.filter(day__lte=asat.day).select_related("by").order_by("pk"))


def exports_of(run: Run, asat: AsAt) -> list[Any]:
    """Its files, with how often each was fetched."""
    made = run.exports.filter(day__lte=asat.day).defer("data").select_related("made_by")
    return list(made.annotate(fetched=Count("downloads")).order_by("pk"))


def confirmations_of(run: Run, asat: AsAt) -> list[Any]:
    return list(run.confirmations.filter(day__lte=asat.day).defer("data").select_related("by").order_by("pk"))


def paid_payees(run: Run, asat: AsAt) -> list[Payee]:
    """Who has a remittance of the run by the day."""
    paid = RunLine.objects.filter(run=run, payment__isnull=False, outcome_on__lte=asat.day)
    found = list(Payee.objects.filter(pk__in=paid.values("payable__payee")).order_by("name", "pk"))
    history.tell(found, asat, *FACTS)
    return found


def free_payables(commissioner: Commissioner) -> list[Any]:
    """What a run can be made of today."""
    found: Any = Payable.objects.filter(payee__commissioner=commissioner)
    return list(found.free().select_related("payee", "line").order_by("day", "payee__name", "pk"))


def layout_choices(commissioner: Commissioner, run: Run) -> Sequence[Layout]:
    """The layouts in which the run can leave as it stands."""
    if run.state == RunState.AUTHORISED:
        return layouts_of(commissioner, "payment")
    return journals_to_make(run)
