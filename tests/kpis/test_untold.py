"""What a practice has unpublished is told to nobody else, however the portal is asked: by page, API, file or chart."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cc2h.accounts.authority import Role
from cc2h.kit import dated, work
from cc2h.kit.imports import services
from cc2h.kit.imports.services import Result
from cc2h.kit.models import Import
from chins.models import Chin, Membership
from kpis import objectives
from kpis.models import Measure, PracticeValue
from practices.models import Commissioner, Practice
from tests.factories import ChinFactory, CommissionerFactory, MembershipFactory, PracticeFactory, person
from tests.factories.kpis import a_measure, value

pytestmark = pytest.mark.django_db
ENDS, DAY = date(2018, 3, 31), {"as_at": "2018-12-06"}
OWN, OTHERS = 4711, 300


class Ground:
    """A CHIN of four practices, one of which has not published what it has, and another of six that all have."""

    def __init__(self, unpublished: int = 1) -> None:
        self.commissioner: Commissioner = CommissionerFactory(in_programme=True)
        self.chin: Chin = ChinFactory(commissioner=self.commissioner, slug="small", name="Small")
        self.other: Chin = ChinFactory(commissioner=self.commissioner, slug="other", name="Other")
        self.measure: Measure = a_measure("counted")
        self.inside: list[Practice] = [self.practice(self.chin) for _ in range(3 + unpublished)]
        self.elsewhere: list[Practice] = [self.practice(self.other) for _ in range(6)]
        self.secret = self.inside[0]
        for one in self.inside[:unpublished]:
            value(self.measure, one, ENDS, OWN, 9973, published=False)
        for one in (*self.inside[unpublished:], *self.elsewhere):
            value(self.measure, one, ENDS, 100, 1000)
        settle()

    def practice(self, chin: Chin) -> Practice:
        made: Practice = PracticeFactory(commissioner=self.commissioner, patients=5_000)
        MembershipFactory(chin=chin, practice=made)
        return made

    @property
    def sums(self) -> list[int]:
        """What it had, and the sums it could be told from."""
        return [OWN, OWN + OTHERS, OWN + OTHERS + 600]

    def addresses(self) -> Iterator[tuple[str, dict[str, str]]]:
        code = self.measure.code
        yield reverse("kpis:measure_list"), {}
        yield reverse("kpis:measure_detail", args=[code]), {}
        yield reverse("kpis:value_list", args=[code]), {}
        for kind, key in (
            ("practice", self.secret.ods_code),
            ("chin", "small"),
            ("chin", "other"),
            ("commissioner", self.commissioner.ods_code),
            ("programme", "ncl"),
        ):
            series = reverse("tracking:series", args=[code, kind, key])
            yield series, {}
            yield series, {"way": "person_months"}
            yield series, {"way": "today"}
        yield reverse("tracking:grid"), {}
        yield reverse("tracking:grid"), {"chin": "small"}
        yield reverse("tracking:changed"), {}
        yield reverse("kpis:objective_detail", args=["chin", "small"]), {}
        for name in ("funnel", "intervals", "practice_list", "chins", "gap", "deprivation", "two"):
            for query in (
                {},
                {"chin": "small", "against": "chin"},
                {"commissioner": self.commissioner.ods_code, "against": "commissioner"},
                {"against": "register"},
            ):
                more = {"modelled": "9"} if name == "gap" else {}
                yield reverse(f"variation:{name}", args=[code]), {**query, **more}
        for practice in (self.inside[-1], self.elsewhere[0]):
            yield reverse("variation:compare", args=[code]), {"practice": practice.ods_code}


def told(client: Client, address: str, query: dict[str, str]) -> str:
    """Everything that one address says: its page, its charts' data, its file, and the API."""
    page = client.get(address, {**DAY, **query})
    assert page.status_code in (200, 400, 403, 404), f"{address} answers {page.status_code}"
    said = [page.content.decode()]
    for chart in set(re.findall(r'"(/charts/[^"?]+\.)svg"', said[0])):
        said.append(client.get(f"{chart}csv").content.decode())
    said.append(client.get(f"/api/v1{address}", {**DAY, **query}).content.decode())
    answer: Any = client.get(address, {**DAY, **query, "format": "csv"})
    said.append((b"".join(answer.streaming_content) if answer.streaming else answer.content).decode())
    return "\n".join(said)


