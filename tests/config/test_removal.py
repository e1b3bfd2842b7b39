"""The demonstration goes and real files come: nothing made up stays, and whoever did it can go on."""

import gzip
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.board.models import BoardDay, Settlement, Statement
from cc2h.board.statements import statements
from cc2h.kit import programme, work
from cc2h.kit.models import Import, Programme
from chins.models import Post, PostHolding
from practices.models import Commissioner, Practice, Succession
from tests.config.test_real import DATA
from tests.samples import (
    Organisation,
    epraccur,
    network_workbook,
    practice_merges,
    registered_patients,
)

pytestmark = pytest.mark.django_db

# What may hold rows once the demonstration is gone. Users stay with their history, without access; commissioners and
# what papers state of them are real; posts of commissioners and of the portal stay; the rest is how the portal is run.
STAYS = {
    *("accounts_user", "accounts_userevent", "practices_commissioner", "practices_commissionerevent"),
    *("chins_post", "chins_postevent", "chins_postholding", "chins_postholdingevent"),
    *("chins_deputy", "chins_deputyevent", "board_statement", "board_statementevent"),
    *("kit_programme", "django_migrations", "django_content_type", "django_session", "auth_permission"),
    *("pghistory_context", "account_emailaddress"),
}


@pytest.fixture
def manager(loaded_in_november: None, db: None, client: Client) -> User:
    user = User.objects.get(email="manager@barnet.example")
    client.force_login(user)
    return user


def filled_tables() -> set[str]:
    with connection.cursor() as cursor:
        found = set()
        # what a worker's statements kept for their transaction is gone with it
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone()[0]:
                found.add(table)
    return found


class TestNothingMadeUpStays:
    def test_every_table_is_empty_but_those_that_are_meant_to_stay(self, manager: User) -> None:
        before = filled_tables()
        assert {"board_boardday", "board_settlement", "kit_import", "chins_membership"} <= before
        programme.remove_illustrative(by=manager)
        assert filled_tables() - STAYS == set()
        assert not Post.objects.exclude(chin=None, practice=None, federation=None).exists()

    def test_what_papers_state_is_there_anew_and_what_was_settled_is_not(self, manager: User) -> None:
        assert BoardDay.objects.exists()
        programme.remove_illustrative(by=manager)
        assert Statement.objects.count() == len(list(statements()))
        assert not Settlement.objects.exists()
        assert not BoardDay.objects.exists()

    def test_a_file_that_waits_stays_with_its_history(self, manager: User, client: Client) -> None:
        one = brought(client, epraccur(Organisation("E83001")), "epraccur_2022-06.csv")
        programme.remove_illustrative(by=manager)
        assert list(Import.objects.all()) == [one]
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT pgh_obj_id FROM kit_importevent")
            assert cursor.fetchall() == [(one.pk,)]


class TestWhoeverRemovedItGoesOn:
    def test_they_become_administrator_by_a_dated_post_with_history(self, manager: User) -> None:
        told = " ".join(programme.remove_illustrative(by=manager))
        assert "portal administrator from today" in told
        assert "change it" in told
        (holding,) = PostHolding.objects.held().filter(holder=manager, post__role=Role.ADMINISTRATOR)
        assert (holding.recorded_by, holding.last_day) == (manager, None)
        assert "illustrative programme" in holding.reason
        assert list(User.objects.filter(is_active=True)) == [manager]
        before = PostHolding.objects.filter(post=holding.post).exclude(holder=manager)
        assert {one.holder.email for one in before} == {"administrator@ncl.example"}  # who handed over

    def test_an_administrator_stays_one(self, manager: User) -> None:
        administrator = User.objects.get(email="administrator@ncl.example")
        programme.remove_illustrative(by=administrator)
        held = PostHolding.objects.held().filter(post__role=Role.ADMINISTRATOR, period__upper_inf=True)
        assert [one.holder for one in held] == [administrator]

    def test_by_command_nobody_can_sign_in_and_the_way_in_is_told(self, manager: User) -> None:
        told = programme.remove_illustrative(by=None)
        assert not User.objects.filter(is_active=True).exists()
        assert told == [
            "Nobody can sign in any more: let an administrator in with “script/manage make_administrator E-MAIL”."
        ]


# The whole way, in a browser's steps ----------------------------------------------------------------------


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return words(response.content.decode())


def brought(client: Client, data: bytes, name: str) -> Import:
    sent = client.post(reverse("imports:import_upload"), {"file": SimpleUploadedFile(name, data)})
    assert sent.status_code == 302
    work.sweep()
    return Import.objects.get(pk=re.findall(r"\d+", sent.url)[0])


