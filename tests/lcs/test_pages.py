"""The pages of local services: who sees what, what each number is the sum of, and what can be done by them."""

import csv
import json
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budget import shipped as money
from budget.checking import differences
from budget.lcs import services, shipped, tasks
from budget.lcs.claims import about
from budget.lcs.models import Answer, Claim, ClaimStep, Service
from budget.models import Line
from budget.payments import runs
from cc2h.accounts.authority import Role
from cc2h.config.demonstration.loading import commissioners
from cc2h.kit.figures import measured
from practices.models import Commissioner
from tests.budget.ground import balance
from tests.factories import (
    ChinFactory,
    LineFactory,
    ListSizeFactory,
    MembershipFactory,
    PracticeFactory,
    ServiceFactory,
    UserFactory,
    person,
)
from tests.factories.lcs import BY_THEN, approved
from tests.factories.payments import confirmed_run, owed

pytestmark = pytest.mark.django_db

DECEMBER = {"as_at": "2018-12-06"}


@pytest.fixture
def line() -> Line:
    made: Line = LineFactory(name="CHIN Infrastructure LCS", allocated=90_000)
    return made


def signed_in(role: Role, of: Any) -> Client:
    client = Client()
    client.force_login(person(role, of=of))
    return client


@pytest.fixture
def manager(line: Line) -> Client:
    return signed_in(Role.TRANSFORMATION_MANAGER, line.commissioner)


@pytest.fixture
def member(line: Line) -> Client:
    return signed_in(Role.BOARD_MEMBER, line.commissioner)


def url(name: str, *args: Any) -> str:
    return reverse(f"lcs:{name}", args=args)


def read(client: Client, address: str, status: int = 200, **query: str) -> str:
    """The page's words and links, its spaces one each."""
    answer = client.get(address, DECEMBER | query)
    assert answer.status_code == status, address
    return " ".join(answer.getvalue().decode().split())


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def rows(client: Client, address: str, **query: str) -> list[dict[str, str]]:
    answer = client.get(address, DECEMBER | query | {"format": "csv"})
    assert answer.status_code == 200, address
    return list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def opened(line: Line, number: int = 54, placed: int = 48, **more: Any) -> Service:
    chin = ChinFactory(commissioner=line.commissioner)
    for place in range(number):
        practice = PracticeFactory(commissioner=line.commissioner)
        if place < placed:
            MembershipFactory(chin=chin, practice=practice)
    service: Service = ServiceFactory(line=line, slug="infrastructure", state="open", **more)
    return service


def step(claim: Claim, before: str, after: str, day: date) -> None:
    ClaimStep.objects.create(claim=claim, event=after, before=before, after=after, day=day)


def paid(claim: Claim, day: date) -> None:
    """By a run of its own."""
    line, by = claim.stage.service.line, UserFactory()
    (payable,) = owed(line, 1_500, practices=[claim.practice], about=about(claim))
    runs_on = day - timedelta(days=7)
    confirmed_run(runs.prepare(by=by, commissioner=line.commissioner, payables=[payable.pk], today=runs_on), by)


def went(claim: Claim, *days: date) -> None:
    """Sent in, accepted and payable, and paid, on these days."""
    states = ["open", "sent", "payable", "paid"]
    for place, day in enumerate(days):
        if states[place + 1] == "payable":
            for output in claim.stage.outputs.all():
                Answer.objects.create(
                    claim=claim, output=output, state="accepted", judged_on=day, judged_by=UserFactory()
                )
            Claim.objects.filter(pk=claim.pk).update(amount=1_500)
        if states[place + 1] == "paid":
            paid(claim, day)
        else:
            step(claim, states[place], states[place + 1], day)


