"""The columns of business cases."""

from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.cases.models import Case, Excluded
from cc2h.cases.states import OVER, CaseState
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


class CaseTable(ListTable):
    """Cases as `queries.cases` gives them."""

    number = Column(verbose_name="Number", attrs={"td": {"class": "nowrap"}})
    title = Column(verbose_name="Case")
    chin = Column(verbose_name="CHIN", accessor="chin__name")
    topic = Column(verbose_name="Topic")
    state = Column(verbose_name="State", accessor="state_on")
    asked = Column(verbose_name="Asks for", accessor="asked_on", empty_values=(), attrs=NUMERIC)
    days = Column(verbose_name="Days in this state", attrs=NUMERIC)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Business cases"}

    def render_title(self, record: Case) -> Any:
        named = self.link(record.title, "cases:case_detail", record.number)
        if not record.excluded:
            return named
        area = Excluded(record.excluded).label
        return format_html('{} <span class="app-line app-quiet">Outside the programme: {}</span>', named, area.lower())

    def render_topic(self, record: Case) -> str:
        return record.get_topic_display()

    def render_state(self, value: str) -> Any:
        return self.tag(f"case-{value}", CaseState(value).label)

    def render_asked(self, value: Any) -> Any:
        return (
            format_html('<span class="app-quiet">{}</span>', "not stated") if value is None else words.pounds(value, 2)
        )

    def render_days(self, record: Any) -> Any:
        return words.DASH if record.state_on in OVER else words.number(record.days)