def imported(client: Client, data: bytes, name: str, day: str = "") -> str:
    """A file brought, its day said where it asks for one, and confirmed; what its page said before."""
    one = brought(client, data, name)
    if day:
        client.post(reverse("imports:import_answer", args=[one.pk]), {"day": day})
        work.sweep()
    preview = read(client, reverse("imports:import_detail", args=[one.pk]))
    client.post(reverse("imports:import_decide", args=[one.pk]), {"decision": "import"})
    work.sweep()
    one.refresh_from_db()
    assert one.state == Import.State.IMPORTED, (name, one.rejection, one.findings.get("asks"))
    return preview


def removed_for(client: Client, data: bytes, name: str) -> None:
    """The demonstration goes for this file, as the page that asks says."""
    one = brought(client, data, name)
    remove = reverse("imports:illustrative_remove", args=[one.pk])
    assert remove in client.get(reverse("imports:import_detail", args=[one.pk])).content.decode()
    foretold = words(client.post(remove).content.decode())
    assert "You become portal administrator from today" in foretold
    assert "Nobody but you can sign in any more" in foretold
    assert Practice.objects.filter(illustrative=True).exists()
    after = words(client.post(remove, {"confirm": "yes"}, follow=True).content.decode())
    assert "You are portal administrator from today" in after
    assert "change it now" in after
    work.sweep()
    client.post(reverse("imports:import_decide", args=[one.pk]), {"decision": "import"})
    work.sweep()
    assert programme.kind() == Programme.Kind.REAL


def test_from_the_demonstration_to_ones_own_practices_in_the_browser(manager: User, client: Client) -> None:
    practices = epraccur(
        *(
            Organisation(code, f"SURGERY {code}", commissioner="93C", joined="20200401")
            for code in ("E83035", "E83049", "E83003")
        )
    )
    removed_for(client, practices, "epraccur_2022-06.csv")
    sizes = registered_patients({"E83035": 18_000, "E83049": 7_000, "E83003": 5_000}, "01Apr2022", commissioner="93C")
    imported(client, sizes, "gp-reg-pat-prac-all_2022-04.csv")
    networks = network_workbook(
        [("U10001", "NORTH PCN", "20191001", "")],
        [("E83035", "U10001", "20200401", ""), ("E83049", "U10001", "20200401", "")],
    )
    imported(client, networks, "ePCN_2022-02.xlsx")
    imported(client, practice_merges(("E83049", "E83035")), "practice_merges.csv", day="2026-02-01")

    assert Commissioner.objects.get(ods_code="07M").successor == Commissioner.objects.get(ods_code="93C")
    assert Succession.objects.get().successor.ods_code == "E83035"
    page = read(client, "/practices/E83035/")
    assert "SURGERY E83035" in page
    assert "18,000" in page
    assert "E83049" in page
    dashboard = read(client, "/dashboard/93C/")
    assert "North Central London" in dashboard
    assert "78.3%" in dashboard  # 18,000 of 23,000
    assert "North Central London" in read(client, "/")
    # what his post as manager of Barnet allowed, it allows at the successor
    standing = Practice.objects.get(ods_code="E83003").standings.get()
    assert client.get(f"/practices/E83003/close/{standing.pk}/").status_code == 200
    # and as administrator he can let others in
    assert client.get(reverse("people:user_add")).status_code == 200
    statements_page = read(client, reverse("board:statement_list"))
    assert "38% of registered patients" in statements_page


@pytest.mark.realdata
@pytest.mark.skipif(
    not DATA.is_dir(), reason=f"The published NHS files are not at {DATA}: set CC2H_SHARED_DATA to their folder."
)
def test_from_the_demonstration_to_the_real_ncl_in_the_browser(manager: User, client: Client) -> None:
    def data(path: str, only: bytes = b"") -> tuple[bytes, str]:
        """A file as published, or those of its lines that have the word: all of England takes minutes."""
        found = DATA / path
        if not only:
            return found.read_bytes(), found.name
        whole = gzip.decompress(found.read_bytes()) if found.suffix == ".gz" else found.read_bytes()
        lines = [line for n, line in enumerate(whole.splitlines(keepends=True)) if n == 0 or only in line]
        return b"".join(lines), found.name.removesuffix(".gz")

    removed_for(client, *data("ods/epraccur_2022-06.csv.gz", b'"93C"'))
    imported(client, *data("gp-list-sizes/gp-reg-pat-prac-all_2022-04.csv", b",93C,"))
    imported(client, *data("ods/ePCN_2022-02.xlsx"))
    imported(client, *data("ncl-icb/practice_merges.csv"), day="2026-02-01")
    merger = Succession.objects.get(predecessor__ods_code="E83049")
    assert merger.successor.ods_code == "E83035"
    page = read(client, "/practices/E83035/")
    assert "WENTWORTH" in page.upper()
    assert "E83049" in page
    dashboard = read(client, "/dashboard/93C/")
    assert "North Central London" in dashboard
    assert re.search(r"\d\d\.\d%", dashboard)
    assert "North Central London" in read(client, "/")
