"""Saved views: one's own and shared ones above a list, kept, changed and deleted by their owner alone."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains
from pytest_django.fixtures import DjangoAssertNumQueries

from cc2h.accounts.authority import Role
from cc2h.kit.models import SavedView
from cc2h.kit.saved import services
from tests.factories import CommissionerFactory, ImportFactory, PracticeFactory, SavedViewFactory, UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SAVE = "/views/save/practices/"


@pytest.fixture
def barnet() -> Any:
    commissioner = CommissionerFactory(barnet=True)
    PracticeFactory(commissioner=commissioner, patients={date(2018, 11, 1): 5_000})
    return commissioner


@pytest.fixture
def camden() -> Any:
    return CommissionerFactory(ods_code="07R", short_name="Camden", in_programme=True)


def enter(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def anna(barnet: Any) -> Any:
    return person(Role.TRANSFORMATION_MANAGER, of=barnet, name="Anna Kaur")


@pytest.fixture
def hers(anna: Any) -> Client:
    return enter(anna)


def query_of(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


class TestSaving:
    def test_it_keeps_the_filters_the_order_and_the_columns_but_not_the_page(self, hers: Client) -> None:
        query = "sort=-patients&chin=none&columns=name&columns=patients&per_page=25&page=2&q="
        response = hers.post(f"{SAVE}?{query}", {"name": " Large,  in no CHIN "})
        view = SavedView.objects.get()
        assert view.name == "Large, in no CHIN"
        assert parse_qs(view.query) == {
            "chin": ["none"],
            "columns": ["name,patients"],
            "per_page": ["25"],
            "sort": ["-patients"],
        }
        assert response.status_code == 302
        assert urlsplit(response.url).path == "/practices/"  # type: ignore[attr-defined]
        assertContains(hers.get(response.url), 'aria-current="page">Large, in no CHIN</a>')  # type: ignore[attr-defined]

    def test_it_says_what_would_be_kept(self, hers: Client) -> None:
        page = hers.get(f"{SAVE}?chin=none&sort=-patients&columns=patients")
        assertContains(page, "CHIN: Not in a CHIN; by Patients, descending; columns Practice, Patients")

    @pytest.mark.parametrize("keep", [True, False])
    def test_it_keeps_the_day_only_if_that_is_ticked(self, hers: Client, keep: bool) -> None:
        hers.post(f"{SAVE}?chin=none&as_at=2018-06-30&known=2018-07-01", {"name": "Then", "keep_day": "on" * keep})
        kept = {"as_at": ["2018-06-30"], "known": ["2018-07-01"]} if keep else {}
        assert parse_qs(SavedView.objects.get().query) == {"chin": ["none"], **kept}

    def test_the_day_of_today_can_t_be_kept(self, hers: Client) -> None:
        assertNotContains(hers.get(SAVE), "keep_day")
        assertContains(hers.get(f"{SAVE}?as_at=2018-06-30"), "Always as at 30 June 2018")

    def test_a_name_is_one_view_s_of_one_person_and_list(self, hers: Client, anna: Any) -> None:
        SavedViewFactory(name="Mine", route="practices:practice_list")
        SavedViewFactory(name="Mine", route="chins:chin_list", owner=anna)
        assert hers.post(SAVE, {"name": "Mine"}).status_code == 302
        assertContains(hers.post(SAVE, {"name": "Mine "}), "You have a view of this name.", count=2)
        assert SavedView.objects.count() == 3

    @pytest.mark.parametrize(
        ("name", "why"), [("", "Give it a name."), (" ", "Give it a name."), ("x" * 61, "at most 60")]
    )
    def test_it_needs_a_name_that_can_be_read(self, hers: Client, name: str, why: str) -> None:
        assertContains(hers.post(SAVE, {"name": name}), why)

    def test_a_list_with_a_filter_that_can_t_be_read_is_not_saved(self, hers: Client) -> None:
        assertContains(hers.post(f"{SAVE}?size_from=many", {"name": "Odd"}), "Some filters of the list can’t be read")
        assert not SavedView.objects.exists()

    def test_there_is_an_end_to_how_much_is_kept(self, hers: Client, anna: Any, monkeypatch: Any) -> None:
        assertContains(hers.post(f"{SAVE}?q={'x' * 2100}", {"name": "Long"}), "at most 2,000 characters")
        monkeypatch.setattr(services, "MOST", 2)
        SavedViewFactory.create_batch(2, owner=anna)
        assertContains(hers.post(SAVE, {"name": "One more"}), "Delete one first")

    @pytest.mark.parametrize(
        "of", ["", "nowhere/", "account/login/", "practices/commissioners/07M/", "views/save/practices/"]
    )
    def test_only_a_list_has_views(self, hers: Client, of: str) -> None:
        assert hers.get(f"/views/save/{of}").status_code == 404

    def test_who_may_not_see_the_list_saves_no_view_of_it(self, barnet: Any) -> None:
        member = enter(person(Role.BOARD_MEMBER, of=barnet))
        assert member.post("/views/save/imports/", {"name": "Files"}).status_code == 403
        assert member.post(f"/views/save{reverse('people:user_list')}", {"name": "People"}).status_code == 403
        assert enter(UserFactory()).post(SAVE, {"name": "Mine"}).status_code == 403
        assert not SavedView.objects.exists()


class TestReading:
    def test_one_s_own_stand_above_the_list_they_are_of_and_lead_to_it(self, hers: Client, anna: Any) -> None:
        SavedViewFactory(owner=anna, name="Not placed", query="chin=none")
        assertContains(hers.get("/practices/"), '<a href="/practices/?chin=none">Not placed</a>')
        assertNotContains(hers.get("/chins/"), "Not placed")

    def test_it_opens_on_the_reader_s_day_or_on_the_one_it_keeps(self, hers: Client, anna: Any) -> None:
        SavedViewFactory(owner=anna, name="Any day", query="chin=none")
        SavedViewFactory(owner=anna, name="Then", query="chin=none&as_at=2018-03-30")
        page = hers.get("/practices/?as_at=2018-06-30")
        assertContains(page, 'href="/practices/?chin=none&amp;as_at=2018-06-30"')
        assertContains(page, 'href="/practices/?chin=none&amp;as_at=2018-03-30"')

    def test_another_s_own_is_not_there(self, hers: Client) -> None:
        SavedViewFactory(name="Private")
        assertNotContains(hers.get("/practices/"), "Private")

    def test_a_shared_one_is_there_for_those_with_a_post_of_the_commissioner_and_says_whose_it_is(
        self, anna: Any, barnet: Any, camden: Any
    ) -> None:
        SavedViewFactory(owner=anna, name="For us", shared_with=barnet.pk)
        SavedViewFactory(owner=anna, name="Files for us", shared_with=barnet.pk, route="imports:import_list")
        colleague = enter(person(Role.BOARD_MEMBER, of=barnet))
        page = colleague.get("/practices/")
        assertContains(page, "For us")
        assertContains(page, "Anna Kaur")
        assertNotContains(page, "Change views")
        elsewhere = (person(Role.TRANSFORMATION_MANAGER, of=camden), person(Role.ADMINISTRATOR))
        for other in elsewhere:
            assertNotContains(enter(other).get("/practices/"), "For us")
        assert enter(person(Role.ANALYST, of=barnet)).get("/imports/").content.count(b"Files for us") == 1
        assert colleague.get("/imports/").status_code == 403

    def test_what_somebody_shared_goes_with_their_access(self, anna: Any, barnet: Any) -> None:
        SavedViewFactory(owner=UserFactory(is_active=False), name="Left behind", shared_with=barnet.pk)
        assertNotContains(enter(anna).get("/practices/"), "Left behind")

    def test_a_name_is_text(self, hers: Client, anna: Any) -> None:
        name = "<script>alert(1)</script>\"'><img src=x>"
        view = SavedViewFactory(owner=anna, name=name, query='q="><script>')
        pages = [f"/views/{view.pk}/{act}/practices/" for act in ("change", "delete")]
        for address in ("/practices/", *pages):
            page = hers.get(address).content.decode()
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
            assert "<script>" not in page
            assert "<img src=x" not in page

    def test_one_whose_filter_can_t_be_read_any_more_shows_that_and_can_be_deleted(
        self, hers: Client, anna: Any
    ) -> None:
        view = SavedViewFactory(owner=anna, name="Odd", query="chin=gone&size_from=many")
        page = hers.get(f"/practices/?{view.query}")
        assertContains(page, "There is a problem")
        assertContains(page, "Odd")
        assert hers.get(f"/views/{view.pk}/change/practices/?{view.query}").status_code == 200
        assert hers.post(f"/views/{view.pk}/delete/practices/?{view.query}").status_code == 302
        assert not SavedView.objects.exists()

    def test_a_view_of_a_file_s_problems_is_one_of_any_file_s(self, hers: Client) -> None:
        one, other = ImportFactory(), ImportFactory()
        hers.post(f"/views/save/imports/{one.pk}/problems/?sort=-line", {"name": "Last first"})
        assertContains(hers.get(f"/imports/{other.pk}/problems/"), f"/imports/{other.pk}/problems/?sort=-line")

    @pytest.mark.parametrize(
        "route",
        [
            "practices:commissioner_list",
            "chins:chin_list",
            "people:post_list",
            "imports:import_list",
            "board:statement_list",
            "board:board_days",
        ],
    )
    def test_every_list_has_them(self, hers: Client, route: str) -> None:
        address = reverse(route)
        assertContains(hers.get(address), f'href="/views/save{address}"')
        hers.post(f"/views/save{address}?per_page=25", {"name": "A view"})
        assertContains(hers.get(address), f'<a href="{address}?per_page=25">A view</a>')

    @pytest.mark.parametrize("address", ["people:user_list", "people:access_review"])
    def test_the_administrator_s_lists_have_them_and_share_them_with_nobody(self, address: str) -> None:
        administrator = enter(person(Role.ADMINISTRATOR))
        of = reverse(address)
        assertNotContains(administrator.get(f"/views/save{of}"), "Who sees it")
        assert administrator.post(f"/views/save{of}", {"name": "Mine"}).status_code == 302
        assertContains(administrator.get(of), "Mine")


class TestChanging:
    def test_it_is_renamed_and_keeps_what_it_kept(self, hers: Client, anna: Any) -> None:
        view = SavedViewFactory(owner=anna, name="Old", query="chin=none&sort=name")
        hers.post(f"/views/{view.pk}/change/practices/?placed=in", {"name": "New", "shows": "same"})
        view.refresh_from_db()
        assert (view.name, view.query) == ("New", "chin=none&sort=name")

    @pytest.mark.parametrize(("shows", "query"), [("now", "placed=in"), ("now_and_day", "placed=in&as_at=2018-06-30")])
    def test_it_shows_the_list_as_it_now_stands(self, hers: Client, anna: Any, shows: str, query: str) -> None:
        view = SavedViewFactory(owner=anna, name="Mine")
        address = f"/views/{view.pk}/change/practices/?placed=in&as_at=2018-06-30"
        hers.post(address, {"name": "Mine", "shows": shows})
        view.refresh_from_db()
        assert view.query == query

    def test_it_is_shared_with_a_commissioner_of_one_s_own_and_no_longer(
        self, hers: Client, anna: Any, barnet: Any, camden: Any
    ) -> None:
        view = SavedViewFactory(owner=anna, name="Mine")
        address = f"/views/{view.pk}/change/practices/"
        assertContains(hers.get(address), "Everybody with a post of Barnet")
        assertNotContains(hers.get(address), "Camden")
        assert hers.post(address, {"name": "Mine", "shared_with": camden.pk}).status_code == 200
        for given, shared in ((barnet.pk, barnet.pk), ("", None)):
            hers.post(address, {"name": "Mine", "shared_with": given})
            view.refresh_from_db()
            assert view.shared_with == shared

    def test_the_service_shares_with_nobody_else_s_commissioner_either(self, anna: Any, camden: Any) -> None:
        with pytest.raises(ValidationError, match="of your own posts"):
            services.save_view(by=anna, route="chins:chin_list", name="Mine", query="", shared_with=camden.pk)

    def test_only_its_owner_changes_and_deletes_it(self, barnet: Any) -> None:
        view = SavedViewFactory(name="Theirs", shared_with=barnet.pk)
        other = enter(person(Role.TRANSFORMATION_MANAGER, of=barnet))
        for act in ("change", "delete"):
            address = f"/views/{view.pk}/{act}/practices/"
            assert other.get(address).status_code == 404
            assert other.post(address, {"name": "Mine"}).status_code == 404
        view.refresh_from_db()
        assert view.name == "Theirs"

    def test_it_is_changed_from_its_own_list_alone(self, hers: Client, anna: Any) -> None:
        view = SavedViewFactory(owner=anna)
        assert hers.get(f"/views/{view.pk}/change/chins/").status_code == 404

    def test_a_deleted_one_is_gone_and_its_name_is_free(self, hers: Client, anna: Any, barnet: Any) -> None:
        view = SavedViewFactory(owner=anna, name="Mine", shared_with=barnet.pk)
        assertContains(hers.get(f"/views/{view.pk}/delete/practices/"), "Those you share it with lose it too.")
        response = hers.post(f"/views/{view.pk}/delete/practices/?chin=none")
        assert query_of(response.url) == {"chin": ["none"]}  # type: ignore[attr-defined]
        assert hers.post(SAVE, {"name": "Mine"}).status_code == 302

    def test_its_history_says_who_changed_it(self, hers: Client, anna: Any) -> None:
        hers.post(SAVE, {"name": "Mine"})
        view = SavedView.objects.get()
        hers.post(f"/views/{view.pk}/change/practices/", {"name": "Yours"})
        events: Any = SavedView.pgh_event_models["update"].objects.filter(pgh_obj_id=view.pk)  # type: ignore[attr-defined]
        assert [(event.name, event.pgh_context.metadata["user"]) for event in events.order_by("pgh_id")] == [
            ("Mine", anna.pk),
            ("Yours", anna.pk),
        ]


class TestCost:
    @pytest.mark.parametrize("views", [0, 30])
    def test_a_list_asks_once_for_its_views_however_many(
        self, hers: Client, anna: Any, barnet: Any, views: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        SavedViewFactory.create_batch(views // 2, owner=anna)
        SavedViewFactory.create_batch(views // 2, shared_with=barnet.pk)
        with django_assert_num_queries(7):
            hers.get("/practices/?columns=name,patients")

    def test_a_file_asks_for_none(self, hers: Client) -> None:
        with CaptureQueriesContext(connection) as asked:
            list(hers.get("/practices/?format=csv").streaming_content)  # type: ignore[attr-defined]
        assert not [query for query in asked if "kit_savedview" in query["sql"]]
