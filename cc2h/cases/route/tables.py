"""The columns of where cases are."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django_tables2 import Column

from cc2h.cases.route.acting import Seat
from cc2h.cases.route.models import Turn
from cc2h.cases.route.wording import TAGS
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


class TurnTable(ListTable):
    """Turns as `queries.turns` gives them."""

    case = Column(verbose_name="Case", accessor="title", order_by=("number",))
    chin = Column(verbose_name="CHIN", accessor="chin_name")
    asked = Column(verbose_name="Asks for", attrs=NUMERIC)
    stage = Column(verbose_name="Stage", accessor="stage_name", order_by=("stage__position", "stage_name"))
    who = Column(verbose_name="Who must act", accessor="body_name", empty_values=(), orderable=False)
    since = Column(verbose_name="Since", accessor="opened_on")
    target = Column(verbose_name="By", accessor="target_on")
    days = Column(verbose_name="Days", attrs=NUMERIC)
    state = Column(verbose_name="State", accessor="state_on")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "case", "caption": "Where cases are"}

    seats: Mapping[int | None, Sequence[Seat]] = {}

    def render_case(self, record: Any) -> Any:
        name = self.link(record.title, "route:way", record.number)
        return format_html('{} <span class="app-line app-quiet">{}</span>', name, record.number)

    def render_chin(self, record: Any) -> Any:
        return self.link(record.chin_name, "chins:chin_detail", record.chin_slug)

    def render_asked(self, value: Decimal) -> str:
        return words.pounds(value, 2)

    def render_who(self, record: Turn) -> Any:
        said = [str(record.body)] if record.body else []
        said += [str(seat) for seat in self.seats.get(record.pk, ())]
        return (
            format_html_join("", '<span class="app-line">{}</span>', ((one,) for one in said)) if said else words.DASH
        )

    def render_since(self, value: date) -> str:
        return words.short_day(value)

    def render_target(self, value: date) -> str:
        return words.short_day(value)

    def render_days(self, value: int) -> str:
        return words.number(value)

    def render_state(self, record: Any) -> Any:
        if record.state_on == "answered":
            return self.tag("route-passed", f"Answered {words.short_day(record.answered)}")
        return self.tag(f"route-{record.state_on}", TAGS[record.state_on])