class TestReconciliation:
    def test_holds_what_practices_can_come_to_against_the_line(self, line: Line, member: Client) -> None:
        opened(line)
        html = read(member, url("reconciliation", "infrastructure"))
        for value in ("54", "81000", "90000", "9000", "48"):
            assert f'data-value="{value}"' in html
        assert "60 practices at £1,500 would make £90,000. On the list are 54; the other 6 are not on it." in said(html)
        assert "No paper names them. Every practice of" in said(html)

    def test_adds_up_the_stages_of_a_year(self, line: Line, member: Client) -> None:
        opened(line, 4, 2, stages=((60, BY_THEN), (40, BY_THEN)))
        html = read(member, url("reconciliation", "infrastructure"), stage="1")
        assert "All stages of 2018/19 £6,000" in said(html)
        assert 'data-value="3600"' in html

    def test_says_which_practices_the_register_has_that_are_not_on_the_list(self, line: Line, manager: Client) -> None:
        service = opened(line)
        services.take_off(by=None, place=service.eligible.order_by("pk")[0], day=date(2018, 11, 1), why="Left")
        PracticeFactory(commissioner=line.commissioner, ods_code="E83998", detail__name="Newly opened")
        html = said(read(manager, url("reconciliation", "infrastructure")))
        assert "Which the other 7 would be No paper names them." in html
        assert "2 practices" in html
        assert "Newly opened E83998 Open, and never put on the list" in html
        assert "Taken off on 1 November 2018: “Left”" in html

    def test_every_number_of_it_is_measured_over_its_rows(self, line: Line, manager: Client) -> None:
        service = opened(line, 6, 4)
        claims = list(Claim.objects.filter(stage__service=service).order_by("pk"))
        went(claims[0], date(2018, 10, 10), date(2018, 10, 20), date(2018, 11, 5))
        went(claims[1], date(2018, 10, 11), date(2018, 10, 21))
        went(claims[5], date(2018, 10, 12))
        html = read(manager, url("reconciliation", "infrastructure"))
        links = re.findall(r'data-part="([^"]*)" data-value="([^"]*)" data-measure="([^"]*)" data-csv="([^"]*)"', html)
        assert len(links) > 20
        for name, value, measure, address in links:
            answer = manager.get(unescape(address))
            found = measured(measure, csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))
            assert Decimal(str(found or 0)) == Decimal(value or 0), name

    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2018-10-09", (0, 0, 0)), ("2018-10-15", (1, 0, 0)), ("2018-10-31", (1, 1, 0)), ("2018-11-30", (1, 0, 1))],
    )
    def test_is_that_of_the_day(self, line: Line, manager: Client, day: str, expected: tuple[int, ...]) -> None:
        service = opened(line, 2, 2)
        claim = Claim.objects.filter(stage__service=service).order_by("pk")[0]
        went(claim, date(2018, 10, 10), date(2018, 10, 20), date(2018, 11, 5))
        found = service_at(day)
        assert (found["answered"], found["payable"]["practices"], found["paid"]["practices"]) == expected

    def test_what_is_not_stated_is_said_and_never_nothing(self, line: Line, manager: Client) -> None:
        opened(line, 3, 0, rate=None, stages=((None, BY_THEN), (None, date(2018, 11, 1))))
        text = said(read(manager, url("reconciliation", "infrastructure")))
        assert "They can come to not stated" in text
        assert "no claim become payable" in text
        assert "Stage 1 Stage 2" in text

    def test_practices_without_a_list_size_are_left_out_of_the_sum_and_counted(
        self, line: Line, manager: Client
    ) -> None:
        ListSizeFactory(practice=PracticeFactory(commissioner=line.commissioner), day=BY_THEN, patients=1_000)
        opened(line, 1, 0, tariff="per_head", rate=Decimal("1.50"), list_day=BY_THEN)
        text = said(read(manager, url("reconciliation", "infrastructure")))
        assert "at least £1,500" in text
        assert "1 practice has no list size of 1 October 2018: not among the sum." in text


