"""A service of every practice of Barnet, from its line to the payees, through pages, over a month.

After each step every balance is what its entries come to, every figure on the pages of money is what its rows give,
and at the end each day between is seen as it was.
"""

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from budget.checking import differences
from budget.lcs.models import Claim, Service
from budget.lcs.states import ClaimState
from budget.models import Line
from budget.payments.models import Export, Run
from cc2h.accounts.models import User
from cc2h.kit.days import LONDON
from tests.architecture.test_figures import Page, problems
from tests.payments.test_pages import agree

LINE = "accelerators-and-enablers"
BUDGET, SERVICES, PAYMENTS = "/budget/07M/2018-19/", "/budget/services/", "/budget/payments/"
RATE = Decimal(500)
OPENED, ANSWERED, VERIFIED = date(2018, 12, 10), date(2018, 12, 12), date(2018, 12, 14)
AUTHORISED, CONFIRMED, CLOSED = date(2018, 12, 17), date(2018, 12, 20), date(2019, 1, 3)
SUMS = ("allocated", "earmarked", "committed", "paid", "left")


@contextmanager
def on(day: date) -> Iterator[None]:
    with time_machine.travel(datetime.combine(day, time(12), LONDON), tick=False):
        yield


@cache
def whoever(post: str, day: date) -> Client:  # sign-ins end after a day or two
    client = Client()
    client.force_login(User.objects.get(email=f"{post}@barnet.example"))
    return client


def done(answer: Any) -> Any:
    """A form that was taken leads to another page; one that was not is shown again."""
    assert answer.status_code == 302, " ".join(answer.content.decode().split())[:6000]
    return answer


def sums(client: Client, day: date) -> dict[str, Decimal]:
    """What the budget page as at a day says of the line, which is what the command and the API say of it."""
    answer = client.get(f"/api/v1{BUDGET}", {"as_at": day.isoformat()}).json()
    [row] = [one for one in answer["lines"] if one["line"] == LINE]
    out = StringIO()
    asked = ("--financial-year", "2018/19", "--commissioner", "07M", "--as-at", day.isoformat(), "--json")
    call_command("budget", *asked, stdout=out)
    [told] = [one for one in json.loads(out.getvalue())["lines"] if one["name"] == row["name"]]
    assert {name: row[name] for name in SUMS} == {name: told[name] for name in SUMS}
    page = client.get(BUDGET, {"as_at": day.isoformat()}).content.decode()
    [shown] = re.findall(rf"<tr[^>]*>(?:(?!</tr>).)*{LINE}.*?</tr>", page, re.DOTALL)
    for name in SUMS:
        assert f"£{Decimal(row[name]):,.2f}" in shown or f"£{Decimal(row[name]):,.0f}" in shown
    return {name: Decimal(row[name]) for name in SUMS}


def agrees(client: Client, day: date, *more: str) -> dict[str, Decimal]:
    """Balances are their entries', and every figure of the pages of money its rows': what the line has by the day."""
    assert differences() == []

    @cache
    def rows(address: str) -> list[dict[str, str]]:
        return list(csv.DictReader(client.get(address).getvalue().decode().splitlines()))

    for address in (BUDGET, f"/budget/lines/{LINE}/", PAYMENTS, *more):
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = Page(answer.content.decode())
        assert list(problems(page, rows)) == [], address
    return sums(client, day)


