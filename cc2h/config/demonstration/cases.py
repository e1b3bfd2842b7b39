"""Taking Barnet's business cases along, a step a day, through the same services as in the portal.

Each story (case_stories) is a generator that yields the day of its next act. All of them go on together, day by day, so
that a meeting has what every case put on its agenda before it is held. Nothing after the day of loading happens.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from heapq import heapify, heappop, heappush
from typing import Any

from budget import ledger
from budget import services as budget
from budget.models import Line, LineKind, Source
from budget.payments import confirming, exporting, payees, remittances, runs
from budget.payments.layouts import layouts_of
from budget.payments.models import LayoutKind, LineState, Payable, Payee
from cc2h.accounts import mail
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.cases import drafting, submitting
from cc2h.cases.cycles import services as cycles
from cc2h.cases.cycles.models import Cycle
from cc2h.cases.cycles.services import Expected, Found
from cc2h.cases.cycles.states import Act, Verdict
from cc2h.cases.funding import services as funding
from cc2h.cases.funding.at_check import shares
from cc2h.cases.models import Case, Excluded
from cc2h.cases.route import conditions
from cc2h.cases.route import services as route
from cc2h.cases.route.models import Condition, Turn
from cc2h.cases.route.outcomes import VOTED, Part, Said
from cc2h.cases.sections import BY_KEY
from cc2h.cases.services import put_forward
from cc2h.comments.models import Comment
from cc2h.config.demonstration.case_words import Form, Words
from cc2h.config.demonstration.governance import hold
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.money import INNOVATIONS
from cc2h.config.demonstration.places import BARNET
from cc2h.governance import services as governance
from cc2h.governance.decisions import deciding, queries
from cc2h.governance.decisions.models import How
from cc2h.governance.models import Body, Item, Meeting, MeetingState, Presence
from cc2h.governance.subjects import subjects
from cc2h.kit.dated import recording_at
from cc2h.kit.days import year_name, year_of
from cc2h.kit.models import Work
from cc2h.kit.working import is_working
from chins.models import Chin, PostHolding
from practices.models import Commissioner, Federation, Practice

Days = Iterator[date]
DAY, WEEK = timedelta(days=1), timedelta(days=7)
OF_THE_PAPERS, LATER = 2018, Decimal(300_000)  # the year that the papers’ money is of; made up: what a later one has
MANAGER, OFFICER, SECOND_OFFICER, SECRETARY = (
    BARNET.mail(who) for who in ("manager", "finance.officer", "deputy.finance", "secretary")
)
STEERING_LEAD = BARNET.mail("steering.group")
WHY_SILENT = "A practice of the CHIN has an interest in it through them; what they know of it was heard before."
WHY_LEAVES = "It is their own CHIN’s case, and they gain by it."


def tell(today: date, stories: Sequence[Callable[["Told"], Days]]) -> None:
    """Every story up to the day, all together in the order of their days."""
    people = {user.email: user for user in User.objects.filter(email__endswith=BARNET.mail(""))}
    told = [Told(today, people) for _ in stories]
    going = [story(one) for story, one in zip(stories, told, strict=True)]
    waiting = [(on_working(next(days)), place) for place, days in enumerate(going)]
    heapify(waiting)
    while waiting:
        day, place = heappop(waiting)
        if day > today:
            continue
        told[place].day = day
        with recording_at(moment(day)):
            following = next(going[place], None)
        if following is not None:
            heappush(waiting, (on_working(max(following, day)), place))
    Work.objects.filter(
        kind__in=(remittances.KIND, mail.WRITTEN)
    ).delete()  # nobody is written to about what is made up


def on_working(day: date) -> date:
    while not is_working(day):
        day += DAY
    return day


def last_meeting(slug: str, before: date) -> Meeting:
    """The body's last meeting before a day. Raises Meeting.DoesNotExist."""
    found = Meeting.objects.filter(body__slug=slug, day__lt=before).exclude(state=MeetingState.CANCELLED)
    return found.order_by("-day")[:1].get()


def next_meeting(slug: str, since: date) -> Meeting:
    """The body's first meeting on a day or after it. Raises Meeting.DoesNotExist."""
    found = Meeting.objects.filter(body__slug=slug, day__gte=since).exclude(state=MeetingState.CANCELLED)
    return found.order_by("day")[:1].get()


