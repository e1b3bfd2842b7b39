"""What is waiting on a person: one list for every role, made of what their posts let them do.

Each provider is asked only of people who hold its action somewhere. It yields its questions, which are answered with
those of all others in one statement (cc2h.kit.together), and what waits, in the order of urgency, the first few of each.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery

from budget.agreements import queries as agreements
from budget.lcs import queries as local_services
from budget.lcs.models import Claim, ClaimState, Service
from budget.lcs.states import TO_ENTER
from budget.models import Period, Request, RequestState
from budget.months.models import YearChoice
from budget.payments import queries as payments
from budget.payments.states import RunState
from cc2h.accounts.authority import Action, Authority, Role, Scope, authority_of
from cc2h.accounts.models import User
from cc2h.board import papers
from cc2h.board.models import BoardDay
from cc2h.cases import queries as cases
from cc2h.cases.cycles import queries as cycles
from cc2h.cases.cycles.services import monday_of
from cc2h.cases.route import queries as routes
from cc2h.cases.route.outcomes import Part
from cc2h.cases.states import CaseState
from cc2h.delivery import queries as actions
from cc2h.governance import queries as governance
from cc2h.governance.decisions import queries as decisions
from cc2h.governance.papers import papers_due
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import day_after, month_end
from cc2h.kit.links import link
from cc2h.kit.models import Import, Work
from cc2h.kit.together import Asking, Totals, kept, together, totals
from chins.models import Deputy, Membership, Post, PostHolding
from kpis.tracking import queries as series
from practices.models import Commissioner, Contact, FederationMembership, PracticeDetail

SHOWN = 5  # of each kind
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits: what it is, where to see to it, and a few words beside it.

    weekly: it is asked for every week, and on Mondays comes in a mail of its own.
    """

    text: str
    href: str = ""
    note: str = ""
    overdue: bool = False
    weekly: bool = False


@dataclass(frozen=True)
class Reader:
    """Who is asking, on which days, with what authority."""

    user: Any
    asat: AsAt

    @property
    def held(self) -> Authority:
        return authority_of(self.user)

    def url(self, name: str, *args: Any, **query: Any) -> str:
        """The address of a page as at the day being looked at."""
        return link(self.asat, name, *args, query=query)

    def today(self, name: str, *args: Any, **query: Any) -> str:
        """The address of a page as at today, where what waits is to be seen to."""
        return link(None, name, *args, query=query)


Waiting = Generator[Any, Any, None]
Provider = Callable[[Reader], Waiting]
_providers: list[tuple[Action, Provider]] = []


def waits(action: Action) -> Callable[[Provider], Provider]:
    """Register a provider for people who may do `action` somewhere."""

    def register(provider: Provider) -> Provider:
        _providers.append((action, provider))
        return provider

    return register


def waiting_on(reader: Reader) -> list[Item]:
    """Everything that waits on this person: what is overdue first, providers in the order of this module."""
    asked = together([_items(provider(reader)) for action, provider in _providers if reader.held.may(action)])
    return sorted((item for items in asked for item in items), key=lambda item: not item.overdue)


def _items(provided: Waiting) -> Asking[list[Item]]:
    """What a provider yields: its questions are handed on, its items kept."""
    items: list[Item] = []
    answer = None
    while True:
        try:
            said = provided.send(answer)
        except StopIteration:
            return items
        if isinstance(said, Item):
            items.append(said)
            answer = None
        else:
            answer = yield said


@waits(Action.IMPORT_FILES)
def files_checked(reader: Reader) -> Waiting:
    """Files that have been checked and wait for a decision."""
    for found in (yield kept(_checked, most=SHOWN)):
        yield Item(
            f"{found.file_name} is checked and waits for a decision",
            reader.today("imports:import_detail", found.pk),
            f"{words.plural(found.rows, 'row')}",
        )


def _checked() -> Any:
    return Import.objects.filter(state=Import.State.CHECKED).order_by("uploaded_at")


