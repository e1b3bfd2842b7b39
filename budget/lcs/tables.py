"""The columns of services, and of the practices on a list."""

from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from budget.lcs import wording
from budget.lcs.models import ClaimState, Eligible, Service
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


class ServiceTable(ListTable):
    """Services as `queries.services` gives them."""

    name = Column(verbose_name="Service")
    commissioner = Column(verbose_name="Commissioner", accessor="line__commissioner__short_name")
    line = Column(verbose_name="Budget line", accessor="line__name")
    opens_on = Column(verbose_name="Window")
    rate = Column(verbose_name="Rate", empty_values=())
    eligible = Column(verbose_name="Eligible practices", accessor="eligible_on", attrs=NUMERIC)
    state = Column(verbose_name="State")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Local services"}

    def render_name(self, record: Service) -> Any:
        return self.link(record.name, "lcs:service_detail", record.slug)

    def render_opens_on(self, record: Service) -> str:
        return wording.window(record)

    def render_rate(self, record: Service) -> Any:
        said = wording.rate(record)
        return said if record.rate is not None else format_html('<span class="app-quiet">{}</span>', said)

    def render_eligible(self, value: int) -> str:
        return words.number(value)

    def render_state(self, record: Service) -> Any:
        return self.tag(record.state, record.get_state_display())


class PlaceTable(ListTable):
    """Practices on a list as `queries.places` gives them."""

    code = Column(verbose_name="Code", attrs={"td": {"class": "quiet"}})
    name = Column(verbose_name="Practice")
    chin = Column(verbose_name="CHIN", accessor="chin_name", empty_values=())
    list_size = Column(verbose_name="List size", attrs=NUMERIC)
    amount = Column(verbose_name="Amount", accessor="stage_amount", empty_values=(), attrs=NUMERIC)
    claim = Column(verbose_name="Claim", accessor="claim_state", empty_values=())
    outputs = Column(verbose_name="Outputs accepted", attrs=NUMERIC)
    off = Column(verbose_name="On the list", accessor="added_on", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Eligible practices"}

    may_change = False

    def render_name(self, record: Any) -> Any:
        return self.link(record.name, "practices:practice_detail", record.code)

    def render_chin(self, record: Any) -> Any:
        if record.chin_slug is None:
            return self.tag("none")
        return self.link(record.chin_name, "chins:chin_detail", record.chin_slug)

    def render_list_size(self, value: int) -> str:
        return words.number(value)

    def render_amount(self, value: Decimal | None) -> Any:
        if value is None:
            return format_html('<span class="app-quiet">{}</span>', wording.NOT_STATED)
        return words.pounds(value, 2)

    def render_claim(self, record: Any) -> Any:
        if record.claim_state is None:
            return format_html('<span class="app-quiet">{}</span>', "No claim yet")
        return self.tag(f"claim-{record.claim_state}", ClaimState(record.claim_state).label)

    def render_off(self, record: Eligible) -> Any:
        since = f"Since {words.short_day(record.added_on)}"
        if not self.may_change or record.removed_on is not None:
            return since
        return format_html("{} {}", since, self.link("Take off", "lcs:place_remove", record.pk))