class Told:
    """A case of the story and what is done with it, on `day`."""

    case: Case
    cycle: Cycle
    item: Item

    def __init__(self, today: date, people: Mapping[str, User]) -> None:
        self.today = self.day = today
        self.people = people

    # Who ------------------------------------------------------------------------------------------------

    def person(self, address: str) -> User:
        return self.people[address]

    def of(self, role: Role) -> tuple[Any, str]:
        """Who holds the post of the case's CHIN on the day, and its title."""
        return self._holds(self.case.chin, role)

    def _holds(self, chin: Chin, role: Role) -> tuple[Any, str]:
        held = PostHolding.objects.as_at(self.day).select_related("holder", "post")
        found = held.get(post__chin=chin, post__role=role)
        return found.holder, found.post.title

    def on(self, days: int) -> date:
        """So many days from the day of loading."""
        return self.today + timedelta(days=days)

    def finance(self) -> tuple[Any, str]:
        by = self.person(OFFICER)
        return by, by.name

    def lead(self) -> tuple[Any, str]:
        return self.of(Role.CHIN_LEAD)

    # Writing --------------------------------------------------------------------------------------------

    def idea(self, words: Words, *, by: Role = Role.CHIN_LEAD, excluded: str = Excluded.NONE) -> None:
        chin = Chin.objects.get(slug=words.chin.slug)
        who, post = self._holds(chin, by)
        self.case = put_forward(
            by=who,
            chin=chin,
            title=words.title,
            problem=words.problem,
            topic=words.topic,
            today=self.day,
            excluded=excluded,
            post=post,
        )

    def taken_up(self) -> None:
        by, post = self.of(Role.SPOC)
        drafting.take_up(by=by, case=self.case, day=self.day, excluded=self.case.excluded, post=post)

    def writes(self, form: Form, *sections: str, by: Role = Role.CHIN_LEAD) -> None:
        """Save these sections, or all of them, each on its newest version."""
        who, post = self.of(by)
        newest = drafting.latest(self.case)
        for key in sections or form:
            base = newest[key].number if key in newest else 0
            drafting.save_section(
                by=who, case=self.case, section=BY_KEY[key], answers=form[key], base=base, day=self.day, post=post
            )

    def submits(self) -> None:
        by, post = self.lead()
        submitting.submit(by=by, case=self.case, day=self.day, post=post)

    def withdraws(self, reason: str) -> None:
        by, post = self.lead()
        submitting.withdraw(by=by, case=self.case, day=self.day, reason=reason, post=post)

    def comment(self, words: str, address: str, *, section: str = "") -> None:
        by = self.person(address)
        kind, key = ("case-section", f"{self.case.number}.{section}") if section else ("case", self.case.number)
        Comment.objects.create(kind=kind, key=key, words=words, by=by, post=by.name, at=moment(self.day))

    # The route ------------------------------------------------------------------------------------------

    def turn(self, part: Part) -> Turn:
        """The stage of this part that waits."""
        found: Turn = Turn.objects.whole().get(passage__submission__case=self.case, state="open", stage__part=part)
        return found

    def said(self, part: Part, said: Said, reasons: str, by: Any, post: str, **more: Any) -> None:
        route.record(by=by, turn=self.turn(part), said=said, reasons=reasons, day=self.day, post=post, **more)

    def sponsored(self, reasons: str) -> None:
        self.said(Part.SPONSOR, Said.SPONSORED, reasons, *self.lead())

    def checked(self, reasons: str = "The costs add up, and the line has room.", *, delegated: bool = False) -> None:
        by = self.person(OFFICER)
        pays = f"{self._line().pk}{':chin' if delegated else ''}"
        self.said(Part.CHECK, Said.AGREED, reasons, by, by.name, typed={"pays": pays})

    def advised(self, said: Said, reasons: str) -> None:
        by = self.person(STEERING_LEAD)
        self.said(Part.ADVISE, said, reasons, by, by.name)

    def officer_decides(self, reasons: str) -> None:
        by = self.person(MANAGER)
        self.said(Part.DECIDE, Said.APPROVED, reasons, by, by.name)

    def told_the_board(self) -> None:
        by = self.person(SECRETARY)
        self.said(Part.TOLD, Said.TOLD, "With the papers of the next meeting.", by, by.name)

    def meets(self, condition: Condition, evidence: str) -> None:
        conditions.meet(by=self.lead()[0], condition=condition, evidence=evidence, day=self.day)

    def its_conditions(self) -> list[Condition]:
        return list(Condition.objects.filter(outcome__turn__passage__submission__case=self.case).order_by("pk"))

    # Meetings -------------------------------------------------------------------------------------------

    def tabled(self, meeting: Meeting) -> None:
        """The secretary puts it on the agenda."""
        body = Body.objects.get(pk=meeting.body_id)
        waiting = [one for one in subjects["case"].waiting(body, self.day) if one.key == self.case.number]
        (self.item,) = governance.add_waiting(by=self.person(SECRETARY), meeting=meeting, waiting=waiting)

    def decided(
        self,
        said: Said,
        reasons: str,
        *,
        asked: Sequence[tuple[str, date]] = (),
        sections: Sequence[str] = (),
        against: Sequence[str] = (),
        minute: str = "",
    ) -> None:
        """The meeting is held, if it was not yet, conflicts are handled, and the secretary records what was decided.

        asked: conditions, each with its day. against: addresses of who voted against it.
        """
        meeting = Meeting.objects.select_related("body").get(pk=self.item.meeting_id)
        if meeting.state != MeetingState.HELD:
            hold(meeting)
        self.item = Item.objects.select_related("meeting__body").get(pk=self.item.pk)
        found = [one for one in queries.conflicts(self.item) if one.there]
        conflicted = {one.person.pk for one in found}
        chair = next(one for one in queries.chairs(self.item) if one.pk not in conflicted)
        handled = [
            deciding.Handled(one.person.pk, How.LEAVES, WHY_LEAVES)
            if any(text.startswith("Holds a post") for text, _ in one.words)
            else deciding.Handled(one.person.pk, How.SILENT, WHY_SILENT)
            for one in found
        ]
        there = meeting.attendances.filter(presence=Presence.PRESENT, seat__voting=True, person__isnull=False)
        cast = [
            deciding.Cast(seat, person, "against" if email in against else "for")
            for seat, person, email in there.order_by("pk").values_list("seat", "person", "person__email")
            if person not in conflicted
        ]
        secretary = self.person(SECRETARY)
        deciding.record(
            by=secretary,
            item=self.item,
            chair=chair,
            handled=handled,
            cast=cast if said in VOTED else (),
            resolution=deciding.Resolution(
                outcome=said,
                reasons=reasons,
                conditions=[deciding.Condition(text, due) for text, due in asked],
                sections=sections,
                minute=minute,
            ),
            post=secretary.name,
        )

    # Money ----------------------------------------------------------------------------------------------

    def _line(self) -> Line:
        """That of the papers; for a later year one of that year, outside the programme’s budget."""
        if [*shares(self.case.submissions.latest("number"))] == [OF_THE_PAPERS]:
            return Line.objects.get(slug=INNOVATIONS)
        year = year_of(self.today)
        name = f"CHIN Innovations and PDSA cycles {year_name(year)}"
        return Line.objects.filter(name=name).first() or self._line_of(year, name)

    def _line_of(self, year: int, name: str) -> Line:
        barnet, officer = Commissioner.objects.get(ods_code=BARNET.code), self.person(OFFICER)
        line = budget.add_line(
            by=officer, commissioner=barnet, name=name, source=Source.objects.get(commissioner=barnet, funder="ccg"),
            kind=LineKind.NON_RECURRENT, first_year=year - 1, last_year=year + 1, inside=False,
            note="Made up for the demonstration, whose papers end with 2018/19.",
        )  # fmt: skip
        amounts = dict.fromkeys((year - 1, year, year + 1), LATER)
        ledger.allocate_years(by=officer, line=line, amounts=amounts, day=self.day, reason="For tests of change")
        return line

    def tranche(self, amount: int, what: str, payee: Payee, *, condition: Condition | None = None, due: date) -> Any:
        year = min(funding.left_by_year(self.case))
        return funding.plan_tranche(
            by=self.person(MANAGER), case=self.case, year=year, amount=Decimal(amount), what=what, payee=payee,
            today=self.day, condition=condition, due_on=due,
        )  # fmt: skip

    def releases(self, tranche: Any) -> None:
        funding.release(by=self.person(MANAGER), tranche=tranche, today=self.day)

    def federation(self) -> Payee:
        return self._payee("federation", "", "FED-01", Federation.objects.get(commissioner__ods_code=BARNET.code))

    def provider(self) -> Payee:
        return self._payee("trust", "Community health provider", "CHP-01")

    def _payee(self, kind: str, name: str, reference: str, federation: Federation | None = None) -> Payee:
        barnet = Commissioner.objects.get(ods_code=BARNET.code)
        found = Payee.objects.filter(commissioner=barnet, reference=reference).first()
        return found or payees.add_payee(
            by=self.person(OFFICER),
            commissioner=barnet,
            kind=kind,
            name=name,
            reference=reference,
            federation=federation,
        )

    def prepare_run(self) -> None:
        """Of what was released for cases, and of nothing else."""
        barnet = Commissioner.objects.get(ods_code=BARNET.code)
        owed = Payable.objects.filter(line__commissioner=barnet, about__startswith=f"{funding.PREFIX}:").free()
        self.run = runs.prepare(
            by=self.person(OFFICER),
            commissioner=barnet,
            payables=[*owed.order_by("pk").values_list("pk", flat=True)],
            today=self.day,
        )

    def authorise_run(self) -> None:
        self.run = runs.authorise(
            by=self.person(SECOND_OFFICER), run=self.run, control=self.run.control, today=self.day
        )
        layout = layouts_of(self.run.commissioner, LayoutKind.PAYMENT)[0]
        exporting.export(by=self.person(OFFICER), run=self.run, layout=layout, today=self.day)

    def confirm_run(self) -> None:
        lines = list(self.run.lines.filter(state=LineState.WAITING))
        confirming.by_hand(
            by=self.person(OFFICER), run=self.run, lines=lines, outcome=LineState.PAID, day=self.day, reason="",
            today=self.day,
        )  # fmt: skip

    # Cycles ---------------------------------------------------------------------------------------------

    def plans(
        self, title: str, question: str, who: str, place: str, days: tuple[date, date], *expected: Expected
    ) -> None:
        self.cycle = cycles.plan(
            by=self.lead()[0], case=self.case, title=title, question=question, who=who, place=place, first=days[0],
            last=days[1], predictions=expected, today=self.day,
        )  # fmt: skip

    def begins(self) -> None:
        by, post = self.lead()
        self.cycle = cycles.begin(by=by, cycle=self.cycle, today=self.day, post=post)

    def slips(self, days: tuple[date, date], why: str) -> None:
        cycles.replan(by=self.lead()[0], cycle=self.cycle, first=days[0], last=days[1], why=why, today=self.day)

    def counted(self, since: date, *values: Sequence[float | None]) -> None:
        """The numbers of weeks that are over, from `since`, of each measure."""
        for place in range(len(values[0])):
            self._reads(since + place * WEEK, [of[place] for of in values])

    def weekly(
        self, since: date, *values: Sequence[float | None], notes: Mapping[int, tuple[str, str]] | None = None
    ) -> Days:
        """Each week’s numbers on the Monday after it. notes: by week what was seen, and what went wrong."""
        for place in range(len(values[0])):
            yield since + (place + 1) * WEEK
            self._reads(since + place * WEEK, [of[place] for of in values], *(notes or {}).get(place, ("", "")))

    def _reads(self, week: date, values: Sequence[float | None], seen: str = "", problems: str = "") -> None:
        weekly = self.cycle.predictions.filter(weekly=True).order_by("position")
        predictions = [*weekly.values_list("pk", flat=True)]
        numbers = [None if value is None else Decimal(str(value)) for value in values]
        cycles.read(
            by=self.lead()[0], cycle=self.cycle, week=week, values=dict(zip(predictions, numbers, strict=True)),
            today=self.day, seen=seen, problems=problems,
        )  # fmt: skip

    def studies(self, *found: tuple[Verdict, str], summary: str, learned: str) -> None:
        by, post = self.lead()
        predictions = [*self.cycle.predictions.order_by("position").values_list("pk", flat=True)]
        said = {pk: Found(*one) for pk, one in zip(predictions, found, strict=True)}
        cycles.study(by=by, cycle=self.cycle, found=said, summary=summary, learned=learned, today=self.day, post=post)

    def concludes(self, act: Act, why: str, *, seed: str = "") -> None:
        """What is adapted is tested again; with anything else the last cycle is over."""
        by, post = self.lead()
        cycles.conclude(
            by=by, cycle=self.cycle, act=act, why=why, seed=seed, last=act != Act.ADAPT, today=self.day, post=post
        )

    def stopped(self, why: str) -> None:
        by = self.person(MANAGER)
        cycles.stop(by=by, case=self.case, why=why, today=self.day, post=by.name)

    def proposes(self, line_name: str, amounts: Mapping[int, int], roll_out: Mapping[Practice, date]) -> None:
        by, post = self.lead()
        cycles.propose(
            by=by, case=self.case, source=Source.objects.get(commissioner=self.case.commissioner, funder="ccg"),
            line_name=line_name, kind=LineKind.NON_RECURRENT,
            amounts={year: Decimal(amount) for year, amount in amounts.items()}, roll_out=roll_out, day=self.day, post=post,
        )  # fmt: skip
