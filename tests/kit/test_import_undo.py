"""An import is undone while nothing was built on it: withdrawn, not deleted; all of it or nothing; once."""

import io
import re
import threading
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cc2h.accounts.authority import Role
from cc2h.kit import work
from cc2h.kit.days import today
from cc2h.kit.imports import services, undoing
from cc2h.kit.models import Import, Work
from chins.models import Chin, Membership
from chins.services import join_practices
from practices.models import Commissioner, ListSize, Practice, PracticeDetail, PracticeStanding
from practices.services import add_contact, change_details
from tests.factories import (
    ActionFactory,
    AttachmentFactory,
    ChinFactory,
    CommentFactory,
    CommissionerFactory,
    ImportFactory,
    PracticeFactory,
    UserFactory,
    person,
)
from tests.samples import Organisation, eccg, epraccur, registered_patients, table

pytestmark = pytest.mark.django_db
State = Import.State
DAY = date(2018, 4, 1)


@pytest.fixture
def barnet() -> Commissioner:
    return CommissionerFactory(barnet=True)


@pytest.fixture
def practices(barnet: Commissioner) -> list[Practice]:
    return [PracticeFactory(ods_code=f"E8300{n}", commissioner=barnet) for n in (1, 2, 3)]


@pytest.fixture
def chin(barnet: Commissioner) -> Chin:
    return ChinFactory(commissioner=barnet, first=date(2017, 4, 1))


@pytest.fixture
def manager(barnet: Commissioner) -> Any:
    return person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Manager")


def imported(data: bytes, by: Any = None, name: str = "file.csv") -> Import:
    one, new = services.receive(by=by, name=name, file=io.BytesIO(data), size=len(data))
    assert new
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.CHECKED, one.rejection or one.findings
    services.confirm(by=by, one=one)
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.IMPORTED, one.rejection
    return one


def undone(one: Import, by: Any, reason: str = "The wrong file") -> Import:
    services.undo(by=by, one=one, reason=reason)
    work.sweep()
    one.refresh_from_db()
    return one


def held() -> dict[str, int]:
    return dict(ListSize.objects.held().values_list("practice__ods_code", "patients"))


def built(one: Import) -> str:
    return " | ".join(map(str, undoing.plan(one).built_on))


FIRST = registered_patients({"E83001": 7500, "E83002": 4200})
SECOND = registered_patients({"E83001": 7600, "E83003": 3})
PRACTICES = epraccur(
    Organisation("E83001", "NEW NAME"), Organisation("E83002", closed="20180331", status="C"), Organisation("E83099")
)


def test_an_undone_import_stays_with_who_when_and_why(practices: Any, manager: Any) -> None:
    one = undone(imported(FIRST, manager), manager, "It was last year’s.")
    assert (one.state, one.undone_by, one.undo_reason) == (State.UNDONE, manager, "It was last year’s.")
    assert one.undone_at is not None
    assert one.chunks.exists()


def test_list_sizes_that_it_superseded_are_in_force_again_from_their_own_file(practices: Any, manager: Any) -> None:
    before = imported(FIRST, manager, "before.csv")
    one = imported(SECOND, manager, "after.csv")
    assert held() == {"E83001": 7600, "E83002": 4200, "E83003": 3}
    between = timezone.now()
    undone(one, manager)
    assert held() == {"E83001": 7500, "E83002": 4200}
    assert ListSize.objects.held().get(practice__ods_code="E83001").source == before
    known = ListSize.objects.filter(recorded_at__lt=between).exclude(superseded_at__lt=between)
    assert dict(known.values_list("practice__ods_code", "patients")) == {"E83001": 7600, "E83002": 4200, "E83003": 3}
    assert Work.objects.filter(kind="coverage").exists()


def test_imports_are_undone_one_after_the_other_back_to_the_first(practices: Any, manager: Any) -> None:
    ones = [imported(registered_patients({"E83001": size}), manager, f"{size}.csv") for size in (1, 2, 3)]
    for one, left in zip(reversed(ones), ({"E83001": 2}, {"E83001": 1}, {}), strict=True):
        undone(one, manager)
        assert held() == left


