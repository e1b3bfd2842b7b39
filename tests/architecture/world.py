"""A small world for walking every address: one's own commissioner, CHIN and practice, a neighbour's, another's."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from typing import Any

from budget.agreements.models import Agreement, Signature
from budget.agreements.services import record
from budget.baseline import services as baseline
from budget.baseline.questions import section_of
from budget.lcs.models import Claim
from budget.ledger import commit, delegate
from budget.models import Period
from budget.months.services import choose, freeze
from budget.payments import recoveries, runs
from budget.requests import ask_for_cut
from cc2h.accounts.authority import ROLE_SCOPE, Role, Scope, Target
from cc2h.accounts.models import User
from cc2h.accounts.records import Record
from cc2h.board.models import BoardDay, Settlement, Statement
from cc2h.board.models import Measure as Stated
from cc2h.cases.cycles.models import Cycle
from cc2h.cases.funding.models import Tranche
from cc2h.cases.models import Case, Paper, Submission
from cc2h.cases.papers import make
from cc2h.cases.route.keeping import latest
from cc2h.cases.route.models import Condition, Turn
from cc2h.cases.route.outcomes import Said
from cc2h.cases.route.services import Asked
from cc2h.governance.models import Body
from cc2h.kit import dated
from cc2h.kit.models import ChartImage, Import, Programme, SavedView
from chins.models import Chin
from kpis.models import Measure
from kpis.tracking.models import Note, Rebase
from practices import services
from practices.models import Commissioner, Federation, Practice
from tests.decisions.ground import room
from tests.factories import (
    ActionFactory,
    AssessmentFactory,
    AttachmentFactory,
    CaseFactory,
    ChinFactory,
    ClaimFactory,
    CommentFactory,
    CommissionerFactory,
    ContactFactory,
    CriterionFactory,
    DeputyFactory,
    EligibleFactory,
    ExpressionFactory,
    FederationFactory,
    FederationMembershipFactory,
    ImportFactory,
    LineFactory,
    ListSizeFactory,
    MembershipFactory,
    NamesReleaseFactory,
    OutputFactory,
    PartnerFactory,
    PartyFactory,
    PostFactory,
    PostHoldingFactory,
    PracticeFactory,
    SavedViewFactory,
    ServiceFactory,
    SuccessionFactory,
    UserFactory,
    VersionFactory,
    person,
)
from tests.factories.benefits import a_benefit, validated
from tests.factories.cases import submitted
from tests.factories.cycles import begun, measured
from tests.factories.decisions import InterestFactory
from tests.factories.funding import TrancheFactory
from tests.factories.governance import BodyFactory, ItemFactory, MeetingFactory, SeatFactory, TermsFactory
from tests.factories.kpis import a_measure, an_objective, value
from tests.factories.payments import LayoutFactory, confirmed_run, owed
from tests.factories.qists import QistFactory, served, support, target
from tests.factories.route import approved, has_a_route, routed, said, turn_of

SINCE = date(2018, 1, 1)


@dataclass
class Side:
    """A commissioner with a CHIN, a practice in it, a federation, and one of every record an address may name.

    What only some addresses name is made when it is asked for.
    """

    commissioner: Commissioner
    federation: Federation = field(init=False)
    chin: Chin = field(init=False)
    membership: Any = field(init=False)

    def __post_init__(self) -> None:
        self.federation = FederationFactory(commissioner=self.commissioner)
        self.chin = ChinFactory(commissioner=self.commissioner)
        self.membership = MembershipFactory(chin=self.chin, first=SINCE)
        ListSizeFactory(practice=self.practice)
        FederationMembershipFactory(practice=self.practice, federation=self.federation, first=SINCE)

    def make_all(self) -> None:
        """Make now what is made when it is asked for."""
        for kind in type(self).__mro__:
            for name, what in vars(kind).items():
                if isinstance(what, cached_property):
                    getattr(self, name)

    @property
    def practice(self) -> Practice:
        practice: Practice = self.membership.practice
        return practice

    @cached_property
    def tracked_measure(self) -> Measure:
        return Measure.objects.filter(code="walked").first() or a_measure("walked", months=1)

    @property
    def _of_series(self) -> dict[str, Any]:
        return {"measure": self.tracked_measure, "kind": "chin", "organisation": self.chin.pk}

    @cached_property
    def rebase(self) -> Any:
        return Rebase.objects.create(**self._of_series, day=SINCE, reason="A new clinic", proposed_on=SINCE)

    @cached_property
    def series_note(self) -> Any:
        return Note.objects.create(**self._of_series, day=SINCE, text="Winter", written_on=SINCE)

    @cached_property
    def state(self) -> Any:
        return self.chin.states.get(status="operational")

    @cached_property
    def partner(self) -> Any:
        return PartnerFactory(chin=self.chin, first=SINCE)

    @cached_property
    def holding(self) -> Any:
        """Of the CHIN lead's post, held by somebody who is nobody else here."""
        return PostHoldingFactory(post__of=self.chin, first=SINCE)

    @cached_property
    def deputy(self) -> Any:
        return DeputyFactory(post=self.holding.post, first=SINCE)

    @cached_property
    def varying(self) -> Any:
        """A measure of which the practice has a value."""
        measure = a_measure()
        value(measure, self.practice)
        return measure

    @cached_property
    def qist(self) -> Any:
        return QistFactory(commissioner=self.commissioner)

    @cached_property
    def serves(self) -> Any:
        return served(self.qist, self.chin)

    @cached_property
    def qist_record(self) -> Any:
        return Record(
            "qist",
            self.qist.slug,
            "",
            Target(self.qist.authority_target().commissioner_ids, frozenset({self.serves.chin_id})),
        )

    @cached_property
    def qist_target(self) -> Any:
        return target(self.qist, a_measure())

    @cached_property
    def support(self) -> Any:
        return support(self.serves.qist, self.practice)

    @cached_property
    def standing(self) -> Any:
        return self.practice.standings.get()

    @cached_property
    def detail(self) -> Any:
        return self.practice.details.get()

    @cached_property
    def in_federation(self) -> Any:
        return self.practice.federation_memberships.get()

    @cached_property
    def contact(self) -> Any:
        return ContactFactory(practice=self.practice)

    @cached_property
    def closed(self) -> Practice:
        """A practice that merged into the other and closed."""
        practice: Practice = PracticeFactory(commissioner=self.commissioner, closed=date(2018, 1, 31))
        return practice

    @cached_property
    def closing(self) -> Any:
        return self.closed.standings.get(status="closed")

    @cached_property
    def merger(self) -> Any:
        return SuccessionFactory(predecessor=self.closed, successor=self.practice, first=date(2018, 2, 1))

    @cached_property
    def split(self) -> Any:
        part = PracticeFactory(commissioner=self.commissioner, opened=date(2018, 3, 1))
        return SuccessionFactory(predecessor=self.practice, successor=part, first=date(2018, 3, 1), kind="split")

    @property
    def a_day(self) -> date:
        """A day of its own, for records of which a commissioner has one a day."""
        return SINCE + timedelta(days=self.chin.pk)

    @cached_property
    def release(self) -> Any:
        return NamesReleaseFactory(commissioner=self.commissioner, first=self.a_day, last=self.a_day)

    def _statement(self, name: str) -> Statement:
        return Statement.objects.create(
            reference=f"{name}-{self.chin.slug}",
            commissioner=self.commissioner,
            measure=Stated.POPULATION_PERCENT,
            as_at=date(2018, 3, 30),
            value=38,
            says="38% of the population",
            paper="roadmap-2018",
        )

    @cached_property
    def statement(self) -> Statement:
        return self._statement("open")

    @cached_property
    def settled(self) -> Statement:
        statement = self._statement("settled")
        Settlement.objects.create(statement=statement, choice="records", reason="Counted", settled_by=self.somebody)
        return statement

    @cached_property
    def board_day(self) -> Any:
        return dated.record(
            BoardDay, by=None, first=SINCE, commissioner=self.commissioner, day=self.a_day, title="Board"
        )

    @cached_property
    def action(self) -> Any:
        """About the CHIN, of a post that nobody else here holds."""
        return ActionFactory(about=self.chin, owner=self.holding.post)

    @cached_property
    def criterion(self) -> Any:
        return CriterionFactory(commissioner=self.commissioner, first=SINCE)

    def _expression(self, state: str) -> Any:
        """Sent in by the manager of the practice, which is in the CHIN."""
        return ExpressionFactory(
            commissioner=self.commissioner,
            practices=[self.practice],
            post=PostFactory(role=Role.PRACTICE_MANAGER, of=self.practice),
            state=state,
        )

    @cached_property
    def expression(self) -> Any:
        return self._expression("received")

    @cached_property
    def evaluated(self) -> Any:
        return self._expression("evaluating")

    @cached_property
    def declined(self) -> Any:
        return self._expression("declined")

    @cached_property
    def line(self) -> Any:
        """Of the commissioner's budget; a part of it is delegated to the CHIN."""
        line = LineFactory(source__commissioner=self.commissioner, allocated=1_000)
        delegate(
            by=None, line=line, chin=self.chin, year=2018, amount=Decimal(100), day=date(2018, 4, 1), reason="Delegated"
        )
        return line

    @cached_property
    def commitment(self) -> Any:
        return commit(by=None, line=self.line, year=2018, amount=Decimal(10), day=date(2018, 4, 2), reason="A contract")

    @cached_property
    def asked(self) -> Any:
        """A cut that somebody who is nobody else here asked for."""
        return ask_for_cut(
            by=self.somebody, line=self.line, year=2018, amount=Decimal(5), reason="A letter", today=date(2018, 4, 3)
        )

    @cached_property
    def agreement(self) -> Any:
        """Of the CHIN, with a text; the practice has signed it on paper, another organisation is a party besides."""
        version = VersionFactory(agreement__chin=self.chin)
        record(
            by=None,
            version=version,
            practice=self.practice,
            name="A partner",
            role="GP partner",
            day=date(2018, 10, 5),
            file_name="signed.txt",
            file=BytesIO(b"Signed"),
        )
        PartyFactory(agreement=version.agreement)
        return Agreement.objects.with_practices(date(2018, 12, 6)).get(pk=version.agreement.pk)

    @property
    def signature(self) -> Any:
        return Signature.objects.get(version__agreement=self.agreement)

    @property
    def party(self) -> Any:
        return self.agreement.parties.get()

    @cached_property
    def closed_month(self) -> Any:
        """September 2017, before anything is entered, closed by somebody who is nobody else here; once a commissioner."""
        month = {"commissioner": self.commissioner, "month": date(2017, 9, 1)}
        period, made = Period.objects.get_or_create(
            **month, defaults={"closed_by": self.somebody, "closed_as": "Finance officer"}
        )
        if made:
            freeze(period)
        return period

    @cached_property
    def choice(self) -> Any:
        """What somebody who is nobody else here asked to become of what was left."""
        return choose(
            by=self.somebody, line=self.line, year=2018, chin=None, carried=None, reason="Late", today=date(2019, 4, 2)
        )

    @cached_property
    def service(self) -> Any:
        """A draft of the commissioner's, with a stage that asks for one thing."""
        return ServiceFactory(line=self.line)

    @cached_property
    def stage(self) -> Any:
        return self.service.stages.get()

    @cached_property
    def output(self) -> Any:
        return self.stage.outputs.get()

    @cached_property
    def eligible(self) -> Any:
        """A place on the list of the service, which is the practice's."""
        return EligibleFactory(service=self.service, practice=self.practice)

    @cached_property
    def run(self) -> Any:
        """A payment run by somebody who is nobody else here; it pays the practice."""
        owed(self.line, 10, practices=[self.practice], prefix=f"side-{self.commissioner.pk}")
        return runs.prepare(by=self.somebody, commissioner=self.commissioner, payables=None, today=date(2018, 11, 1))

    @cached_property
    def paid(self) -> Any:
        """The same, exported and paid."""
        return confirmed_run(self.run, self.somebody)

    @cached_property
    def payable(self) -> Any:
        return self.run.lines.get().payable

    @cached_property
    def payee(self) -> Any:
        return self.payable.payee

    @cached_property
    def recovery(self) -> Any:
        """Of what a run paid the practice, asked back."""
        payable = self.paid.lines.get().payable
        payable.refresh_from_db()
        return recoveries.ask(by=self.somebody, about=payable.about, why="By mistake", day=payable.paid_on)

    @cached_property
    def layout(self) -> Any:
        return LayoutFactory(commissioner=self.commissioner)

    @cached_property
    def assessment(self) -> Any:
        """A round that has opened, and what stands in it of the practice."""
        return AssessmentFactory(commissioner=self.commissioner, opens=SINCE)

    @cached_property
    def delegation(self) -> Any:
        section = section_of(self.assessment.questions, "estates")
        assert section is not None
        return baseline.delegate(
            by=None, assessment=self.assessment, practice=self.practice, section=section, recipient="Somebody",
            expires_on=SINCE, today=SINCE,
        )  # fmt: skip

    @cached_property
    def workbook(self) -> Any:
        return baseline.bring(
            by=None, assessment=self.assessment, practice=self.practice, file_name="answers.xlsx", sha256="0",
            sections={}, today=SINCE,
        )  # fmt: skip

    @cached_property
    def claim(self) -> Any:
        """Of the practice, for a service on the line; open."""
        output = OutputFactory(stage__service__line=self.line, stage__service__rate=Decimal(100))
        claim = ClaimFactory(stage=output.stage, practice=self.practice)
        return Claim.objects.with_place(date(2018, 12, 6)).whole().get(pk=claim.pk)

    @cached_property
    def decided(self) -> Any:
        """What a body of the commissioner decided."""
        return room(body=BodyFactory(commissioner=self.commissioner)).decide("for")

    @cached_property
    def agenda_item(self) -> Any:
        """Of a meeting of theirs that was held, and not decided on yet; somebody has a conflict."""
        here = room(body=BodyFactory(commissioner=self.commissioner))
        here.declare(1)
        return here.item

    @cached_property
    def interest(self) -> Any:
        """Of whoever holds the CHIN lead's post."""
        return InterestFactory(person=self.holding.holder, first=SINCE)

    @cached_property
    def comment(self) -> Any:
        """On the CHIN, by somebody who is nobody else here; so is the file."""
        return CommentFactory(about=self.chin)

    @cached_property
    def attachment(self) -> Any:
        return AttachmentFactory(about=self.chin)

    @cached_property
    def file(self) -> Any:
        return ImportFactory(state=Import.State.CHECKED)

    @cached_property
    def chart(self) -> Any:
        return ChartImage.objects.create(key=f"key-{self.chin.slug}", spec={"title": "A chart", "rows": []})

    @cached_property
    def view(self) -> SavedView:
        """Somebody's view of the list of practices, shared with all who work for the commissioner."""
        view: SavedView = SavedViewFactory(owner=self.somebody, shared_with=self.commissioner.pk)
        return view

    @cached_property
    def somebody(self) -> User:
        user: User = UserFactory()
        return user

    @cached_property
    def cycle(self) -> Cycle:
        """Going on, of the CHIN's approved case, with a week's number."""
        return measured(begun(self.tranche.case), [62])

    @cached_property
    def tranche(self) -> Tranche:
        """Of an approved case of the CHIN, planned for a payee."""
        case = approved(routed(chin=self.chin, title="Clinics near home"))
        return TrancheFactory(case=case)

    @cached_property
    def draft(self) -> Case:
        return CaseFactory(chin=self.chin, state="draft")

    @cached_property
    def sent(self) -> Submission:
        return submitted(chin=self.chin)

    @cached_property
    def body(self) -> Body:
        body: Body = BodyFactory(commissioner=self.commissioner)
        return body

    @cached_property
    def seat(self) -> Any:
        return SeatFactory(body=self.body)

    @cached_property
    def terms(self) -> Any:
        return TermsFactory(body=self.body)

    @cached_property
    def meeting(self) -> Any:
        return MeetingFactory(body=self.body)

    @cached_property
    def on_agenda(self) -> Any:
        return ItemFactory(meeting=self.meeting)

    @cached_property
    def paper(self) -> Paper:
        make(f"submission:{self.sent.pk}", None)
        return Paper.objects.get(case=self.sent.case)

    @cached_property
    def turn_to_sponsor(self) -> Turn:
        return turn_of(routed(self.chin), "sponsor")

    @cached_property
    def turn_to_check(self) -> Turn:
        case = routed(self.chin)
        said(case, "sponsor")
        return turn_of(case, "check")

    @cached_property
    def turn_to_advise(self) -> Turn:
        case = routed(self.chin, asked=60_000)
        said(case, "sponsor")
        return turn_of(case, "advice")

    @cached_property
    def turn_to_decide(self) -> Turn:
        case = routed(self.chin)
        said(case, "sponsor")
        said(case, "check")
        return turn_of(case, "officer")

    @cached_property
    def turn_to_tell(self) -> Turn:
        return turn_of(approved(routed(self.chin)), "board-told")

    @cached_property
    def condition(self) -> Condition:
        case = routed(self.chin)
        said(case, "sponsor")
        said(case, "check")
        outcome = said(case, "officer", Said.CONDITIONS, conditions=[Asked("A nurse is in post.")])
        found: Condition = outcome.conditions.get()
        return found

    @cached_property
    def case_stage(self) -> Any:
        """A stage of the route in force."""
        has_a_route(self.commissioner)
        return latest(self.commissioner).stages.first()

    @cached_property
    def kpi(self) -> Any:
        """A measure of which one's own practice has a value."""
        measure = a_measure()
        value(measure, self.practice)
        return measure

    @cached_property
    def objective(self) -> Any:
        return an_objective(self.chin, self.kpi)

    @cached_property
    def benefit(self) -> Any:
        return a_benefit(commissioner=self.commissioner, point_of_delivery="elective")

    @cached_property
    def benefit_beside(self) -> Any:
        return a_benefit(commissioner=self.commissioner, point_of_delivery="elective")

    @cached_property
    def validation(self) -> Any:
        return validated(self.benefit)