def found(ground: Ground, role: Role, of: Any, every: tuple[int, int] = (0, 1)) -> Iterator[tuple[str, list[int]]]:
    """The addresses that tell somebody of the sums, and which. every: of so many in turn, the how manieth are asked."""
    client = Client()
    client.force_login(person(role, of=of))
    turn, of_how_many = every
    for address, query in list(ground.addresses())[turn::of_how_many]:
        said = told(client, address, query).replace(",", "")
        if here := [one for one in ground.sums if re.search(rf"(?<![\d.]){one}(?![\d])", said)]:
            yield f"{address}{query}", here


def test_nobody_else_is_told_what_one_practice_has_by_any_address() -> None:
    """Board and finance officer, who may read as much, take turns; as do another CHIN's lead and a neighbour."""
    ground = Ground()
    for role, of, every in (
        (Role.BOARD_MEMBER, ground.commissioner, (0, 2)),
        (Role.FINANCE_OFFICER, ground.commissioner, (1, 2)),
        (Role.CHIN_LEAD, ground.other, (0, 2)),
        (Role.PRACTICE_MANAGER, ground.inside[-1], (1, 2)),
    ):
        assert list(found(ground, role, of, every)) == [], role
    for role, of in (
        (Role.TRANSFORMATION_MANAGER, ground.commissioner),
        (Role.CHIN_LEAD, ground.chin),
        (Role.PRACTICE_MANAGER, ground.secret),
    ):
        assert next(found(ground, role, of)), role


def test_a_chin_of_five_unpublished_values_is_told_as_a_whole() -> None:
    ground = Ground(unpublished=5)
    client = Client()
    client.force_login(person(Role.BOARD_MEMBER, of=ground.commissioner))
    series = client.get("/api/v1" + reverse("tracking:series", args=["counted", "chin", "small"]), DAY).json()
    assert series["points"][0]["numerator"] == 5 * OWN + OTHERS
    page = client.get(reverse("tracking:series", args=["counted", "chin", "small"]), {**DAY, "way": "today"})
    assert f"{5 * OWN + OTHERS:,}" not in page.content.decode()  # beside last_day, it tells who came or went


def test_a_sum_that_is_not_told_says_so(client: Client) -> None:
    ground = Ground()
    client.force_login(person(Role.BOARD_MEMBER, of=ground.commissioner))
    page = client.get(reverse("tracking:series", args=["counted", "chin", "small"]), DAY).content.decode()
    assert "Not told: too small" in page
    grid = client.get(reverse("tracking:grid"), DAY).content.decode()
    assert "Not told" in grid


def test_progress_of_objectives_keeps_it_too() -> None:
    ground = Ground()
    record: Any = type("Record", (), {"kind": "chin", "key": "small"})
    objectives.agree(
        by=None, record=record, outcome="health", text="More", measure=ground.measure, target=None, agreed_by="All",
        first=date(2018, 1, 1),
    )  # fmt: skip
    assert "44.0" not in told(_as(Role.BOARD_MEMBER, ground), *_objectives())
    assert "38.6" in told(_as(Role.TRANSFORMATION_MANAGER, ground), *_objectives())


def _as(role: Role, ground: Ground) -> Client:
    client = Client()
    client.force_login(person(role, of=ground.commissioner))
    return client


def _objectives() -> tuple[str, dict[str, str]]:
    return reverse("kpis:objective_detail", args=["chin", "small"]), {}


# The kept grid -------------------------------------------------------------------------------------------