@waits(Action.ADD_CONTACT)
def next_steps(reader: Reader) -> Waiting:
    """Next steps of the contact log that are due, and nothing has been logged since."""
    today = reader.asat.today
    for contact in (yield kept(_next_steps, reader.held, today, most=SHOWN)):
        yield Item(
            f"{contact.name or contact.code}: {contact.next_step}",
            reader.today("practices:practice_detail", contact.code),
            f"by {words.short_day(contact.next_day)}",
            overdue=bool(contact.next_day and contact.next_day < today),
        )


def _next_steps(held: Authority, today: date) -> Any:
    standing = Q(practice__standings__held__upper_inf=True, practice__standings__period__contains=today)
    mine = standing & Q(practice__standings__commissioner__in=held.commissioner_ids(Action.ADD_CONTACT))
    if chins := held.own_ids(Action.ADD_CONTACT, Scope.CHIN):
        member = Membership.objects.as_at(today).filter(practice=OuterRef("practice"), chin__in=chins)
        mine |= Q(Exists(member))
    if federations := held.own_ids(Action.ADD_CONTACT, Scope.FEDERATION):
        of_it = FederationMembership.objects.as_at(today).filter(practice=OuterRef("practice"))
        mine |= Q(Exists(of_it.filter(federation__in=federations)))
    later = Contact.objects.filter(practice=OuterRef("practice"), withdrawn_at__isnull=True, day__gt=OuterRef("day"))
    name = PracticeDetail.objects.as_at(today).filter(practice=OuterRef("practice")).values("name")[:1]
    return (
        Contact.objects.filter(mine, ~Exists(later), withdrawn_at__isnull=True, next_day__lte=today + SOON)
        .exclude(next_step="")
        .annotate(name=name, code=F("practice__ods_code"))
        .order_by("next_day", "pk")
        .distinct()
    )


@waits(Action.COMPLETE_ACTION)
def own_actions(reader: Reader) -> Waiting:
    """Open actions of one's own posts: how many, and how many of them are overdue."""
    found = yield from actions.mine(reader.user, reader.asat)
    if found.number:
        overdue = f", {words.number(found.overdue)} overdue" if found.overdue else ""
        yield Item(
            f"{words.plural(found.number, 'action is', 'actions are')} yours{overdue}",
            reader.today("delivery:action_list", whose="mine"),
            overdue=bool(found.overdue),
        )


@waits(Action.SIGN_AGREEMENT)
def agreements_to_sign(reader: Reader) -> Waiting:
    """Agreements that one's practices have still to sign."""
    for agreement in (yield agreements.to_sign(reader.user, reader.asat)[:SHOWN]):
        yield Item(
            f"{agreement.title} is to be signed",
            reader.today("agreements:agreement_sign", agreement.slug),
            str(agreement.chin or agreement.commissioner),
        )


@waits(Action.CHANGE_MEMBERSHIP)
def planned_joins(reader: Reader) -> Waiting:
    """Practices that are planned to join within a month."""
    for membership in (yield kept(_planned_joins, reader.held, reader.asat.today, most=SHOWN)):
        yield Item(
            f"{membership.name or membership.practice} is planned to join {membership.chin}",
            reader.today("chins:chin_detail", membership.chin.slug),
            f"on {words.short_day(membership.first_day)}",
        )


def _planned_joins(held: Authority, today: date) -> Any:
    mine = Q(chin__commissioner__in=held.commissioner_ids(Action.CHANGE_MEMBERSHIP))
    mine |= Q(chin__in=held.own_ids(Action.CHANGE_MEMBERSHIP, Scope.CHIN))
    soon = Membership.objects.held().filter(mine, period__startswith__gt=today, period__startswith__lte=today + SOON)
    name = PracticeDetail.objects.as_at(today).filter(practice=OuterRef("practice")).values("name")[:1]
    return soon.select_related("chin", "practice").annotate(name=name).order_by("period", "pk")