HANDED_OVER = date(2018, 7, 1)


@dataclass
class HandedOver(Side):
    """A side whose practice, and the post of its manager, belong to another commissioner since HANDED_OVER."""

    to: Commissioner

    def __post_init__(self) -> None:
        super().__post_init__()
        standing = self.practice.standings.get()
        services.change_commissioner(by=None, standing=standing, commissioner=self.to, day=HANDED_OVER)

    @cached_property
    def standing(self) -> Any:
        return self.practice.standings.held().get(commissioner=self.to)

    @cached_property
    def holding(self) -> Any:
        return PostHoldingFactory(post__role=Role.PRACTICE_MANAGER, post__of=self.practice, first=SINCE)


@dataclass
class World:
    """`own` is the side every role's post belongs to; `neighbour` shares its commissioner; `other` shares nothing."""

    own: Side
    neighbour: Side
    other: Side

    @cached_property
    def handed_over(self) -> Side:
        """A practice that was on the own side once."""
        return HandedOver(self.own.commissioner, self.other.commissioner)

    def make_all(self) -> None:
        """Make now what is made when it is asked for, on the three sides; and who holds a post."""
        for side in (self.own, self.neighbour, self.other):
            side.make_all()
        assert self._holders

    def holder(self, role: Role) -> User:
        """Somebody with one post of the role on the own side, since long ago."""
        return self._holders[role]

    @cached_property
    def _holders(self) -> dict[Role, User]:
        return {role: self._holder(role) for role in Role}

    def _holder(self, role: Role) -> User:
        of = {
            Scope.PORTAL: None,
            Scope.COMMISSIONER: self.own.commissioner,
            Scope.CHIN: self.own.chin,
            Scope.PRACTICE: self.own.practice,
            Scope.FEDERATION: self.own.federation,
        }[ROLE_SCOPE[role]]
        return person(role, of=of)


def make_world() -> World:
    Programme.objects.update(kind=Programme.Kind.REAL)
    barnet = CommissionerFactory(barnet=True)
    camden = CommissionerFactory(ods_code="07R", short_name="Camden", in_programme=True)
    PracticeFactory(commissioner=barnet, patients=5_000)  # in no CHIN
    return World(own=Side(barnet), neighbour=Side(barnet), other=Side(camden))
