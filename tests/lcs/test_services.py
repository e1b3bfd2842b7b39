"""Local services: what they ask for, who is eligible, what is earmarked, and the claims that open themselves."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from budget import ledger
from budget.checking import differences
from budget.lcs import claims, services, tasks
from budget.lcs.claims import Given
from budget.lcs.models import Claim, ClaimStep, Eligible, Output, Service, Stage, Tariff
from budget.lcs.queries import places, standing
from budget.models import Entry
from cc2h.accounts.authority import Role
from cc2h.kit.asat import AsAt
from cc2h.kit.models import Work
from tests.budget.ground import at_once, balance, pounds, refused
from tests.factories import (
    ChinFactory,
    FederationFactory,
    FederationMembershipFactory,
    LineFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    ServiceFactory,
    UserFactory,
    person,
)
from tests.factories.lcs import BY_THEN, approved

pytestmark = pytest.mark.django_db

OCTOBER, LATER, EXTRACT = BY_THEN, date(2018, 11, 1), date(2018, 9, 1)


@pytest.fixture
def line() -> Any:
    return LineFactory(name="CHIN Infrastructure LCS", allocated=90_000)


def practices(line: Any, number: int, **more: Any) -> list[Any]:
    return [PracticeFactory(commissioner=line.commissioner, **more) for _ in range(number)]


def opened(line: Any, number: int = 3, **more: Any) -> Service:
    practices(line, number)
    service: Service = ServiceFactory(line=line, state="open", **more)
    return service


def database_refuses(act: Any) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    return str(refusal.value).splitlines()[0]


class TestADraft:
    def test_is_added_with_an_address_of_its_name(self, line: Any) -> None:
        facts = {"name": "Practices", "opens_on": OCTOBER, "tariff": Tariff.FLAT, "rate": None}
        first = services.add_service(by=None, line=line, **facts)
        assert (first.slug, first.state) == ("practices-2", "draft")
        assert services.add_service(by=None, line=line, **facts).slug == "practices-3"

    def test_a_rate_of_nothing_is_none(self, line: Any) -> None:
        facts: dict[str, Any] = {"name": "S", "opens_on": OCTOBER, "tariff": "flat", "rate": Decimal(0)}
        said = refused(lambda: services.add_service(by=None, line=line, **facts))
        assert said == "A rate is more than £0.00, or not stated."

    def test_a_rate_for_each_patient_names_the_day_of_the_list_sizes(self, line: Any) -> None:
        facts: dict[str, Any] = {"name": "S", "opens_on": OCTOBER, "tariff": "per_head", "rate": Decimal(1)}
        said = refused(lambda: services.add_service(by=None, line=line, **facts))
        assert said == "A rate for each patient names the day of the list sizes it counts."

    def test_stages_and_outputs_are_numbered_as_they_come(self, line: Any) -> None:
        service = ServiceFactory(line=line, stages=())
        stage = services.add_stage(by=None, service=service, name="Planning", share=40, year=2018, from_day=OCTOBER)
        second = services.add_stage(by=None, service=service, name="Doing", share=60, year=2018, from_day=LATER)
        output = services.add_output(by=None, stage=second, name="A plan", whose="practice", evidence="text")
        assert (stage.number, second.number, output.number) == (1, 2, 1)
        services.remove_stage(by=None, stage=second)
        assert list(service.stages.all()) == [stage]
        assert not Output.objects.filter(pk=output.pk).exists()


class TestApproval:
    def test_what_is_approved_does_not_change(self, line: Any) -> None:
        service = ServiceFactory(line=line, state="approved")
        stage = service.stages.get()
        draft_only = "What a service asks for is changed while it is a draft."
        assert refused(
            lambda: services.add_output(by=None, stage=stage, name="More", whose="chin", evidence="text")
        ) == (draft_only)
        assert draft_only in database_refuses(lambda: Stage.objects.filter(pk=stage.pk).update(name="Another"))
        assert draft_only in database_refuses(lambda: stage.outputs.all().delete())
        changed = database_refuses(lambda: Service.objects.filter(pk=service.pk).update(rate=2000))
        assert "What is approved does not change." in changed

    def test_is_taken_back_to_change_it(self, line: Any) -> None:
        service = services.take_back(by=None, service=ServiceFactory(line=line, state="approved"))
        assert (service.state, service.approved_on, service.approved_by) == ("draft", None, "")
        services.change_service(by=None, service=service, seen=_version(service), rate=Decimal(2000))
        assert approved(service).rate == 2000

    def test_says_who_where_and_which_interests(self, line: Any) -> None:
        service = ServiceFactory(line=line)
        said = refused(
            lambda: services.approve(
                by=None, service=service, body="A committee", day=OCTOBER, where=" ", interests="None"
            )
        )
        assert said.startswith("Before it opens, record who approved it")

    def test_a_service_does_not_begin_approved_or_go_back_from_open(self, line: Any) -> None:
        assert "A service begins as a draft." in database_refuses(
            lambda: Service.objects.create(
                line=line, slug="s", name="S", opens_on=OCTOBER, tariff="flat", state="approved", approved_on=OCTOBER,
                approved_by="A", approved_where="B", interests="None",
            )
        )  # fmt: skip
        service = opened(line)
        back = database_refuses(lambda: Service.objects.filter(pk=service.pk).update(state="draft"))
        assert "A service goes from draft to approved to open to ended" in back
        assert refused(lambda: services.withdraw(by=None, service=service)) == (
            f"{service} is open: it can’t become withdrawn."
        )


def _version(service: Service) -> int:
    from cc2h.kit import history

    return history.version(service)


class TestTheList:
    def test_is_of_the_open_practices_of_the_commissioner_on_the_day(self, line: Any) -> None:
        practices(line, 3)
        practices(line, 1, closed=date(2018, 6, 30))
        PracticeFactory()  # another's
        service = ServiceFactory(line=line)
        assert services.freeze(by=None, service=service, day=OCTOBER) == 3
        assert services.freeze(by=None, service=service, day=date(2018, 5, 1)) == 4  # made anew
        assert service.eligible.count() == 4
        service.refresh_from_db()
        assert service.frozen_on == date(2018, 5, 1)

    def test_can_be_of_a_chin_or_a_federation_alone(self, line: Any) -> None:
        one, two, _ = practices(line, 3)
        chin = ChinFactory(commissioner=line.commissioner)
        federation = FederationFactory(commissioner=line.commissioner)
        MembershipFactory(chin=chin, practice=one)
        FederationMembershipFactory(federation=federation, practice=two)
        service = ServiceFactory(line=line)
        services.freeze(by=None, service=service, day=OCTOBER, chin=chin.pk)
        assert [place.practice for place in service.eligible.all()] == [one]
        services.freeze(by=None, service=service, day=OCTOBER, federation=federation.pk)
        assert [place.practice for place in service.eligible.all()] == [two]

    def test_of_nobody_is_refused_and_the_one_before_stays(self, line: Any) -> None:
        service = ServiceFactory(line=line)
        practices(line, 2, opened=date(2018, 3, 1))
        services.freeze(by=None, service=service, day=OCTOBER)
        said = refused(lambda: services.freeze(by=None, service=service, day=date(2018, 2, 1)))
        assert said == "No practice is open on 1 February 2018 that this asks for."
        assert service.eligible.count() == 2

    def test_a_practice_is_added_with_a_reason_and_only_once(self, line: Any) -> None:
        service = opened(line, 2)
        newcomer = PracticeFactory(commissioner=line.commissioner, opened=date(2018, 10, 15))
        services.add_practice(by=None, service=service, practice=newcomer, day=LATER, why="It opened")
        assert balance(line)["earmarked"] == 4_500
        assert Claim.objects.filter(practice=newcomer).count() == 1
        on_it = services_place(service).practice
        said = refused(lambda: services.add_practice(by=None, service=service, practice=on_it, day=LATER, why="Again"))
        assert said == "The practice is on the list already."

    def test_who_comes_back_goes_on_with_the_claim_and_is_earmarked_again(self, line: Any) -> None:
        service = opened(line, 2)
        place = services_place(service)
        services.take_off(by=None, place=place, day=LATER, why="By mistake")
        add = partial(services.add_practice, by=None, service=service, practice=place.practice, why="It was a mistake")
        assert refused(partial(add, day=OCTOBER)).endswith(
            "taken off on 1 November 2018: it comes back on that day or later."
        )
        add(day=LATER)
        claim = Claim.objects.get(practice=place.practice)
        assert (claim.state, claim.steps.last().why) == ("open", "Back on the list: It was a mistake")
        assert balance(line) == pounds(90_000, 3_000)
        assert differences() == []
        assert service.eligible.on(LATER).count() == 2
        services.take_off(
            by=None, place=service.eligible.now().get(practice=place.practice), day=LATER, why="After all"
        )
        assert balance(line) == pounds(90_000, 1_500)

    def test_what_was_closed_for_another_reason_or_is_owed_stays_when_its_practice_comes_back(self, line: Any) -> None:
        service = opened(line, 2)
        closed, owed = service.eligible.all()
        claims.close(by=None, claim=Claim.objects.get(practice=closed.practice), why="It has merged", day=OCTOBER)
        claim = Claim.objects.get(practice=owed.practice)
        enterer, manager = UserFactory(), UserFactory()
        claims.enter(by=enterer, claim=claim, given=[Given(claim.stage.outputs.get(), pledged=True)], day=OCTOBER)
        claims.send(by=enterer, claim=claim, day=OCTOBER)
        claims.accept(by=manager, claim=claim, day=OCTOBER)
        for place in (closed, owed):
            services.take_off(by=None, place=place, day=LATER, why="By mistake")
            services.add_practice(by=None, service=service, practice=place.practice, day=LATER, why="Back")
        assert dict(Claim.objects.values_list("practice", "state")) == {
            closed.practice_id: "closed", owed.practice_id: "payable",
        }  # fmt: skip
        assert balance(line) == pounds(90_000, 0, 1_500)
        assert differences() == []

    def test_the_database_lets_nobody_come_back_before_they_left(self, line: Any) -> None:
        service = opened(line, 2)
        place = services_place(service)
        services.take_off(by=None, place=place, day=LATER, why="By mistake")
        said = database_refuses(
            lambda: Eligible.objects.create(service=service, practice=place.practice, added_on=OCTOBER, why_added="?")
        )
        assert "A practice comes back to a list on or after the day it was taken off." in said

    def test_takes_no_closed_practice_and_nobody_elses(self, line: Any) -> None:
        service = opened(line, 1)
        closed = PracticeFactory(commissioner=line.commissioner, closed=date(2018, 6, 30))

        def add(practice: Any) -> Any:
            return services.add_practice(by=None, service=service, practice=practice, day=LATER, why="?")

        for practice in (closed, PracticeFactory()):
            assert refused(partial(add, practice)).startswith(
                "A practice is eligible that is open, and this commissioner’s"
            )
        assert balance(line)["earmarked"] == 1_500

    def test_taking_a_practice_off_releases_its_part_and_closes_its_claim(self, line: Any) -> None:
        service = opened(line, 3)
        place = services_place(service)
        services.take_off(by=None, place=place, day=LATER, why="It merged")
        assert balance(line) == pounds(90_000, 3_000)
        claim = Claim.objects.get(practice=place.practice)
        assert claim.state == "closed"
        assert claim.steps.last().why == "Taken off the list: It merged"
        assert differences() == []
        said = refused(lambda: services.take_off(by=None, place=place, day=LATER, why="Again"))
        assert said == "The practice has been taken off already."
        assert service.eligible.on(OCTOBER).count() == 3
        assert service.eligible.on(LATER).count() == 2

    def test_its_places_are_not_changed_behind_its_back(self, line: Any) -> None:
        service = opened(line, 2)
        assert "its amount stated once" in database_refuses(lambda: service.eligible.all().update(amount=9_000))
        assert "taken off the list of an open service with a reason" in database_refuses(
            lambda: service.eligible.all().delete()
        )
        again = {"practice": services_place(service).practice, "added_on": LATER, "why_added": "Twice"}
        assert "lcs_eligible_once" in database_refuses(lambda: Eligible.objects.create(service=service, **again))


def services_place(service: Service) -> Eligible:
    place: Eligible = service.eligible.order_by("pk").first()
    return place


class TestOpening:
    def test_earmarks_what_it_can_come_to_and_opens_the_claims(self, line: Any) -> None:
        service = opened(line, 3)
        assert balance(line) == pounds(90_000, 4_500)
        entry = Entry.objects.get(kind="earmark")
        assert (entry.day, entry.year, entry.reason) == (OCTOBER, 2018, f"{service}, Stage 1: 3 eligible practices")
        assert set(Claim.objects.values_list("state", "opened_on")) == {("open", OCTOBER)}
        assert ClaimStep.objects.filter(event="opened", after="open", day=OCTOBER).count() == 3

    def test_waits_for_all_it_needs_and_names_it(self, line: Any) -> None:
        service = approved(ServiceFactory(line=line, stages=(), opens_on=LATER))
        said = refused(lambda: services.open_service(by=None, service=service, day=OCTOBER))
        assert said == "Add a stage. Make the list of eligible practices. Its window begins on 1 November 2018."
        draft = ServiceFactory(line=line)
        assert refused(lambda: services.open_service(by=None, service=draft, day=OCTOBER)) == (
            f"{draft} is draft: it can’t become open."
        )

    def test_is_refused_where_the_line_has_too_little_and_nothing_is_left_behind(self, line: Any) -> None:
        practices(line, 61)
        service = approved(ServiceFactory(line=line))
        services.freeze(by=None, service=service, day=OCTOBER)
        said = refused(lambda: services.open_service(by=None, service=service, day=OCTOBER))
        assert said == "£91,500.00 is more than is left of CHIN Infrastructure LCS for 2018/19: £90,000.00."
        service.refresh_from_db()
        assert (service.state, Claim.objects.count(), Entry.objects.filter(kind="earmark").count()) == (
            "approved",
            0,
            0,
        )

    def test_stages_are_earmarked_by_their_share_and_come_to_the_amount(self, line: Any) -> None:
        service = opened(line, 2, rate=Decimal("10.01"), stages=((50, OCTOBER), (50, LATER)))
        earmarks = Entry.objects.filter(kind="earmark").order_by("pk").values_list("amount", flat=True)
        assert list(earmarks) == [2 * Decimal("5.01"), 2 * Decimal("5.00")]  # half a penny goes up, once
        assert Claim.objects.filter(stage__service=service).count() == 2  # the second stage has not begun

    def test_shares_come_to_all_of_it(self, line: Any) -> None:
        practices(line, 1)
        service = approved(ServiceFactory(line=line, stages=((50, OCTOBER), (40, LATER))))
        services.freeze(by=None, service=service, day=OCTOBER)
        said = refused(lambda: services.open_service(by=None, service=service, day=OCTOBER))
        assert said == "The shares of the stages come to 90.00%; they must come to 100%."
        assert "The shares of the stages come to 100%" in database_refuses(
            lambda: Service.objects.filter(pk=service.pk).update(state="open")
        )

    def test_a_later_stage_opens_its_claims_when_it_begins(self, line: Any) -> None:
        opened(line, 2, stages=((50, OCTOBER), (50, LATER)))
        assert services.open_begun(day=OCTOBER) == 0
        assert services.open_begun(day=LATER) == 2
        assert services.open_begun(day=LATER) == 0
        assert Claim.objects.filter(stage__number=2, opened_on=LATER).count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_open_it_once(self) -> None:
        line = LineFactory(allocated=90_000)
        practices(line, 3)
        service = approved(ServiceFactory(line=line))
        services.freeze(by=None, service=service, day=OCTOBER)
        answers = at_once(5, lambda _: services.open_service(by=None, service=service, day=OCTOBER))
        assert sum(isinstance(answer, Service) for answer in answers) == 1
        assert balance(line)["earmarked"] == 4_500
        assert Claim.objects.count() == 3


class TestPerHead:
    def test_amounts_come_from_the_lists_of_the_day_named(self, line: Any) -> None:
        one, two, without = practices(line, 3)
        ListSizeFactory(practice=one, day=EXTRACT, patients=1_001)
        ListSizeFactory(practice=two, day=EXTRACT, patients=2_000)
        ListSizeFactory(practice=without, day=date(2018, 8, 1), patients=5_000)
        service = ServiceFactory(
            line=line, state="open", tariff="per_head", rate=Decimal("1.05"), list_day=EXTRACT,
            stages=((50, OCTOBER), (50, LATER)),
        )  # fmt: skip
        found = dict(service.eligible.values_list("practice", "amount"))
        assert found == {one.pk: Decimal("1051.05"), two.pk: Decimal("2100.00"), without.pk: None}
        assert balance(line)["earmarked"] == Decimal("1051.05") + 2_100
        asat, stages = AsAt(LATER, None, LATER), service.stages.order_by("number")
        assert [standing(service, stage, asat).amount for stage in stages] == [Decimal("1575.53"), Decimal("1575.52")]
        assert [
            sorted(filter(None, (row.stage_amount for row in places(service, stage, asat, named=True))))
            for stage in stages
        ] == [[Decimal("525.53"), Decimal(1_050)], [Decimal("525.52"), Decimal(1_050)]]
        assert Claim.objects.filter(practice=without).exists()  # it can be answered, and can't become payable

    def test_a_list_size_that_comes_later_prices_its_practice_the_next_night(self, line: Any) -> None:
        counted, late = practices(line, 2)
        ListSizeFactory(practice=counted, day=EXTRACT, patients=1_001)
        service = ServiceFactory(line=line, state="open", tariff="per_head", rate=Decimal("1.05"), list_day=EXTRACT)
        assert services.price_anew(day=LATER) == 0
        ListSizeFactory(practice=late, day=EXTRACT, patients=2_000)
        assert services.price_anew(day=LATER) == 1
        assert service.eligible.get(practice=late).amount == Decimal("2100.00")
        assert balance(line)["earmarked"] == Decimal("3151.05")
        assert Entry.objects.latest("pk").reason.endswith("list sizes of 1 September 2018 that came since")
        assert services.price_anew(day=LATER) == 0
        assert differences() == []

    def test_a_list_size_that_comes_later_leaves_work_for_at_once(self, line: Any) -> None:
        counted, late, other = practices(line, 3)
        ListSizeFactory(practice=counted, day=EXTRACT, patients=1_001)
        service = ServiceFactory(line=line, state="open", tariff="per_head", rate=Decimal("1.05"), list_day=EXTRACT)
        ListSizeFactory(practice=late, day=date(2018, 8, 1), patients=2_000)
        assert not Work.objects.filter(kind=tasks.AMOUNTS).exists(), "of another day"
        ListSizeFactory(practice=late, day=EXTRACT, patients=2_000)
        tasks.price(Work.objects.get(kind=tasks.AMOUNTS).key, None)
        assert service.eligible.get(practice=late).amount == Decimal("2100.00")
        assert service.eligible.get(practice=other).amount is None

    def test_a_list_size_that_the_line_has_no_money_for_is_tried_again_the_next_night(self, line: Any) -> None:
        counted, late = practices(line, 2)
        ListSizeFactory(practice=counted, day=EXTRACT, patients=1)
        service = ServiceFactory(line=line, state="open", tariff="per_head", rate=Decimal(60), list_day=EXTRACT)
        ListSizeFactory(practice=late, day=EXTRACT, patients=2_000)
        assert services.price_anew(day=LATER) == 0
        assert service.eligible.get(practice=late).amount is None
        manager = person(Role.TRANSFORMATION_MANAGER, of=line.commissioner)
        client = Client()
        client.force_login(manager)
        home = " ".join(client.get("/", follow=True).content.decode().split())
        assert f"{service}: 1 practice can’t be priced" in home, "whoever keeps the service is told"
        ledger.allocate(by=None, line=line, year=2018, amount=Decimal(60_000), day=LATER, reason="More")
        assert services.price_anew(day=LATER) == 1

    def test_a_day_without_list_sizes_is_refused(self, line: Any) -> None:
        practices(line, 1)
        service = approved(ServiceFactory(line=line, tariff="per_head", rate=Decimal(1), list_day=EXTRACT))
        services.freeze(by=None, service=service, day=OCTOBER)
        said = refused(lambda: services.open_service(by=None, service=service, day=OCTOBER))
        assert said == "The portal holds no list sizes of 1 September 2018."


class TestARateThatIsNotStated:
    def test_opens_without_an_earmark_and_is_stated_once_later(self, line: Any) -> None:
        service = opened(line, 3, rate=None, stages=((None, OCTOBER), (None, LATER)))
        assert balance(line)["earmarked"] == 0
        assert Claim.objects.count() == 3
        said = refused(lambda: services.set_rate(by=None, service=service, day=LATER, rate=Decimal(1000), shares={}))
        assert said == "Give each stage its share: without it no amount can be worked out."
        shares = {1: Decimal(40), 2: Decimal(60)}
        services.set_rate(by=None, service=service, day=LATER, rate=Decimal(1000), shares=shares)
        assert balance(line)["earmarked"] == 3_000
        assert set(service.eligible.values_list("amount", flat=True)) == {Decimal(1000)}
        said = refused(lambda: services.set_rate(by=None, service=service, day=LATER, rate=Decimal(1), shares={}))
        assert said == "The rate of an open service is stated once, where it was not."
        assert "What is approved does not change." in database_refuses(
            lambda: Service.objects.filter(pk=service.pk).update(rate=2)
        )


class TestTheEnd:
    def test_closes_what_is_open_and_releases_what_is_left(self, line: Any) -> None:
        service = opened(line, 3, stages=((50, OCTOBER), (50, LATER)))
        services.end_service(by=None, service=service, day=date(2018, 12, 1), why="The money went elsewhere")
        assert balance(line) == pounds(90_000)
        assert set(Claim.objects.values_list("state", flat=True)) == {"closed"}
        assert differences() == []
        over = database_refuses(lambda: Service.objects.filter(pk=service.pk).update(purpose="Another"))
        assert "A service that is over does not change." in over
        said = refused(
            lambda: services.add_practice(
                by=None,
                service=service,
                practice=PracticeFactory(commissioner=line.commissioner),
                day=LATER,
                why="Late",
            )
        )
        assert said == "The list of a service that is over does not change."

    def test_says_why(self, line: Any) -> None:
        service = opened(line, 1)
        said = refused(lambda: services.end_service(by=None, service=service, day=LATER, why=" "))
        assert said == "Say on which day the service ended, and why."
        assert balance(line)["earmarked"] == 1_500