@waits(Action.SETTLE_STATEMENT)
def disagreements(reader: Reader) -> Waiting:
    """Figures in papers that the records contradict, and nobody has settled."""
    left = yield from papers.left_to_settle(reader.held.commissioner_ids(Action.SETTLE_STATEMENT))
    if left:
        yield Item(
            f"{words.plural(left, 'figure in papers differs', 'figures in papers differ')} from the records",
            reader.today("board:statement_list", settled="no", records="differ"),
            "not settled",
        )


@waits(Action.CHANGE_BOARD_DAYS)
def no_board_day(reader: Reader) -> Waiting:
    """Commissioners whose next board day nobody has put down, where boards have met before."""
    for commissioner in (yield kept(_without_a_board_day, reader.held, reader.asat.today, most=SHOWN)):
        yield Item(f"{commissioner.short_name} has no board day to come", reader.today("board:board_days"))


def _without_a_board_day(held: Authority, today: date) -> Any:
    mine = Commissioner.objects.filter(pk__in=held.commissioner_ids(Action.CHANGE_BOARD_DAYS))
    days = BoardDay.objects.held().filter(commissioner=OuterRef("pk"))
    return mine.not_ended(today).filter(~Exists(days.filter(day__gte=today)))


@waits(Action.CHANGE_POST)
def vacant_posts(reader: Reader) -> Waiting:
    """Posts that nobody holds today."""
    (vacant,) = yield kept(_vacant, reader.held, reader.asat.today)
    if vacant:
        yield Item(
            f"{words.plural(vacant, 'post')} {'is' if vacant == 1 else 'are'} vacant", reader.today("people:post_list")
        )


def _vacant(held: Authority, today: date) -> Totals:
    posts = Post.objects.all()
    if not held.everywhere(Action.CHANGE_POST):
        ids = held.commissioner_ids(Action.CHANGE_POST)
        posts = posts.filter(
            Q(commissioner__in=ids) | Q(chin__commissioner__in=ids) | Q(federation__commissioner__in=ids)
        )
    holding = PostHolding.objects.as_at(today).filter(post=OuterRef("pk"))
    return totals(posts.filter(~Exists(holding)), n=Count("pk"))


@waits(Action.CHANGE_POST)
def without_a_manager(reader: Reader) -> Waiting:
    """Commissioners of the programme that nobody who can sign in manages, as after the first files have come."""
    if not reader.held.everywhere(Action.CHANGE_POST):
        return
    for commissioner in (yield kept(_unmanaged, reader.asat.today, most=SHOWN)):
        yield Item(f"{commissioner.short_name} has no transformation manager", reader.today("people:post_add"))


def _unmanaged(today: date) -> Any:
    held = PostHolding.objects.as_at(today).filter(post__role=Role.TRANSFORMATION_MANAGER, holder__is_active=True)
    whose = Q(post__commissioner=OuterRef("pk")) | Q(post__commissioner__successor=OuterRef("pk"))
    without = Commissioner.objects.filter(~Exists(held.filter(whose)), in_programme=True).not_ended(today)
    return without.order_by("short_name")


@waits(Action.MANAGE_PEOPLE)
def people_without_a_post(reader: Reader) -> Waiting:
    """People who may sign in and hold no post, so that they see nothing."""
    (without,) = yield kept(_without_a_post, reader.asat.today)
    if without:
        those = words.plural(without, "person", "people")
        yield Item(f"{those} may sign in without a post, and see nothing", reader.today("people:post_list"))


def _without_a_post(today: date) -> Totals:
    holding = PostHolding.objects.as_at(today).filter(holder=OuterRef("pk"))
    deputy = Deputy.objects.as_at(today).filter(deputy=OuterRef("pk"))
    return totals(User.objects.filter(~Exists(holding), ~Exists(deputy), is_active=True), n=Count("pk"))


@waits(Action.MANAGE_PEOPLE)
def failing_work(reader: Reader) -> Waiting:
    """Work that has failed and is being tried again."""
    (failing,) = yield kept(_failing)
    if failing:
        yield Item(f"{words.plural(failing, 'piece')} of background work failed and will be tried again", overdue=True)


def _failing() -> Totals:
    return totals(Work.objects.filter(done_at__isnull=True).exclude(last_error=""), n=Count("pk"))