def test_the_same_file_is_imported_again_after_it_was_undone(practices: Any, manager: Any) -> None:
    first = undone(imported(FIRST, manager), manager)
    again = imported(FIRST, manager)
    assert again != first
    assert held() == {"E83001": 7500, "E83002": 4200}
    undone(again, manager)
    assert held() == {}


def test_practices_get_back_their_names_standings_and_what_they_left(practices: Any, chin: Chin, manager: Any) -> None:
    join_practices(by=manager, chin=chin, practices=[practices[1]], first=date(2017, 6, 1))

    def facts() -> list[Any]:
        rows: list[Any] = []
        for model, names in (
            (PracticeDetail, ("practice__ods_code", "name", "postcode")),
            (PracticeStanding, ("practice__ods_code", "status", "commissioner")),
            (Membership, ("practice__ods_code", "chin")),
        ):
            rows += [(model.__name__, *row) for row in model.objects.held().values_list(*names, "period")]
        return sorted(rows, key=str)

    before = facts()
    one = imported(PRACTICES, manager, "epraccur_20180630.csv")
    after = facts()
    assert after != before
    moment = timezone.now()
    undone(one, manager)
    assert facts() == before
    detail = PracticeDetail.objects.as_at(today(), moment).get(practice__ods_code="E83001")
    assert detail.name == "NEW NAME"
    assert detail.closed_by == manager
    assert "The wrong file" in detail.closed_reason
    imported(PRACTICES, manager, "epraccur_20180630.csv")
    assert facts() == after
    assert Import.objects.latest("pk").findings["new"] == 1


def test_names_that_are_not_dated_are_as_before(barnet: Commissioner, manager: Any) -> None:
    name = barnet.name
    one = imported(
        eccg(("07M", "NHS OTHERWISE CCG", "20130401", ""), ("07X", "NHS ENFIELD CCG", "20130401", "")), manager
    )
    barnet.refresh_from_db()
    assert barnet.name == "NHS OTHERWISE CCG"
    undone(one, manager)
    barnet.refresh_from_db()
    assert barnet.name == name


def test_a_later_file_that_revised_the_same_facts_is_named_and_nothing_is_undone(practices: Any, manager: Any) -> None:
    one = imported(FIRST, manager, "first.csv")
    later = imported(SECOND, manager, "second.csv")
    assert "List sizes that later files replaced: 1 (second.csv: 1)" in built(one)
    with pytest.raises(ValidationError, match="something was built on it"):
        services.undo(by=manager, one=one, reason="Wrong")
    assert held()["E83002"] == 4200
    undone(later, manager)
    assert built(one) == ""


def test_a_later_file_that_says_the_same_rests_on_it(practices: Any, manager: Any) -> None:
    one = imported(FIRST, manager)
    imported(registered_patients({"E83001": 7500, "E83003": 1}), manager, "later.csv")
    assert "say the same" in built(one)


def test_an_edit_by_hand_of_what_it_recorded_is_named(practices: Any, manager: Any) -> None:
    one = imported(PRACTICES, manager, "epraccur_20180630.csv")
    detail = PracticeDetail.objects.held().filter(practice__ods_code="E83001").latest("period")
    change_details(by=manager, detail=detail, day=None, reason="A slip", name="BY HAND")
    assert "changed since, by hand or by a later file: 1" in built(one)
    assert "corrected by Manager" in built(one)


def test_a_membership_a_contact_and_a_list_of_a_practice_that_it_brought_are_named(
    practices: Any, chin: Chin, manager: Any
) -> None:
    one = imported(PRACTICES, manager, "epraccur_20180630.csv")
    brought = Practice.objects.get(ods_code="E83099")
    join_practices(by=manager, chin=chin, practices=[brought], first=date(2018, 7, 1))
    add_contact(by=manager, practice=brought, day=date(2018, 7, 2), outcome="They join")
    imported(registered_patients({"E83099": 5}), manager)
    said = built(one)
    assert "Memberships of what it brought: 1" in said
    assert "Contacts of what it brought: 1" in said
    assert "List sizes of what it brought: 1" in said
    assert services.State(Import.objects.get(pk=one.pk).state) == State.IMPORTED