def service_at(day: str, slug: str = "infrastructure") -> dict[str, Any]:
    out = StringIO()
    call_command("lcs", slug, "--as-at", day, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


class TestWhoIsNamed:
    def test_a_board_member_sees_numbers_and_no_names(self, line: Line, member: Client, manager: Client) -> None:
        opened(line, 3, 2)
        for_all, for_board = (rows(one, url("place_list", "infrastructure")) for one in (manager, member))
        assert len(for_all) == len(for_board) == 3
        assert all(row["code"] and row["name"] for row in for_all)
        assert not any(row["code"] or row["name"] for row in for_board)
        page = read(member, url("place_list", "infrastructure"))
        assert not any(row["name"] in page or row["code"] in page for row in for_all)
        assert rows(member, url("place_list", "infrastructure"), q=for_all[0]["code"]) == for_board

    def test_those_who_see_no_budget_see_the_service_and_not_its_money(self, line: Line) -> None:
        opened(line, 2, 2)
        lead = signed_in(Role.CHIN_LEAD, ChinFactory(commissioner=line.commissioner))
        assert "Reconciliation" not in read(lead, url("service_detail", "infrastructure"))
        for page in ("reconciliation", "place_list"):
            read(lead, url(page, "infrastructure"), 403)
        elsewhere = signed_in(Role.TRANSFORMATION_MANAGER, LineFactory().commissioner)
        for page in ("service_detail", "reconciliation", "place_list", "open"):
            read(elsewhere, url(page, "infrastructure"), 404)


class TestTheList:
    def test_is_filtered_by_chin_claim_and_output(self, line: Line, manager: Client) -> None:
        service = opened(line, 4, 3)
        claims = list(Claim.objects.filter(stage__service=service).order_by("pk"))
        went(claims[0], date(2018, 10, 10), date(2018, 10, 20))
        went(claims[3], date(2018, 10, 10))
        address = url("place_list", "infrastructure")
        for query, number in (
            ({"state": "answered"}, 2), ({"state": "payable"}, 1), ({"state": "open"}, 2), ({"placed": "in"}, 3),
            ({"chin": "none"}, 1), ({"output": "1"}, 1), ({"state": "answered", "chin": "none"}, 1),
        ):  # fmt: skip
            assert len(rows(manager, address, **query)) == number, query

    def test_and_the_services_ask_no_more_for_more_rows(self, line: Line, manager: Client) -> None:
        opened(line, 3, 2)

        def asked(address: str) -> int:
            read(manager, address)
            with CaptureQueriesContext(connection) as found:
                read(manager, address)
            return len(found)

        addresses = (url("place_list", "infrastructure"), url("reconciliation", "infrastructure"), url("service_list"))
        few = [asked(address) for address in addresses]
        for number in range(12):
            newcomer = PracticeFactory(commissioner=line.commissioner)
            service = Service.objects.get(slug="infrastructure")
            services.add_practice(by=None, service=service, practice=newcomer, day=BY_THEN, why="More")
            ServiceFactory(line=line, slug=f"more-{number}")
        assert [asked(address) for address in addresses] == few


class TestByForms:
    def test_from_a_draft_to_the_end(self, line: Line, manager: Client) -> None:
        for _ in range(3):
            PracticeFactory(commissioner=line.commissioner)
        code = line.commissioner.ods_code
        manager.post(
            url("service_add", code),
            {"name": "Wound care", "line": line.pk, "opens_on": "2018-10-01", "tariff": "flat", "rate": "£1,500.00"},
        )
        service = Service.objects.get(slug="wound-care")
        day = "2018-10-01"
        stage_facts = {"name": "Once", "share": "100", "year": "2018/19", "from_day": day}
        manager.post(url("stage_add", "wound-care"), stage_facts)
        stage = service.stages.get()
        output = {"name": "A plan", "whose": "practice", "evidence": "text"}
        manager.post(url("output_add", stage.pk), output)
        approval = {"body": "A committee", "day": "2018-09-13", "where": "Minutes", "interests": "None"}
        manager.post(url("approve", "wound-care"), approval)
        weighed = said(manager.post(url("freeze", "wound-care"), {"day": day}).getvalue().decode())
        assert "The list is the 3 practices open on 1 October 2018." in weighed
        assert not service.eligible.exists()
        manager.post(url("freeze", "wound-care"), {"day": day, "confirm": "1"})
        weighed = said(manager.post(url("open", "wound-care"), {"day": day}).getvalue().decode())
        assert "£4,500.00 is earmarked for Once: 3 practices." in weighed
        assert not Claim.objects.exists()
        manager.post(url("open", "wound-care"), {"day": day, "confirm": "1"})
        assert Claim.objects.count() == 3
        place = service.eligible.order_by("pk")[0]
        manager.post(url("place_remove", place.pk), {"day": "2018-11-01", "why": "It closes"})
        assert balance(line)["earmarked"] == 3_000
        manager.post(url("end", "wound-care"), {"day": "2018-12-01", "why": "Over"})
        service.refresh_from_db()
        assert (service.state, balance(line)["earmarked"], differences()) == ("ended", 0, [])

    def test_a_rate_that_was_not_stated_is_stated_with_the_shares(self, line: Line, manager: Client) -> None:
        opened(line, 2, 0, rate=None, stages=((None, BY_THEN), (None, date(2018, 11, 1))))
        typed = {"rate": "1000", "day": "2018-11-01", "share_1": "30", "share_2": "60"}
        refused = said(manager.post(url("set_rate", "infrastructure"), typed).getvalue().decode())
        assert "The shares of the stages come to 90.00%; they must come to 100%." in refused
        manager.post(url("set_rate", "infrastructure"), typed | {"share_2": "70"})
        assert balance(line)["earmarked"] == 2_000

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"code": "E00000"}, "“E00000” is no practice of"),
            ({"code": ""}, "Give its ODS code."),
            ({"why": ""}, "Say why."),
            ({"day": "2999-01-01"}, "outside the days the portal knows"),
        ],
    )
    def test_what_is_wrong_with_an_addition_is_said_at_its_field(
        self, line: Line, manager: Client, typed: dict[str, str], told: str
    ) -> None:
        service = opened(line, 1, 0)
        newcomer = PracticeFactory(commissioner=line.commissioner)
        given = {"code": newcomer.ods_code, "day": "2018-11-01", "why": "It opened"}
        assert told in said(manager.post(url("place_add", service.slug), given | typed).getvalue().decode())
        assert service.eligible.count() == 1

    def test_what_somebody_else_changed_meanwhile_is_shown(self, line: Line, manager: Client) -> None:
        service = ServiceFactory(line=line)
        page = manager.get(url("service_edit", service.slug)).getvalue().decode()
        found = re.search(r'name="seen"[^>]*value="(\d+)"', page)
        assert found
        Service.objects.filter(pk=service.pk).update(purpose="By another")
        typed = {"name": "Mine", "line": line.pk, "opens_on": "2018-10-01", "tariff": "flat", "seen": found[1]}
        manager.post(url("service_edit", service.slug), typed)
        service.refresh_from_db()
        assert service.name != "Mine"

    def test_only_those_who_keep_services_change_them(self, line: Line, member: Client) -> None:
        service = opened(line, 1, 0)
        stage = service.stages.get()
        for name, *args in (("end", service.slug), ("place_add", service.slug), ("stage_edit", stage.pk)):
            assert member.post(url(name, *args), {}).status_code == 403

    def test_a_service_whose_window_is_over_says_so_and_waits_to_be_ended(self, line: Line, manager: Client) -> None:
        service = opened(line, 1, 0, closes_on=date(2018, 10, 31))
        assert (
            "Its window was over on 31 October 2018."
            in manager.get(url("service_detail", service.slug)).getvalue().decode()
        )
        home = manager.get("/", follow=True).getvalue().decode()
        assert f"The window of {service} is over, and it has not ended" in home
        services.end_service(by=None, service=service, day=date(2018, 12, 1), why="It is over")
        assert "Its window was over" not in manager.get(url("service_detail", service.slug)).getvalue().decode()
        assert "has not ended" not in manager.get("/", follow=True).getvalue().decode()