@waits(Action.AGREE_BUDGET)
def virements_and_cuts(reader: Reader) -> Waiting:
    """Virements and cuts that somebody else asked for."""
    for asked in (yield kept(_asked_for, reader.user, most=SHOWN)):
        yield Item(
            f"{asked.get_kind_display()} of {words.pounds(asked.amount, 2)}, {asked.line.name}, waits to be agreed",
            reader.today("budget:request_detail", asked.pk),
            f"asked for on {words.short_day(asked.asked_on)}",
        )


def _asked_for(user: Any) -> Any:
    ids = authority_of(user).commissioner_ids(Action.AGREE_BUDGET)
    mine = Request.objects.filter(line__commissioner__in=ids, state=RequestState.ASKED)
    return mine.exclude(asked_by=user).select_related("line").order_by("asked_on", "pk")


@waits(Action.CLOSE_MONTH)
def choices_of_year_ends(reader: Reader) -> Waiting:
    """What somebody else asked to become of what was left at the end of a year."""
    for asked in (yield kept(_choices, reader.user, most=SHOWN)):
        yield Item(
            f"What becomes of {words.pounds(asked.left, 2)} of {asked.line.name} waits to be agreed",
            reader.today("months:choice", asked.pk),
            f"asked for on {words.short_day(asked.asked_on)}",
        )


def _choices(user: Any) -> Any:
    ids = authority_of(user).commissioner_ids(Action.CLOSE_MONTH)
    mine = YearChoice.objects.filter(line__commissioner__in=ids, state=RequestState.ASKED)
    return mine.exclude(asked_by=user).select_related("line").order_by("asked_on", "pk")


@waits(Action.CLOSE_MONTH)
def months_to_close(reader: Reader) -> Waiting:
    """The month that is next to be closed, where it is over and months have been closed before."""
    for one in (yield kept(_last_closed, reader.held)):
        month = day_after(month_end(one.newest))
        if month_end(month) < reader.asat.today:
            yield Item(
                f"{words.month(month)} is over and not closed", reader.today("months:report", one.ods_code, month)
            )


def _last_closed(held: Authority) -> Any:
    mine = Commissioner.objects.filter(pk__in=held.commissioner_ids(Action.CLOSE_MONTH))
    closed = Period.objects.closed().filter(commissioner=OuterRef("pk")).order_by("-month")
    return mine.annotate(newest=Subquery(closed.values("month")[:1])).filter(newest__isnull=False)


@waits(Action.CHANGE_SERVICE)
def services_to_end(reader: Reader) -> Waiting:
    """Local services whose window is over, and that nobody has ended."""
    for service in (yield kept(_services_to_end, reader.held, reader.asat.today, most=SHOWN)):
        yield Item(
            f"The window of {service} is over, and it has not ended",
            reader.today("lcs:service_detail", service.slug),
            f"since {words.short_day(service.closes_on)}",
        )


def _services_to_end(held: Authority, today: date) -> Any:
    ids = held.commissioner_ids(Action.CHANGE_SERVICE)
    mine = Service.objects.filter(line__commissioner__in=ids, state=Service.State.OPEN)
    return mine.filter(closes_on__lt=today).order_by("closes_on", "pk")


@waits(Action.CHANGE_SERVICE)
def practices_not_priced(reader: Reader) -> Waiting:
    """Services whose line had too little left when list sizes came late."""
    for service in (yield kept(_not_priced, reader.held, most=SHOWN)):
        yield Item(
            f"{service}: {words.plural(service.how_many, 'practice')} can’t be priced",
            reader.today("lcs:service_detail", service.slug),
            f"too little is left of {service.line}",
        )


def _not_priced(held: Authority) -> Any:
    return local_services.not_priced(held.commissioner_ids(Action.CHANGE_SERVICE))


