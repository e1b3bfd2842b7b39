"""The columns of benefits, and of their years."""

from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.kit.days import year_name
from cc2h.kit.lists import NUMERIC, ListTable
from kpis.benefits import wording
from kpis.benefits.models import PointOfDelivery
from kpis.models import Initiative


def quiet(text: str, value: Any) -> Any:
    return text if value is not None else format_html('<span class="app-quiet">{}</span>', text)


class BenefitTable(ListTable):
    """Benefits as `queries.benefits` gives them."""

    title = Column(verbose_name="Benefit")
    initiative = Column(verbose_name="Initiative")
    whose = Column(verbose_name="Of", order_by=("commissioner__short_name", "chin__name"))
    point = Column(verbose_name="Point of delivery", accessor="point_of_delivery", empty_values=())
    owner = Column(verbose_name="Owner’s post", order_by=("owner__title",))
    planned = Column(verbose_name="Planned gross saving", empty_values=(), attrs=NUMERIC)
    validated = Column(verbose_name="Validated", empty_values=(), attrs=NUMERIC)
    due = Column(verbose_name="To be validated in")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Benefits"}

    def render_title(self, record: Any) -> Any:
        return self.link(record.title, "benefits:benefit_detail", record.slug)

    def render_initiative(self, value: str) -> str:
        return str(Initiative(value).label)

    def render_point(self, record: Any) -> Any:
        found = record.point_of_delivery or None
        return quiet(PointOfDelivery(found).label if found else wording.NOT_STATED, found)

    def render_owner(self, value: Any) -> str:
        return str(value.title)

    def render_planned(self, record: Any) -> Any:
        said = wording.pounds(record.planned)
        if record.planned is not None and record.unstated:
            said = f"at least {said}"
        return quiet(said, record.planned)

    def render_validated(self, record: Any) -> Any:
        return quiet("nothing yet" if record.validated is None else wording.pounds(record.validated), record.validated)

    def render_due(self, value: Any) -> str | None:
        return wording.quarter_of(value)


class RowTable(ListTable):
    """Benefits year by year as `queries.rows` gives them."""

    title = Column(verbose_name="Benefit", accessor="benefit__title")
    year = Column(verbose_name="Year")
    whose = Column(verbose_name="Of", accessor="benefit__whose", orderable=False)
    planned = Column(verbose_name="Planned gross saving", accessor="saving", empty_values=(), attrs=NUMERIC)
    investment = Column(verbose_name="Investment", empty_values=(), attrs=NUMERIC)
    net = Column(verbose_name="Net saving", empty_values=(), attrs=NUMERIC)
    forecast = Column(verbose_name="Forecast", accessor="forecast_saving", empty_values=(), attrs=NUMERIC)
    validated = Column(verbose_name="Validated", accessor="validated_saving", empty_values=(), attrs=NUMERIC)
    counts = Column(verbose_name="Counts in totals", accessor="counted_saving", empty_values=(), attrs=NUMERIC)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Benefits year by year"}

    def render_title(self, record: Any) -> Any:
        return self.link(record.benefit.title, "benefits:benefit_detail", record.benefit.slug)

    def render_year(self, value: int) -> str:
        return year_name(value)

    def render_planned(self, record: Any) -> Any:
        return quiet(wording.pounds(record.saving), record.saving)

    def render_investment(self, record: Any) -> Any:
        return quiet(wording.pounds(record.investment), record.investment)

    def render_net(self, record: Any) -> Any:
        return quiet(wording.pounds(record.net), record.net)

    def render_forecast(self, record: Any) -> Any:
        return quiet(wording.pounds(record.forecast_saving), record.forecast_saving)

    def render_validated(self, record: Any) -> Any:
        value = record.validated_saving
        return quiet("nothing yet" if value is None else wording.pounds(value), value)

    def render_counts(self, record: Any) -> Any:
        return quiet(wording.pounds(record.counted_saving), record.counted_saving)
