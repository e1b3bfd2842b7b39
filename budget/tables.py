"""The columns of the ledger."""

from datetime import date, datetime
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from budget.models import Entry, Refusal, Request
from cc2h.kit import words
from cc2h.kit.days import LONDON, year_in_address, year_name
from cc2h.kit.lists import NUMERIC, ListTable


class EntryTable(ListTable):
    """Entries as `queries.entries` gives them."""

    places: int = 2  # of every amount of the page

    day = Column(verbose_name="Day")
    line = Column(verbose_name="Budget line", accessor="line__name")
    kind = Column(verbose_name="Kind")
    signed = Column(verbose_name="Amount", attrs=NUMERIC)
    chin = Column(verbose_name="CHIN", accessor="chin__name")
    reason = Column(verbose_name="Why")
    by = Column(verbose_name="By", accessor="by__name")
    recorded_at = Column(verbose_name="Recorded", attrs={"td": {"class": "nowrap"}})

    class Meta(ListTable.Meta):
        attrs = {"row_header": "day", "caption": "Entries of the ledger"}

    def render_day(self, value: date) -> str:
        return words.short_day(value).replace(" ", "\u00a0")

    def render_line(self, record: Any, value: str) -> Any:
        name = value
        if record.line_seen:
            name = self.link(value, "budget:line_detail", record.line.slug, year=year_in_address(record.year))
        return format_html('{} <span class="app-line app-quiet">{}</span>', name, year_name(record.year))

    def render_kind(self, record: Entry) -> str:
        return record.get_kind_display()

    def render_signed(self, value: Any) -> str:
        return words.pounds(value, self.places)

    def render_reason(self, record: Entry, value: str) -> Any:
        return _with(value, record.document)

    def render_by(self, record: Entry, value: str) -> Any:
        return _with(value, f"Agreed by {record.agreed_by.name}" if record.agreed_by else "")

    def render_recorded_at(self, value: datetime) -> str:
        return words.short_day(value.astimezone(LONDON).date())


class RequestTable(ListTable):
    """Virements and cuts as `queries.asked_for` gives them."""

    kind = Column(verbose_name="What")
    line = Column(verbose_name="Budget line", accessor="line__name")
    amount = Column(verbose_name="Amount", attrs=NUMERIC)
    reason = Column(verbose_name="Why")
    asked_on = Column(verbose_name="Asked for")
    state = Column(verbose_name="State")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "kind", "caption": "Virements and cuts"}

    def render_kind(self, record: Request) -> Any:
        return self.link(record.get_kind_display(), "budget:request_detail", record.pk)

    def render_line(self, record: Request, value: str) -> Any:
        to = f" to {record.taking.name}" if record.taking else ""
        return _with(f"{value}{to}", year_name(record.year))

    def render_amount(self, value: Any) -> str:
        return words.pounds(value, 2)

    def render_asked_on(self, record: Request, value: date) -> Any:
        return _with(words.short_day(value), record.asked_by.name)

    def render_state(self, record: Request) -> Any:
        return self.tag(record.state, record.get_state_display())


PAGES = {"claim": ("lcs:claim_detail", int), "line": ("budget:line_detail", str), "run": ("payments:run_detail", int)}


class RefusalTable(ListTable):
    """What was refused, as `queries.refusals` gives it."""

    at = Column(verbose_name="When", attrs={"td": {"class": "nowrap"}})
    what = Column(verbose_name="What was tried")
    name = Column(verbose_name="Of what")
    said = Column(verbose_name="Why it was refused")
    by = Column(verbose_name="By", accessor="by__name")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "at", "caption": "What was refused"}

    def render_at(self, value: datetime) -> str:
        return words.moment(value.astimezone(LONDON))

    def render_name(self, record: Refusal, value: str) -> Any:
        kind, _, key = record.about.partition(":")
        if kind not in PAGES or not key:
            return value
        address, number = PAGES[kind]
        return self.link(value, address, number(key))


def _with(text: str, more: str) -> Any:
    return format_html('{} <span class="app-line app-quiet">{}</span>', text, more) if more else text