class TestTheNight:
    def test_opens_the_claims_of_a_stage_that_has_begun(self, line: Line) -> None:
        opened(line, 2, 0, stages=((50, BY_THEN), (50, date(2018, 11, 1))))
        assert tasks.open_claims() == 2
        assert tasks.open_claims() == 0


class TestWhatIsShipped:
    @pytest.fixture(autouse=True)
    def papers(self) -> None:
        commissioners()
        money.load()
        shipped.load()

    def test_are_the_two_services_of_the_papers_as_drafts(self) -> None:
        found = {service.slug: service for service in Service.objects.all()}
        assert set(found) == {"chin-infrastructure", "improved-access"}
        assert {service.state for service in found.values()} == {"draft"}
        infrastructure, access = found["chin-infrastructure"], found["improved-access"]
        assert infrastructure.rate == 1_500
        asked = [(one.whose, one.evidence) for one in infrastructure.stages.get().outputs.all()]
        assert asked == [("chin", "post"), ("chin", "post"), ("practice", "agreement"), ("practice", "pledge")]
        assert (access.rate, access.tariff) == (None, "per_head")
        assert [(s.year, s.share, s.outputs.count()) for s in access.stages.all()] == [(2017, None, 1), (2018, None, 7)]

    def test_are_written_once(self) -> None:
        shipped.load()
        assert Service.objects.count() == 2

    def test_infrastructure_makes_81000_of_90000_for_54_practices(self) -> None:
        barnet = Commissioner.objects.get(ods_code="07M")
        for _ in range(54):
            PracticeFactory(commissioner=barnet)
        service = approved(Service.objects.get(slug="chin-infrastructure"))
        services.freeze(by=None, service=service, day=BY_THEN)
        services.open_service(by=None, service=service, day=BY_THEN)
        found = service_at("2018-12-06", "chin-infrastructure")
        assert (found["eligible"], found["can_come_to"], found["answered"]) == (54, "81000.00", 0)
        assert len(found["practices"]) == 54


