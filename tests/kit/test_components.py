"""The layout and the components: what every page made with them can rely on."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import allauth.account
import brotli
import django_filters
import django_tables2 as tables
import pytest
from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from cc2h.kit import work
from cc2h.kit.asat import AsAt
from cc2h.kit.chips import active_filters, kept_parameters
from cc2h.kit.figures import Figure, Part, Source, Statement
from cc2h.kit.lists import ListTable
from cc2h.kit.models import Import
from chins.workflow import ChinStatus
from practices.models import Status
from tests.factories.accounts import UserFactory

TODAY = date(2018, 12, 10)
STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"

Tag = tuple[str, dict[str, str]]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def tags(html: str, kind: str = "", /, **wanted: str) -> list[dict[str, str]]:
    """The attributes of every start tag `kind` that has the attributes `wanted` (data_part for data-part)."""
    parser = _Tags()
    parser.feed(html)
    needed = {key.replace("_", "-").strip("-"): value for key, value in wanted.items()}
    return [
        attributes
        for tag, attributes in parser.found
        if tag == (kind or tag) and all(attributes.get(key) == value for key, value in needed.items())
    ]


def text(html: str) -> str:
    """What is read, white space collapsed."""
    bare = re.sub(r"<(script|style|title)\b.*?</\1>", " ", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


def request(path: str = "/practices/", day: date = TODAY, known: date | None = None, **query: Any) -> HttpRequest:
    made = RequestFactory().get(path, query)
    made.asat = AsAt(day, known, TODAY)  # type: ignore[attr-defined]
    made.csp_nonce = "n0nce"  # type: ignore[attr-defined]
    return made


def environment() -> Any:
    return engines["jinja2"].env  # type: ignore[attr-defined]


def component(file: str, call: str, **context: Any) -> str:
    """The output of one macro call."""
    name = call.partition("(")[0]
    source = f'{{% from "components/{file}.html" import {name} %}}{{{{ {call} }}}}'
    return str(environment().from_string(source).render(**context))


def page(made: HttpRequest, **context: Any) -> str:
    """A page of the layout, for a signed-in person."""
    source = '{% extends "layouts/base.html" %}{% set heading = "Practices" %}{% block content %}Here{% endblock %}'
    signed_in = {
        "person": SimpleNamespace(name="Board member"),
        "asat": made.asat,  # type: ignore[attr-defined]
        "navigation": [{"text": "Sign-in", "url_name": "account_login", "current": True}],
        "programme": SimpleNamespace(illustrative=True),
        "freshness": SimpleNamespace(extract_day=date(2018, 12, 1), computed_at=None, being_updated=True),
    }
    return str(environment().from_string(source).render(request=made, **(signed_in | context)))


# The layout -----------------------------------------------------------------------------------------------


def test_a_page_is_named_skipped_into_and_has_one_first_heading() -> None:
    html = page(request())
    assert "<title>Practices – Care Closer to Home</title>" in html
    assert html.count("<h1") == 1
    assert tags(html, "a", href="#maincontent")
    assert tags(html, "main", id="maincontent")
    assert tags(html, "html", lang="en-GB")


def test_a_form_with_errors_says_so_in_the_title() -> None:
    form = Everything({})
    assert "<title>Error: Practices – " in page(request(), form=form)


def test_every_script_is_a_file_with_the_nonce_and_nothing_is_styled_inline() -> None:
    html = page(request(day=date(2018, 12, 6)))
    scripts = tags(html, "script")
    assert scripts
    assert all(script["nonce"] == "n0nce" and script["src"].startswith("/static/") for script in scripts)
    assert not [attributes for attributes in tags(html) if "style" in attributes]
    assert not re.search(r"<style|\son\w+=|javascript:", html)
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"', html)


def test_the_styles_ask_no_other_host_for_anything() -> None:
    for sheet in STATIC.rglob("*.css"):
        css = sheet.read_text()
        assert "@font-face" not in css
        assert "@import" not in css
        for target in re.findall(r"url\([\"']?([^\"')]+)", css):
            assert (sheet.parent / target).is_file(), f"{sheet.name} asks for {target}"


def test_what_every_first_visit_loads_stays_small() -> None:
    files = [*STATIC.glob("cc2h/app.*"), *STATIC.glob("vendor/*/*.min.*")]
    assert len(files) == 4
    assert sum(len(brotli.compress(file.read_bytes())) for file in files) < 24_000


def test_today_needs_no_banner_but_freshness_is_always_said() -> None:
    html = page(request())
    assert "Back to today" not in html
    assert "List sizes of 1 December 2018." in text(html)
    assert "Figures are being updated." in text(html)
    assert "Illustrative data: made-up practices." in text(html)


def test_another_day_is_said_and_left_again() -> None:
    html = page(
        request(day=date(2018, 12, 6), known=date(2018, 12, 8), as_at="2018-12-06", known_="x", chin="b", page="3")
    )
    assert "As at 6 December 2018 , as known on 8 December 2018" in text(html)
    back = next(href for href in re.findall(r'href="([^"]*)">Back to today', html))
    assert "as_at" not in back
    assert "page" not in back
    assert "chin=b" in back


def test_a_day_to_come_says_that_plans_count_as_made() -> None:
    assert "still to come" in page(request(day=date(2019, 1, 1)))


def test_the_day_control_keeps_the_pages_own_parameters() -> None:
    html = page(request(as_at="2018-12-06", status="active", sort="-patients", page="2"))
    form = html[html.index('class="app-as-at"') : html.index("</form>")]
    kept = {attributes["name"]: attributes["value"] for attributes in tags(form, "input", type="hidden")}
    assert kept == {"status": "active", "sort": "-patients"}
    assert tags(form, "input", name="as_at", type="date")
    assert tags(form, "input", name="known", type="date")


def test_every_link_stays_on_the_day() -> None:
    source = '{{ url("account_login") }} {{ url("account_login", query={"next": "/"}) }}'
    there = environment().from_string(source).render(request=request(day=date(2018, 12, 6))).split()
    path = reverse("account_login")
    assert there == [f"{path}?as_at=2018-12-06", f"{path}?next=%2F&amp;as_at=2018-12-06"]
    assert environment().from_string(source).render(request=request()).split()[0] == path


def test_signed_out_there_is_no_navigation_and_no_day() -> None:
    html = page(request(), person=None, navigation=[], freshness=None, programme=None)
    assert not tags(html, "nav")
    assert not tags(html, "input")


@pytest.mark.parametrize("template", sorted(path.name for path in (TEMPLATES / "errors").glob("*.html")))
def test_an_error_page_needs_nothing_to_render(template: str) -> None:
    html = environment().get_template(f"errors/{template}").render(request=request())
    assert "<h1" in html
    assert "app-header" in html


def test_every_template_compiles() -> None:
    for template in TEMPLATES.rglob("*.html"):
        environment().get_template(str(template.relative_to(TEMPLATES)))


# Sign-in pages --------------------------------------------------------------------------------------------

# Pages of sign-in by telephone and by passkey, which need settings that the portal does not have.
UNREACHABLE = {"phone_change", "confirm_phone_verification_code", "signup_by_passkey"}


def test_every_page_of_the_sign_in_package_has_one_of_ours() -> None:
    theirs = {path.stem for path in (Path(allauth.account.__file__).parent.parent / "templates/account").glob("*.html")}
    ours = {path.stem for path in (TEMPLATES / "account").glob("*.html")}
    assert {name for name in theirs if not name.startswith("base_")} - UNREACHABLE <= ours


def sign_in_addresses() -> Iterator[str]:
    for name in ("login", "signup", "inactive", "reset_password", "reset_password_done", "email_verification_sent"):
        yield reverse(f"account_{name}")
    yield reverse("account_reset_password_from_key_done")
    yield reverse("account_reset_password_from_key", args=["1", "stale-key"])
    yield reverse("account_confirm_email", args=["stale-key"])


@pytest.mark.django_db
def test_sign_in_pages_carry_the_layout(client: Client) -> None:
    for address in sign_in_addresses():
        html = client.get(address).content.decode()
        assert 'class="app-header"' in html, address
        assert html.count("<h1") == 1, address


@pytest.mark.django_db
def test_every_script_carries_the_nonce_of_the_header(client: Client) -> None:
    response = client.get(reverse("account_login"))
    (nonce,) = re.findall(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    assert {script["nonce"] for script in tags(response.content.decode(), "script")} == {nonce}


@pytest.mark.django_db
def test_account_pages_carry_the_layout(client: Client) -> None:
    client.force_login(UserFactory())
    for name in ("logout", "change_password", "email", "reauthenticate"):
        html = client.get(reverse(f"account_{name}"), follow=True).content.decode()
        assert 'class="app-header"' in html, name
        assert html.count("<h1") == 1, name


@pytest.mark.django_db
def test_wrong_sign_in_is_summed_up_and_loses_nothing_typed(client: Client) -> None:
    html = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    assert "<title>Error: Sign in" in html
    assert "There is a problem" in html
    assert tags(html, "input", name="login", value="nobody@example.org")
    assert not tags(html, "input", name="password", value="wrong")


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_a_forgotten_password_is_answered_alike_and_by_a_message_in_our_words(
    client: Client, mailoutbox: list[EmailMessage], known: bool
) -> None:
    address = UserFactory().email if known else "nobody@example.org"
    html = client.post(reverse("account_reset_password"), {"email": address}, follow=True).content.decode()
    assert "Look at your e-mail" in html
    assert not mailoutbox
    work.sweep()
    (message,) = mailoutbox
    assert message.to == [address]
    assert "Care Closer to Home" in message.body
    assert ("/password/reset/key/" in message.body) == known
    assert "Thank you for using" not in message.body


# Fields ---------------------------------------------------------------------------------------------------


class Everything(forms.Form):
    name = forms.CharField(max_length=100, help_text="As on its letterhead")
    ods_code = forms.CharField(max_length=6)
    mailbox = forms.EmailField(required=False)
    patients = forms.IntegerField()
    opened = forms.DateField(label="Opens on")
    chin = forms.ChoiceField(required=False, choices=[("", "Choose"), ("finchley", "Finchley")])
    setting = forms.ChoiceField(widget=forms.RadioSelect, choices=[("4", "GP practice"), ("9", "Other")])
    focus = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, choices=[("a", "Frailty"), ("b", "Diabetes")]
    )
    reason = forms.CharField(widget=forms.Textarea)
    file = forms.FileField()
    secret = forms.CharField(widget=forms.PasswordInput)
    sure = forms.BooleanField(label="I have checked this")
    token = forms.CharField(widget=forms.HiddenInput)


FILLED = {
    "name": 'Ash & "Sons" <b>',
    "patients": "12x",
    "opened": "2018-12-06",
    "chin": "finchley",
    "setting": "9",
    "focus": ["b"],
    "reason": "\n first\n   second </textarea><script>",
    "sure": "on",
    "secret": "hunter2",
    "token": "t",
}


def test_every_kind_of_field_gives_back_what_was_typed() -> None:
    form = Everything(FILLED)
    html = component("fields", "fields(form)", form=form)
    assert tags(html, "input", name="name", value='Ash & "Sons" <b>', aria_describedby="id_name-hint")
    assert tags(html, "input", name="patients", value="12x", inputmode="numeric")
    assert tags(html, "input", name="opened", value="2018-12-06", type="date")
    assert tags(html, "option", value="finchley", selected="")
    assert [a["value"] for a in tags(html, "input", type="radio") if "checked" in a] == ["9"]
    assert [a["value"] for a in tags(html, "input", name="focus") if "checked" in a] == ["b"]
    assert tags(html, "input", name="sure", checked="")
    assert tags(html, "input", name="token", type="hidden", value="t")
    assert "hunter2" not in html
    assert "<script>" not in html
    # a browser drops the one line feed after the tag, so what was typed begins with its own
    typed = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", html, re.S)
    assert typed is not None
    assert typed[1] == "\n first\n   second &lt;/textarea&gt;&lt;script&gt;"


def test_every_control_has_a_label_and_every_id_is_there_once() -> None:
    html = component("fields", "fields(form)", form=Everything())
    ids = [attributes["id"] for attributes in tags(html) if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {attributes["for"] for attributes in tags(html, "label")}
    for kind in ("input", "select", "textarea"):
        for control in tags(html, kind):
            assert control.get("type") == "hidden" or control["id"] in named


def test_the_error_summary_leads_to_each_field_and_says_which() -> None:
    form = Everything({"patients": "12x"})
    html = component("fields", "error_summary(form)", form=form) + component("fields", "fields(form)", form=form)
    targets = [attributes["href"].removeprefix("#") for attributes in tags(html, "a")]
    assert targets
    assert all(tags(html, id=target) for target in targets)
    assert "“Opens on” is needed." in html
    assert "This field is required" not in html
    assert tags(html, "input", name="patients")[0]["aria-describedby"] == "id_patients-error"


def test_a_form_without_errors_has_no_summary() -> None:
    assert component("fields", "error_summary(form)", form=Everything()).strip() == ""


def test_what_may_be_left_empty_says_so() -> None:
    assert "Mailbox (optional)" in component("fields", "field(form['mailbox'])", form=Everything())
    assert "optional" not in component("fields", "field(form['name'])", form=Everything())


# Filters, tables, pages -----------------------------------------------------------------------------------


class Filters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search")
    chin = django_filters.ChoiceFilter(label="CHIN", choices=[("none", "Not in a CHIN")])
    status = django_filters.MultipleChoiceFilter(
        label="Status", choices=Status.choices, widget=forms.CheckboxSelectMultiple
    )
    size = django_filters.RangeFilter(label="List size")
    changed = django_filters.BooleanFilter(label="Changed this year", widget=forms.CheckboxInput)


def filter_form(made: HttpRequest) -> forms.Form:
    return Filters.get_form_class(Filters(made.GET, queryset=UserFactory._meta.model.objects.none()))(made.GET)  # type: ignore[no-any-return]


def test_each_filter_that_is_on_has_a_chip_that_takes_it_off() -> None:
    made = request(
        q="a b", chin="none", status=["active", "closed"], size_min="2000", size_max="20000", changed="on", page="2"
    )
    chips = {chip.text: chip.remove_url for chip in active_filters(filter_form(made), made)}
    assert list(chips) == [
        "Search: a b",
        "CHIN: Not in a CHIN",
        "Active",
        "Closed",
        "List size: 2,000 to 20,000",
        "Changed this year",
    ]
    assert "status=closed" in chips["Active"]
    assert "status=active" not in chips["Active"]
    assert "size_" not in chips["List size: 2,000 to 20,000"]
    assert all("page=" not in link for link in chips.values())


@pytest.mark.parametrize(
    ("query", "chip"),
    [({"size_min": "2000"}, "List size: 2,000 or more"), ({"size_max": "50"}, "List size: 50 or less")],
)
def test_half_a_range_is_a_filter_too(query: dict[str, str], chip: str) -> None:
    made = request(**query)
    assert [one.text for one in active_filters(filter_form(made), made)] == [chip]


def test_applying_filters_keeps_the_order_and_the_day_but_not_the_page() -> None:
    made = request(q="a", sort="-patients", as_at="2018-12-06", page="3", size_min="5")
    assert kept_parameters(filter_form(made), made) == [("sort", "-patients"), ("as_at", "2018-12-06")]


def test_a_filter_that_can_not_be_read_shows_no_chips() -> None:
    made = request(size_min="many", q="a")
    assert active_filters(filter_form(made), made) == []


def test_the_filter_panel_shows_what_is_on() -> None:
    made = request(size_min="5", status="active")
    html = component("filters", "filter_panel(form, request)", form=filter_form(made), request=made)
    assert tags(html, "input", name="size_min", value="5")
    assert "2 filters on" in text(html)
    assert tags(html, "a", href="/practices/")


class Practices(ListTable):
    code = tables.Column()
    name = tables.Column()
    patients = tables.Column(attrs={"td": {"class": "num"}}, orderable=False)

    class Meta:
        attrs = {"row_header": "name", "caption": "Practices"}


def table_html(made: HttpRequest, sort: str = "") -> str:
    rows = [
        {"code": "Z99001", "name": "Ash <Practice>", "patients": 11533},
        {"code": "Z99002", "name": "B", "patients": None},
    ]
    table = Practices(rows, order_by=sort, request=made)
    return str(environment().get_template("components/table.html").render(table=table, request=made))


def test_a_table_says_how_it_is_sorted_and_keeps_what_is_filtered() -> None:
    html = table_html(request(status="active", page="2"), sort="-name")
    code, name, patients = tags(html, "th", scope="col")
    assert (code["aria-sort"], name["aria-sort"], patients.get("aria-sort")) == ("none", "descending", None)
    links = [attributes["href"] for attributes in tags(html, "a")]
    assert links == ["/practices/?status=active&sort=code", "/practices/?status=active&sort=name"]


def test_a_table_reads_as_rows_on_a_phone() -> None:
    html = table_html(request())
    assert "Ash &lt;Practice&gt;" in html
    assert [cell["data-label"] for cell in tags(html, "td")] == ["Code", "Patients"] * 2
    assert len(tags(html, "th", scope="row", role="rowheader")) == 2
    assert all(cell["class"] == "num" for cell in tags(html, "td", data_label="Patients"))


def test_a_table_written_by_hand_wears_the_same_dress() -> None:
    html = component(
        "tables",
        'data_table("CHINs", ["CHIN", {"text": "Patients", "numeric": true}], rows, total=["All", "12"])',
        rows=[[{"text": "Finchley <x>", "href": "/chins/finchley/"}, None], ["Hendon", 12]],
    )
    assert "Finchley &lt;x&gt;" in html
    assert tags(html, "a", href="/chins/finchley/")
    assert text(html).endswith("Finchley &lt;x&gt; – Hendon 12 All 12")
    assert len(tags(html, "td", _class="num", data_label="Patients")) == 3


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 to 25 of 6,500"), (130, "3,226 to 3,250 of 6,500"), (260, "6,476 to 6,500 of 6,500")]
)
def test_the_foot_of_a_list_says_where_you_are(number: int, said: str) -> None:
    shown = Paginator(range(6500), 25).get_page(number)
    made = request(page=str(number), sort="name")
    html = component("pagination", 'pagination(page, request, csv="/x.csv", one="practice")', page=shown, request=made)
    assert said in text(html)
    assert "Take these 6,500 practices: CSV" in text(html)
    assert len(tags(html, "li")) <= 12
    assert all("sort=name" in attributes["href"] for attributes in tags(html, "a") if attributes["href"] != "/x.csv")


def test_one_row_is_taken_as_this_one() -> None:
    shown = Paginator(range(1), 25).get_page(1)
    html = component(
        "pagination", 'pagination(page, request, csv="/x.csv", one="practice")', page=shown, request=request()
    )
    assert "Take this practice: CSV" in text(html)


# Figures and states ---------------------------------------------------------------------------------------

COVERAGE = Figure(
    key="coverage.population",
    label="Patients in a CHIN",
    kind="ratio",
    value=Decimal("88.4"),
    unit="%",
    as_at=date(2018, 12, 6),
    formula="Patients of practices in a CHIN, divided by all patients.",
    parts=(
        Part(
            name="In a CHIN",
            value=354996,
            unit="patients",
            url="/p/?in=1",
            csv="/p/?in=1&format=csv",
            measure="sum:patients",
        ),
        Part(name="All", value=401396, unit="patients", url="/p/", measure="sum:patients"),
    ),
    sources=(Source(label="gp-reg-pat-prac-all", url="/imports/1/", detail="1 December 2018"),),
    statements=(
        Statement(
            text="89% of the population",
            value=Decimal(89),
            unit="%",
            source=Source(label="Road map", url="/papers/1/"),
            basis="48 of 54 is 88.9%.",
            difference=Decimal("-0.6"),
        ),
    ),
)


def test_a_card_carries_all_that_is_needed_to_work_its_figure_out_again() -> None:
    html = component("figures", 'figure_card(figure, ["up 50.4 points"])', figure=COVERAGE)
    (card,) = [attributes for attributes in tags(html) if "data-figure" in attributes]
    parts = [attributes for attributes in tags(html) if "data-part" in attributes]
    assert card["data-figure"] == "coverage.population"
    again = Figure(key="", label="", kind=card["data-kind"], value=None, unit=card["data-unit"])  # type: ignore[arg-type]
    assert str(again.derive([part["data-value"] for part in parts])) == card["data-value"] == "88.4"
    assert [part["data-measure"] for part in parts] == ["sum:patients"] * 2
    assert parts[0]["data-csv"] == "/p/?in=1&format=csv"
    assert "data-csv" not in parts[1]


def test_a_card_says_its_parts_the_paper_and_the_difference() -> None:
    said = text(component("figures", 'figure_card(figure, ["up 50.4 points"])', figure=COVERAGE))
    for words in (
        "Patients in a CHIN 88.4% 354,996 of 401,396 up 50.4 points Paper says 89% How is this worked out?",
        "354,996 ÷ 401,396 = 88.4%",
        "In a CHIN : 354,996 patients",
        "The paper says 89% of the population. The records give 88.4%: a difference of −0.6 points. 48 of 54 is 88.9%.",
        "From gp-reg-pat-prac-all (1 December 2018). True of 6 December 2018.",
    ):
        assert words in said


def test_a_figure_nobody_knows_is_not_zero() -> None:
    unknown = Figure(
        key="full", label="Full coverage", kind="date", value=None, parts=(Part(name="Last join", value=None),)
    )
    html = component("figures", "figure_card(figure)", figure=unknown)
    assert "not known" in text(html)
    assert tags(html, data_figure="full", data_value="")


@pytest.mark.parametrize("state", [*ChinStatus.values, *Status.values, *Import.State.values])
def test_every_state_has_a_word_a_shape_and_a_colour(state: str) -> None:
    html = component("tags", "status_tag(state)", state=state)
    assert text(html)
    assert "<svg" in html
    assert re.search(r"app-tag--[a-z]+", html)


def test_no_state_is_not_in_a_chin() -> None:
    assert text(component("tags", "status_tag(none)")) == "Not in a CHIN"


def test_where_marks_are_small_so_is_each_of_them() -> None:
    """By itself: a shape used elsewhere leaves its parents behind, and with them what they say of it."""
    marks = [SimpleNamespace(number=number) for number in range(3)]
    assert component("map", "mark_shapes(marks, small=true)", marks=marks).count("app-mark--small") == 3
    assert "app-mark--small" not in component("map", "mark_shapes(marks)", marks=marks)


def test_a_state_nobody_told_of_still_reads() -> None:
    assert text(component("tags", "status_tag('half-way <b>')")) == "Half way &lt;b&gt;"


def test_work_under_way_reloads_only_without_script() -> None:
    assert re.fullmatch(
        r'<noscript>\s*<meta http-equiv="refresh" content="3">\s*</noscript>', component("progress", "refresh(3)")
    )
    html = component("progress", "progress(1200, 6500, 'Checking rows')")
    assert "Checking rows: 1,200 of 6,500" in text(html)
    assert tags(html, "progress", value="1200", max="6500")