@waits(Action.VERIFY_CLAIM)
def claims_to_verify(reader: Reader) -> Waiting:
    """Claims that were sent in, by stage of a service, those that have waited longest first."""
    for one in (yield kept(_to_verify, reader.held, most=SHOWN)):
        named = dict.fromkeys((one["stage__service__name"], one["stage__name"]))
        yield Item(
            f"{words.plural(one['n'], 'claim waits', 'claims wait')} to be verified: {', '.join(named)}",
            reader.today("lcs:claim_batch", one["stage"]),
            f"since {words.short_day(one['first'])}",
        )


def _to_verify(held: Authority) -> Any:
    mine = Claim.objects.filter(
        stage__service__line__commissioner__in=held.commissioner_ids(Action.VERIFY_CLAIM), state=ClaimState.SENT
    )
    stages = mine.values("stage", "stage__name", "stage__service__name").annotate(n=Count("pk"), first=Min("sent_on"))
    return stages.order_by("first", "stage")


@waits(Action.VERIFY_CLAIM)
def claims_lapsed(reader: Reader) -> Waiting:
    """Claims of which something accepted no longer holds: somebody decides what follows."""
    (number,) = yield kept(_lapsed, reader.held, reader.asat.today)
    if number:
        yield Item(
            f"{words.plural(number, 'claim rests', 'claims rest')} on a post or a signature that has lapsed",
            reader.today("lcs:claim_list", lapsed="yes"),
            "to let stand, take back or ask back",
        )


def _lapsed(held: Authority, today: date) -> Totals:
    mine = Claim.objects.filter(stage__service__line__commissioner__in=held.commissioner_ids(Action.VERIFY_CLAIM))
    return totals(mine.lapsed(today), n=Count("pk"))


@waits(Action.ENTER_CLAIM)
def claims_to_send(reader: Reader) -> Waiting:
    """Claims of one's own practice, or of the practices of one's CHIN, that were returned or have still to be sent in."""
    today = reader.asat.today
    for claim in (yield kept(_to_send, reader.held, today, most=SHOWN)):
        due = claim.stage.due
        yield Item(
            f"{claim.practice_name}: {claim.stage.in_full}, "
            + ("was returned" if claim.state == ClaimState.RETURNED else "is to be sent in"),
            reader.today("lcs:claim_detail", claim.pk),
            f"by {words.short_day(due)}" if due else "",
            overdue=due is not None and due < today,
        )


def _to_send(held: Authority, today: date) -> Any:
    mine = Q(practice__in=held.own_ids(Action.ENTER_CLAIM, Scope.PRACTICE))
    mine |= Q(chin_now__in=held.own_ids(Action.ENTER_CLAIM, Scope.CHIN))
    found = Claim.objects.with_place(today).whole().filter(mine, state__in=TO_ENTER)
    return found.order_by("-state", F("stage__due").asc(nulls_last=True), "pk")


@waits(Action.SHAPE_CASE)
def ideas_to_take_up(reader: Reader) -> Waiting:
    """Ideas of one's CHINs that nobody has taken up, those that have waited longest first."""
    for case in (yield kept(cases.to_take_up, reader.user, most=SHOWN)):
        yield Item(
            f"{case.title}: an idea of {case.chin}, to be taken up",
            reader.today("cases:case_detail", case.number),
            f"since {words.short_day(case.since)}",
        )


@waits(Action.WRITE_CASE)
def cases_to_write(reader: Reader) -> Waiting:
    """Cases of one's own CHINs that more was asked of, and one's own drafts."""
    for case in (yield kept(cases.to_write, reader.user, most=SHOWN)):
        asked = case.state == CaseState.RETURNED
        yield Item(
            f"{case.title}: {'more was asked for' if asked else 'a draft, to be sent in'}",
            reader.today("cases:case_detail", case.number),
            f"since {words.short_day(case.since)}",
        )


