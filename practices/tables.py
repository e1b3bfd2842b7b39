"""The columns of the list of practices."""

from datetime import date
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable
from cc2h.kit.sparks import sparkline


class PracticeTable(ListTable):
    """Rows as `practices.queries.page_rows` gives them."""

    ods_code = Column(verbose_name="Code", attrs={"td": {"class": "quiet"}})
    name = Column(verbose_name="Practice", empty_values=())
    commissioner = Column(verbose_name="Commissioner")
    chin = Column(verbose_name="CHIN", accessor="chin_name", empty_values=())
    since = Column(verbose_name="Since", accessor="chin_period", order_by="membership_on__period__startswith")
    patients = Column(attrs=NUMERIC)
    change = Column(verbose_name="Year", attrs=NUMERIC)
    months = Column(verbose_name="12 months", accessor="sizes", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Practices"}

    def render_name(self, record: dict[str, Any]) -> Any:
        link = self.link(record["name"] or record["ods_code"], "practices:practice_detail", record["ods_code"])
        return link if record["status"] == "active" else format_html("{} {}", link, self.tag(record["status"]))

    def render_chin(self, record: dict[str, Any]) -> Any:
        if record["chin_slug"]:
            return self.link(record["chin_name"], "chins:chin_detail", record["chin_slug"])
        return self.tag("none") if record["status"] == "active" else words.DASH

    def render_since(self, value: Any) -> str:
        return words.short_day(value.lower)

    def render_patients(self, value: int) -> str:
        return words.number(value)

    def render_change(self, value: int) -> str:
        return words.signed(value)

    def render_months(self, record: dict[str, Any]) -> Any:
        return sparkline(record["days"], record["sizes"])