@pytest.mark.usefixtures("demonstration")
def test_of_48_practices_that_answer_47_are_verified_46_paid_and_every_day_between_stays_as_it_was() -> None:
    said: dict[date, dict[str, Decimal]] = {}
    finance = "finance.officer"

    with on(OPENED):
        before = agrees(whoever(finance, OPENED), OPENED)
        service = _opened(whoever("manager", OPENED))
        of_it = (f"{SERVICES}{service.slug}/", f"{SERVICES}{service.slug}/reconciliation/")
        places = service.eligible.count()
        assert places == 54
        said[OPENED] = agrees(whoever(finance, OPENED), OPENED, *of_it)
        assert said[OPENED] == before | {
            "earmarked": before["earmarked"] + 54 * RATE,
            "left": before["left"] - 54 * RATE,
        }

    with on(ANSWERED):
        answering = _answered(service)
        said[ANSWERED] = agrees(whoever(finance, ANSWERED), ANSWERED, *of_it)
        assert said[ANSWERED] == said[OPENED]

    with on(VERIFIED):
        _verified(whoever("deputy.manager", VERIFIED), service, answering)
        said[VERIFIED] = agrees(whoever(finance, VERIFIED), VERIFIED, *of_it)
        assert said[VERIFIED] == said[ANSWERED] | {
            "earmarked": said[ANSWERED]["earmarked"] - 47 * RATE,
            "committed": said[ANSWERED]["committed"] + 47 * RATE,
        }

    with on(AUTHORISED):
        run = _authorised(whoever(finance, AUTHORISED), whoever("deputy.finance", AUTHORISED))
        said[AUTHORISED] = agrees(whoever(finance, AUTHORISED), AUTHORISED, f"{PAYMENTS}runs/{run.pk}/", *of_it)
        assert said[AUTHORISED] == said[VERIFIED], "nothing is paid before it is confirmed"

    with on(CONFIRMED):
        _confirmed(whoever(finance, CONFIRMED), run)
        said[CONFIRMED] = agrees(whoever(finance, CONFIRMED), CONFIRMED, f"{PAYMENTS}runs/{run.pk}/", *of_it)
        assert said[CONFIRMED] == said[AUTHORISED] | {"paid": said[AUTHORISED]["paid"] + 46 * RATE}

    with on(CLOSED):
        officer = whoever(finance, CLOSED)
        for month in ("2018-11", "2018-12"):  # in their order
            done(officer.post(f"/budget/months/07M/{month}/close/", {"confirm": "yes"}))
        said[CLOSED] = agrees(officer, CLOSED, "/budget/months/07M/2018-12/", *of_it)
        assert said[CLOSED] == said[CONFIRMED]
        for day, then in said.items():
            assert sums(officer, day) == then, f"as at {day}"
        assert sums(officer, date(2018, 12, 9)) == before
        states = [one.state for one in Claim.objects.filter(stage__service=service)]
        assert {state: states.count(state) for state in set(states)} == {
            ClaimState.OPEN: 6,
            ClaimState.RETURNED: 1,
            ClaimState.PAYABLE: 1,  # what failed is owed still
            ClaimState.PAID: 46,
        }


def _opened(manager: Client) -> Service:
    line, day = Line.objects.get(slug=LINE), OPENED.isoformat()
    typed = {"name": "Winter of a borough", "line": line.pk, "opens_on": day, "tariff": "flat", "rate": "500.00"}
    done(manager.post(f"{SERVICES}add/07M/", typed))
    service = Service.objects.get(slug="winter-of-a-borough")
    page = f"{SERVICES}{service.slug}/"
    done(manager.post(f"{page}stages/add/", {"name": "Once", "share": "100", "year": "2018/19", "from_day": day}))
    outputs = f"{SERVICES}stages/{service.stages.get().pk}/outputs/add/"
    done(manager.post(outputs, {"name": "A pledge", "whose": "practice", "evidence": "pledge"}))
    done(manager.post(outputs, {"name": "A plan", "whose": "practice", "evidence": "text"}))
    done(manager.post(f"{page}approve/", {"body": "A committee", "day": day, "where": "Minutes", "interests": "None"}))
    done(manager.post(f"{page}eligible/freeze/", {"day": day, "confirm": "yes"}))
    done(manager.post(f"{page}open/", {"day": day, "confirm": "yes"}))
    service.refresh_from_db()
    return service