def test_memberships_of_a_file_are_void_and_those_it_ended_go_on(practices: Any, chin: Chin, manager: Any) -> None:
    rows = [("E83001", chin.slug, "2018-01-01", ""), ("E83002", chin.slug, "2018-01-01", "")]
    one = imported(table(("practice_code", "chin", "from", "to"), rows), manager)
    assert Membership.objects.held().count() == 2
    undone(one, manager)
    assert not Membership.objects.held().exists()
    assert set(Membership.objects.values_list("closed_act", flat=True)) == {"voided"}


def test_a_kind_that_is_not_undone_says_so(practices: Any, manager: Any) -> None:
    one = ImportFactory(kind="outlines", state=State.IMPORTED, merged_at=timezone.now())
    assert "Bring the right file instead" in built(one)


# The pages --------------------------------------------------------------------------------------------


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_of_a_kind_that_is_not_undone_no_page_offers_it(client: Client, practices: Any, manager: Any) -> None:
    one = ImportFactory(kind="outlines", state=State.IMPORTED, merged_at=timezone.now())
    client.force_login(manager)
    url = reverse("imports:import_undo", args=[one.pk])
    assert url not in client.get(reverse("imports:import_detail", args=[one.pk])).content.decode()
    told = text(client.get(url))
    assert "Bring the right file instead. Back to the file" in told
    assert "Something was built on this import" not in told


def test_a_preview_says_that_its_kind_is_not_undone(client: Client, practices: Any, manager: Any) -> None:
    one = ImportFactory(kind="outlines", state=State.CHECKED)
    client.force_login(manager)
    shown = text(client.get(reverse("imports:import_detail", args=[one.pk])))
    assert "Once imported, it can’t be undone." in shown


def test_the_page_says_in_numbers_what_would_be_taken_back_then_undoes(
    client: Client, practices: Any, manager: Any
) -> None:
    imported(FIRST, manager)
    one = imported(SECOND, manager)
    client.force_login(manager)
    url = reverse("imports:import_undo", args=[one.pk])
    assert url in client.get(reverse("imports:import_detail", args=[one.pk])).content.decode()
    page = text(client.post(url, {"reason": "The wrong file"}))
    assert "List sizes: 2 withdrawn; 1 that it superseded is in force again." in page
    assert held()["E83001"] == 7600
    response = client.post(url, {"reason": "The wrong file", "confirm": "yes"}, follow=True)
    assert "Undoing" in text(response)
    work.sweep()
    assert held() == {"E83001": 7500, "E83002": 4200}
    shown = text(client.get(reverse("imports:import_detail", args=[one.pk])))
    assert "By Manager on" in shown
    assert "The wrong file" in shown
    assert "Undone" in text(client.get(reverse("imports:import_list")))


def test_the_page_says_what_was_built_on_it_with_links_and_refuses(
    client: Client, practices: Any, manager: Any
) -> None:
    one = imported(FIRST, manager)
    later = imported(SECOND, manager, "second.csv")
    client.force_login(manager)
    url = reverse("imports:import_undo", args=[one.pk])
    page = client.get(url).content.decode()
    assert reverse("imports:import_detail", args=[later.pk]) in page
    assert "can’t be undone" in page
    assert client.post(url, {"reason": "x", "confirm": "yes"}).status_code == 409
    one.refresh_from_db()
    assert one.state == State.IMPORTED


def test_a_reason_is_needed(client: Client, practices: Any, manager: Any) -> None:
    one = imported(FIRST, manager)
    client.force_login(manager)
    page = text(client.post(reverse("imports:import_undo", args=[one.pk]), {"reason": " "}))
    assert "There is a problem" in page
    with pytest.raises(ValidationError, match="Say why"):
        services.undo(by=manager, one=one, reason=" ")
    one.refresh_from_db()
    assert one.state == State.IMPORTED