@waits(Action.PREPARE_PAYMENT)
def payment_runs(reader: Reader) -> Waiting:
    """Payment runs that this person could take a step further, and what is owed and in none."""
    held, user = reader.held, reader.user
    runs, free, back = yield (
        payments.waiting_runs(user), payments.owed_in_no_run(user), payments.to_decide(user)[:SHOWN]
    )  # fmt: skip
    prepared = [run for run in runs if run.state == RunState.PREPARED]
    by_run = yield from payments.authorisers_of(prepared, reader.asat.today)
    for run in runs:
        if run.commissioner_id not in held.commissioner_ids(Action.PREPARE_PAYMENT):
            continue
        if run.state == RunState.PREPARED:
            if not any(one.pk == reader.user.pk and not one.why_not for one in by_run[run.pk]):
                continue
            step = "waits to be authorised"
        else:
            step = "waits for its payment file" if run.state == RunState.AUTHORISED else "waits to be confirmed"
        yield Item(
            f"{run} {step}",
            reader.today("payments:run_detail", run.pk),
            f"prepared on {words.short_day(run.prepared_on)}",
        )
    number, amount = free
    if number:
        yield Item(
            f"{words.plural(number, 'sum is', 'sums are')} owed and in no payment run: {words.pounds(amount, 2)}",
            reader.today("payments:payable_list", state="owed"),
        )
    for payable in back:
        yield Item(
            f"{words.pounds(payable.amount, 2)} for {payable.payee} came back from the bank",
            reader.today("payments:payable_decide", payable.pk),
            "to pay again, or to call off",
        )


@waits(Action.KEEP_GOVERNANCE)
def meetings_to_prepare(reader: Reader) -> Waiting:
    """Meetings of bodies of which one has the secretary's seat: not recorded, without an agenda, or with papers due."""
    today = reader.asat.today
    for meeting in (yield kept(governance.to_prepare, reader.held, today, today + SOON, most=SHOWN)):
        due = papers_due(meeting.day)
        if meeting.day < today:
            text, note, late = "was it held? Nobody has recorded who was there", "", True
        elif not meeting.items_on:
            text, note, late = "nothing is on the agenda", f"papers due by {words.short_day(due)}", due < today
        else:
            text, note, late = "the papers are to go out", f"by {words.short_day(due)}", due < today
        yield Item(
            f"{meeting.body}, {words.day(meeting.day)}: {text}",
            reader.today("governance:meeting_detail", meeting.pk),
            note,
            overdue=late,
        )


@waits(Action.VIEW_GOVERNANCE)
def meetings_with_papers(reader: Reader) -> Waiting:
    """Meetings to come of bodies on which one has a seat, whose papers are out."""
    today = reader.asat.today
    for meeting in (yield kept(governance.with_papers, reader.held, today, today + SOON, most=SHOWN)):
        yield Item(
            f"{meeting.body} meets on {words.day(meeting.day)}",
            reader.today("governance:meeting_detail", meeting.pk),
            f"papers went out on {words.short_day(meeting.papers_out_on)}",
        )


@waits(Action.VIEW_GOVERNANCE)
def items_to_record(reader: Reader) -> Waiting:
    """Of bodies that one is secretary of, items of meetings that were held of which nothing is recorded yet."""
    for item in (yield kept(decisions.to_record, reader.held, reader.asat.today, most=SHOWN)):
        yield Item(
            f"{item.title}: what did {item.meeting.body} say of it?",
            reader.today("decisions:record", item.pk),
            f"meeting of {words.short_day(item.meeting.day)}",
        )


@waits(Action.DECLARE_INTEREST)
def own_interests(reader: Reader) -> Waiting:
    """One's interests, where one sits on a body and has not confirmed them for a year."""
    today = reader.asat.today
    if (yield kept(decisions.to_confirm, reader.user, reader.held, today, decisions.overdue_since(today), most=1)):
        yield Item(
            "Confirm your interests, also where you have none", reader.today("decisions:confirm", reader.user.pk)
        )


# Business cases on their route ----------------------------------------------------------------------------


def _cases_to_answer(part: Part, what: str) -> Provider:
    """Cases that wait for an answer of this part, by a post of one's own."""

    def provider(reader: Reader) -> Waiting:
        for turn in (yield kept(routes.to_answer, reader.user, part, most=SHOWN)):
            yield Item(
                f"{turn.case} {what}",
                reader.today(f"route:{part}", turn.pk),
                f"by {words.short_day(turn.target_on)}" if turn.target_on else "",
                overdue=bool(turn.target_on and turn.target_on < reader.asat.today),
            )

    return provider