def _answered(service: Service) -> list[Claim]:
    """One practice by itself, 47 by the papers that they mailed."""
    manager, itself = whoever("manager", ANSWERED), whoever("practice.manager", ANSWERED)
    claims = Claim.objects.filter(stage__service=service).order_by("practice__ods_code")
    [own] = claims.visible_to(User.objects.get(email="practice.manager@barnet.example"), ANSWERED)
    answered: list[Claim] = []
    for claim in [own, *claims.exclude(pk=own.pk)]:
        client, came = (itself, {}) if not answered else (manager, {"how_it_came": "e-mail of 11 December 2018"})
        typed = {"output_1": "yes", "output_2": "Open on two Saturdays"}
        done(client.post(f"{_page(claim)}enter/", typed | came))
        done(client.post(f"{_page(claim)}send/", {"confirm": "yes"} | came))
        answered.append(claim)
        if len(answered) == 48:
            break
    return answered


def _page(claim: Claim) -> str:
    return f"{SERVICES}claims/{claim.pk}/"


def _verified(deputy: Client, service: Service, claims: list[Claim]) -> None:
    batch = f"{SERVICES}claims/stages/{service.stages.get().pk}/"
    wrong = {"what": "return", "which": "ticked", "claims": [claims[-1].pk], "why": "Another practice’s plan"}
    done(deputy.post(batch, wrong | {"confirm": "yes"}))
    foretold = deputy.post(batch, {"what": "accept", "which": "whole"}).content.decode()
    assert "47 claims would be accepted; £23,500.00 would be payable by that" in foretold
    done(deputy.post(batch, {"what": "accept", "which": "whole", "confirm": "yes"}))


def _authorised(first: Client, second: Client) -> Run:
    """Prepared by one, authorised by another, with its journal: debits and credits are the same."""
    known = set(Run.objects.values_list("pk", flat=True))
    answer = agree(first, f"{PAYMENTS}07M/prepare/", {"which": "all"})
    [run] = Run.objects.exclude(pk__in=known)
    assert answer.status_code == 200
    refused = first.post(f"{PAYMENTS}runs/{run.pk}/authorise/", {"control": run.control})
    assert refused.status_code == 200, "who prepared it does not authorise it"
    done(second.post(f"{PAYMENTS}runs/{run.pk}/authorise/", {"control": run.control}))
    Line.objects.filter(slug=LINE).update(cost_centre="405712", subjective_code="52161125")
    for layout in ("Payment file", "Ledger journal"):
        done(first.post(f"{PAYMENTS}runs/{run.pk}/export/", {"layout": layout}))
    data = bytes(Export.objects.get(run=run, layout="Ledger journal").data)
    journal = list(csv.DictReader(data.decode().splitlines()))
    assert sum(Decimal(row["Debit"] or 0) for row in journal) == sum(Decimal(row["Credit"] or 0) for row in journal)
    assert sum(Decimal(row["Debit"] or 0) for row in journal) == 47 * RATE
    return run


def _confirmed(officer: Client, run: Run) -> None:
    lines = list(run.lines.exclude(state="out").order_by("pk"))
    assert len(lines) == 47
    rows = [["run", "reference", "amount", "outcome", "day", "reason"]]
    rows += [[run.number, one.reference, str(one.amount), "paid", CONFIRMED.isoformat(), ""] for one in lines[1:]]
    rows.append([run.number, lines[0].reference, str(lines[0].amount), "failed", CONFIRMED.isoformat(), "Closed"])
    data = "\r\n".join(",".join(row) for row in rows).encode()
    wrong = data.replace(b",500.00,paid", b",500.01,paid", 1)
    url = f"{PAYMENTS}runs/{run.pk}/confirm/"
    refused = officer.post(url, {"file": SimpleUploadedFile("altered.csv", wrong)})
    assert "expected £500.00, as it was authorised" in refused.content.decode()
    done(officer.post(url, {"file": SimpleUploadedFile("confirmation.csv", data)}))