@pytest.mark.parametrize(
    ("factory", "said"),
    [(CommentFactory, "Comments on what"), (AttachmentFactory, "Files on what"), (ActionFactory, "Actions on what")],
)
def test_what_hangs_on_a_record_it_brought_keeps_it(practices: Any, manager: Any, factory: Any, said: str) -> None:
    one = imported(PRACTICES, manager, "epraccur_20180630.csv")
    assert built(one) == ""
    hung = factory(about=Practice.objects.get(ods_code="E83099"))
    assert said in built(one)
    assert "(E83099)" in built(one)
    assert str(hung) not in built(one)  # whoever undoes it may be one who does not see the practice


# Guards -----------------------------------------------------------------------------------------------


def test_what_is_built_on_it_before_the_worker_comes_leaves_it_as_it_was(practices: Any, manager: Any) -> None:
    one = imported(PRACTICES, manager, "epraccur_20180630.csv")
    services.undo(by=manager, one=one, reason="Wrong")
    detail = PracticeDetail.objects.held().filter(practice__ods_code="E83001").latest("period")
    change_details(by=manager, detail=detail, day=None, reason="A slip", name="BY HAND")
    work.sweep()
    one.refresh_from_db()
    assert (one.state, one.undone_by) == (State.IMPORTED, None)
    assert "something was built on it" in one.findings["undo_refused"]
    assert PracticeDetail.objects.held().filter(name="BY HAND").exists()


def test_a_worker_that_fails_half_way_undoes_nothing_and_the_next_does_all(
    practices: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = imported(PRACTICES, manager, "epraccur_20180630.csv")
    services.undo(by=manager, one=one, reason="Wrong")
    whole = undoing._Plain.take_back

    def dies(table: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(undoing._Plain, "take_back", dies)
    work.sweep()
    assert PracticeDetail.objects.held().filter(name="NEW NAME").exists()
    monkeypatch.setattr(undoing._Plain, "take_back", whole)
    Work.objects.filter(done_at=None).update(lease_until=None)
    work.sweep()
    one.refresh_from_db()
    assert one.state == State.UNDONE
    assert not PracticeDetail.objects.held().filter(name="NEW NAME").exists()


def at_once(*acts: Any) -> list[Any]:
    """Runs each on a connection of its own at the same moment; what each gave or raised."""
    ready = threading.Barrier(len(acts))
    outcomes: list[Any] = [None] * len(acts)

    def run(place: int, act: Any) -> None:
        try:
            ready.wait()
            outcomes[place] = act()
        except Exception as problem:
            outcomes[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_those_who_undo_at_the_same_moment_one_succeeds(practices: Any) -> None:
    people = [UserFactory(name=f"Person {n}") for n in range(4)]
    one = imported(FIRST)
    outcomes = at_once(*(lambda by=by: services.undo(by=by, one=one, reason="Wrong") for by in people))
    refused = [outcome for outcome in outcomes if isinstance(outcome, ValidationError)]
    assert len(refused) == 3
    assert all("is being undone by Person" in str(one) for one in refused)
    at_once(work.sweep, work.sweep)
    assert held() == {}
    assert ListSize.objects.filter(superseded_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_edit_at_the_same_moment_is_kept_or_the_undo_is_all_there(practices: Any) -> None:
    by = UserFactory(name="Somebody")
    one = imported(PRACTICES, by, "epraccur_20180630.csv")
    services.undo(by=by, one=one, reason="Wrong")
    detail = PracticeDetail.objects.held().filter(practice__ods_code="E83001").latest("period")
    edited, _ = at_once(
        lambda: change_details(by=by, detail=detail, day=None, reason="A slip", name="BY HAND"), work.sweep
    )
    one.refresh_from_db()
    names = set(PracticeDetail.objects.held().filter(practice__ods_code="E83001").values_list("name", flat=True))
    if isinstance(edited, Exception):
        assert (one.state, "BY HAND" in names, "NEW NAME" in names) == (State.UNDONE, False, False)
    else:
        assert (one.state, "BY HAND" in names) == (State.IMPORTED, True)
        assert Practice.objects.get(ods_code="E83099").standings.filter(held__upper_inf=True).exists()