waits(Action.SPONSOR_CASE)(_cases_to_answer(Part.SPONSOR, "is to be sponsored by your CHIN, or not"))
waits(Action.CHECK_CASE)(_cases_to_answer(Part.CHECK, "waits for finance to check what it costs"))
waits(Action.ADVISE_CASE)(_cases_to_answer(Part.ADVISE, "waits for the Steering Group’s advice"))
waits(Action.DECIDE_CASE)(_cases_to_answer(Part.DECIDE, "waits for your decision"))


@waits(Action.WRITE_CASE)
def conditions_to_meet(reader: Reader) -> Waiting:
    """Conditions of approvals of one's own CHIN's cases."""
    for one in (yield kept(routes.conditions_to_meet, reader.user, most=SHOWN)):
        yield Item(
            f"{one.case}: {one.text}",
            reader.today("route:condition_meet", one.pk),
            f"a condition, due {words.short_day(one.due_on)}" if one.due_on else "a condition",
            overdue=bool(one.due_on and one.due_on < reader.asat.today),
        )


@waits(Action.KEEP_GOVERNANCE)
def bodies_to_tell(reader: Reader) -> Waiting:
    """What an officer decided, and a body is to be told of."""
    for turn in (yield kept(routes.to_tell, reader.user, most=SHOWN)):
        yield Item(
            f"{turn.body} is to be told what was decided on {turn.case}",
            reader.today("route:told", turn.pk),
            f"by {words.short_day(turn.target_on)}" if turn.target_on else "",
            overdue=bool(turn.target_on and turn.target_on < reader.asat.today),
        )


@waits(Action.KEEP_ROUTE)
def cases_that_are_late(reader: Reader) -> Waiting:
    """How many stages of cases have not answered in time, whoever is asked."""
    (late,) = yield kept(_late, reader.user, reader.asat.today)
    if late:
        yield Item(
            f"{words.plural(late, 'stage')} of business cases {'is' if late == 1 else 'are'} late",
            reader.today("route:turn_list", state="late"),
            "whoever is asked there has not answered in time",
            overdue=True,
        )


def _late(user: Any, today: date) -> Totals:
    return totals(routes.late(user, today), n=Count("pk"))


# Cycles ---------------------------------------------------------------------------------------------------


@waits(Action.RECORD_CYCLE)
def weeks_to_fill(reader: Reader) -> Waiting:
    """Cycles without a number of the last week: the link opens that week’s boxes and nothing else."""
    today = reader.asat.today
    week = monday_of(today) - timedelta(days=7)
    lacking, over = yield (
        kept(cycles.lacking_in_week, reader.user, week, week + timedelta(6), most=SHOWN),
        kept(cycles.to_study, reader.user, today, most=SHOWN),
    )
    for cycle in lacking:
        yield Item(
            f"{cycle.case}: last week’s numbers of cycle {cycle.number}, in half a minute",
            reader.today("cycles:week", cycle.pk, week=week.isoformat()),
            f"the week from {words.short_day(week)}",
            weekly=True,
        )
    for cycle in over:
        yield Item(
            f"{cycle.case}: cycle {cycle.number} is over, and waits to be {'studied' if cycle.state == 'do' else 'acted on'}",
            reader.today("cycles:cycle_detail", cycle.pk),
            f"ended {words.short_day(cycle.ends)}",
            overdue=True,
        )


# Series ---------------------------------------------------------------------------------------------------


@waits(Action.APPROVE_BASELINE)
def baselines_to_decide(reader: Reader) -> Waiting:
    """New baselines of series that the portal or somebody else proposed."""
    for rebase in (yield kept(series.to_decide, reader.user, most=SHOWN)):
        yield Item(
            f"A new baseline of {rebase.measure.code} from {words.short_day(rebase.day)} is proposed",
            reader.today("tracking:rebase_decide", rebase.pk),
            f"since {words.short_day(rebase.proposed_on)}",
        )
