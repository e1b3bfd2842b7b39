"""The columns of the lists of statements and board days."""

from datetime import date
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.board.models import BoardDay
from cc2h.board.papers import Comparison
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


class StatementTable(ListTable):
    """Statements as `papers.compare` gives them: each beside what the records give."""

    says = Column(verbose_name="What the paper says", accessor="statement", order_by="says")
    paper = Column(verbose_name="Paper", order_by="paper")
    as_at = Column(verbose_name="Of", accessor="statement", order_by="as_at")
    states = Column(verbose_name="It gives", orderable=False, attrs=NUMERIC)
    gives = Column(verbose_name="Records give", orderable=False, attrs=NUMERIC)
    difference = Column(verbose_name="Difference", accessor="statement", orderable=False, empty_values=())
    settled = Column(verbose_name="Settled", accessor="statement", orderable=False, empty_values=())

    class Meta(ListTable.Meta):
        attrs = {"row_header": "says", "caption": "What papers say"}

    def render_says(self, record: Comparison) -> Any:
        return self.link(record.statement.says, "board:statement", record.statement.reference)

    def render_paper(self, record: Comparison) -> Any:
        return format_html('{} <span class="app-quiet nowrap">{}</span>', record.paper, record.dated)

    def render_as_at(self, record: Comparison) -> Any:
        day = words.short_day(record.statement.as_at)
        if not record.statement.day_assumed:
            return format_html('<span class="nowrap">{}</span>', day)
        return format_html('<span class="nowrap">{}</span> <span class="app-quiet">assumed</span>', day)

    def render_states(self, record: Comparison) -> str:
        return words.short_day(record.stated) if isinstance(record.stated, date) else record.states

    def render_gives(self, record: Comparison) -> str:
        value = record.figure.value if record.figure else None
        return words.short_day(value) if isinstance(value, date) else record.gives

    def render_difference(self, record: Comparison) -> str:
        return record.difference_words

    def render_settled(self, record: Comparison) -> str:
        return record.settlement.label if record.settlement else "no"


class BoardDayTable(ListTable):
    """Board days as `queries.board_days` gives them."""

    day = Column(order_by=("day", "-commissioner__short_name"))
    title = Column(verbose_name="Board")
    commissioner = Column(accessor="commissioner__short_name")
    since = Column(verbose_name="Dashboard", accessor="day", orderable=False)
    change = Column(verbose_name="Change", accessor="kept", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "day", "caption": "Board days"}

    def render_day(self, value: date) -> Any:
        return format_html('<span class="nowrap">{}</span>', words.day(value))

    def render_since(self, record: BoardDay, value: date) -> Any:
        if value >= self.asat.day:
            return "to come"
        text = _said_of("What changed since", words.day(value))
        return self.link(text, "board:dashboard", record.commissioner.ods_code, since=value.isoformat())

    def render_change(self, record: BoardDay, value: bool) -> Any:
        return self.link(_said_of("Void", record), "board:board_day_void", record.pk) if value else words.DASH


def _said_of(what: str, of: Any) -> Any:
    """The text of a link that stands in every row, with the row's own words for those who can't see the row."""
    return format_html('{}<span class="nhsuk-u-visually-hidden"> {}</span>', what, of)