def shown(ground: Ground, client: Client) -> str:
    """The row of the small CHIN."""
    page = client.get(reverse("tracking:grid"), DAY).content.decode()
    return re.sub(r"<[^>]*>|\s+", " ", page.split(">Small<")[1].split("</tr>")[0])


def test_readers_who_may_be_told_different_things_are_shown_different_kept_grids() -> None:
    ground = Ground()
    manager, board = (_as(role, ground) for role in (Role.TRANSFORMATION_MANAGER, Role.BOARD_MEMBER))
    for _ in range(2):  # the second time from the keep
        assert "38.6%" in shown(ground, manager)
        assert "Not told" in shown(ground, board)
    lead = Client()
    lead.force_login(person(Role.CHIN_LEAD, of=ground.chin))
    assert "38.6%" in shown(ground, lead)


def test_a_chin_that_changes_commissioner_takes_its_kept_grid_from_the_old_one() -> None:
    ground = Ground()
    manager = _as(Role.TRANSFORMATION_MANAGER, ground)
    assert "38.6%" in shown(ground, manager)
    there = CommissionerFactory(in_programme=True)
    client = Client()
    client.force_login(person(Role.BOARD_MEMBER, of=[ground.commissioner, there]))
    assert "Not told" in shown(ground, client)
    Chin.objects.filter(pk=ground.chin.pk).update(commissioner=there)
    page = manager.get(reverse("tracking:grid"), DAY).content.decode()
    assert ">Small<" not in page
    assert "38.6" not in page
    assert "Not told" in shown(ground, client)


def test_a_corrected_value_and_a_change_of_membership_show_at_once_on_a_kept_grid() -> None:
    ground = Ground()
    manager = _as(Role.TRANSFORMATION_MANAGER, ground)
    assert "38.6%" in shown(ground, manager)
    PracticeValue.objects.filter(practice=ground.secret).update(superseded_at=timezone.now())
    value(ground.measure, ground.secret, ENDS, 500, 9973, published=False)
    settle()
    assert "6.2%" in shown(ground, manager)
    dated.void(Membership.objects.get(practice=ground.secret), by=None, reason="It never joined")
    settle()
    assert "10.0%" in shown(ground, manager)
    assert "10.0%" in shown(ground, _as(Role.BOARD_MEMBER, ground))  # nobody of it is unpublished any more


def settle() -> None:
    while work.sweep():
        pass


# Files ---------------------------------------------------------------------------------------------------


def test_a_file_with_local_values_is_opened_by_who_may_be_told_of_each(tmp_path: Path) -> None:
    here, there = CommissionerFactory(), CommissionerFactory()
    a_measure("counted")
    PracticeFactory(ods_code="E83001", commissioner=here)
    head = "measure,ods_code,period,numerator,denominator,published\n"
    paths = [tmp_path / "local.csv", tmp_path / "public.csv"]
    paths[0].write_text(f"{head}counted,E83001,2017/18,{OWN},9973,no\n")
    paths[1].write_text(f"{head}counted,E83001,2016/17,10,100,yes\n")
    local, public = (services.run([path], group="kpi")[0] for path in paths)
    assert PracticeValue.objects.count() == 2

    def opens(one: Result, role: Role, of: Any) -> bool:
        client = Client()
        client.force_login(person(role, of=of))
        pk = one.import_id
        answers = {
            client.get(reverse(name, args=[pk])).status_code
            for name in ("imports:import_detail", "imports:import_file", "imports:import_problems")
        }
        assert len(answers) == 1
        listed = f"/imports/{pk}/" in client.get(reverse("imports:import_list")).content.decode()
        assert listed == (answers == {200})
        return listed

    for one, whose in ((local, {here}), (public, {here, there})):
        for role in (Role.TRANSFORMATION_MANAGER, Role.ANALYST):
            assert {of for of in (here, there) if opens(one, role, of)} == whose
    assert not opens(local, Role.FINANCE_OFFICER, here)
    assert opens(public, Role.FINANCE_OFFICER, here)
    assert Import.objects.count() == 2
