"""What the board sees of benefits on its home page: the headline, and money beside result."""

import csv
import re
from decimal import Decimal
from html import unescape
from io import StringIO

import pytest
from django.test import Client

from budget.models import Line
from cc2h.accounts.authority import Role
from cc2h.kit.figures import measured
from practices.models import Commissioner
from tests.factories import CommissionerFactory, LineFactory, person
from tests.factories.benefits import a_benefit, forecast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def barnet() -> Commissioner:
    made: Commissioner = CommissionerFactory(barnet=True, in_programme=True)
    return made


def home(barnet: Commissioner) -> tuple[Client, str]:
    client = Client()
    client.force_login(person(Role.BOARD_MEMBER, of=barnet))
    return client, client.get("/").getvalue().decode()


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_money_stands_beside_result_by_initiative(barnet: Commissioner) -> None:
    line: Line = LineFactory(
        slug="chin-infrastructure-lcs", name="CHIN lines", source__commissioner=barnet, allocated=90_000
    )
    assert line.commissioner == barnet
    forecast(a_benefit(240_000, 2018, commissioner=barnet), 200_000, 2018)
    a_benefit(None, 2018, commissioner=None)
    client, html = home(barnet)
    text = said(html)
    assert "CHINs CHIN lines: £90,000 £240,000 £200,000 nothing yet £0" in text
    assert "Beside these the programme as a whole has 1 benefit , 1 of which state no saving for 2018/19." in text
    block = html.partition("Benefits 2018/19, Barnet")[2]
    found = re.findall(r'data-part="[^"]*"\s+data-value="([^"]*)"\s+data-measure="([^"]*)"\s+data-csv="([^"]*)"', block)
    assert found
    for value, measure, address in found:
        answer = client.get(unescape(address)).getvalue().decode("utf-8-sig")
        assert measured(measure, csv.DictReader(StringIO(answer))) == Decimal(value)


def test_without_benefits_there_is_no_block(barnet: Commissioner) -> None:
    a_benefit(1, 2018)
    assert "Benefits 2018/19" not in said(home(barnet)[1])