class TestTheCommand:
    def test_says_what_it_does_not_know(self, line: Line) -> None:
        opened(line, 1, 0)
        for arguments, told in (
            (["wound-care"], "There is no service “wound-care”. It can be infrastructure."),
            (["infrastructure", "--stage", "2"], "has no stage “2”. It can be 1."),
        ):
            with pytest.raises(CommandError, match=re.escape(told)) as wrong:
                call_command("lcs", *arguments)
            assert wrong.value.returncode == 2

    def test_tells_people_the_same(self, line: Line) -> None:
        opened(line, 2, 1)
        out = StringIO()
        call_command("lcs", "infrastructure", "--as-at", "2018-12-06", stdout=out)
        lines = [" ".join(line.split()) for line in out.getvalue().splitlines()]
        assert "Eligible 2" in lines
        assert "They can come to £3,000.00" in lines
        assert sum(line.endswith("£1,500.00 To be sent in") for line in lines) == 2


class TestTheApi:
    def test_says_the_same_with_amounts_as_text(self, line: Line, manager: Client) -> None:
        opened(line, 3, 2)

        def api(address: str) -> Any:
            answer = manager.get("/api/v1" + address, DECEMBER)
            assert answer.status_code == 200, address
            return json.loads(answer.getvalue())

        service = api(url("service_detail", "infrastructure"))
        assert (service["rate"], service["eligible"], service["state"]) == ("1500.00", 3, "open")
        chins = api(url("reconciliation", "infrastructure"))["chins"]
        assert [(one["eligible"], one["paid"]) for one in chins] == [(2, "0.00"), (1, "0.00")]
        assert [row["amount"] for row in api(url("place_list", "infrastructure"))["rows"]] == ["1500.00"] * 3
