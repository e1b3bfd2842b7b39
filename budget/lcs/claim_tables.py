"""The columns of the list of claims."""

from datetime import date
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from budget.lcs import claim_queries as queries
from budget.lcs import wording
from budget.lcs.models import Claim
from budget.lcs.states import ClaimState
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


class ClaimTable(ListTable):
    """Claims as `claim_queries.claims` gives them."""

    practice = Column(verbose_name="Practice", accessor="practice_name")
    service = Column(
        verbose_name="Service", accessor="stage__service__name", order_by=("stage__service__name", "stage__number")
    )
    chin = Column(verbose_name="CHIN", accessor="chin_now_name")
    state = Column(verbose_name="State", accessor="state_on")
    sent = Column(verbose_name="Sent in", accessor="sent_by_then")
    waiting = Column(verbose_name="Days waiting", attrs=NUMERIC)
    amount = Column(verbose_name="Comes to", accessor="comes_to", attrs=NUMERIC, empty_values=())

    class Meta(ListTable.Meta):
        attrs = {"row_header": "practice", "caption": "Claims"}

    def render_practice(self, record: Claim, value: str) -> Any:
        name = self.link(value, "lcs:claim_detail", record.pk)
        return format_html('{} <span class="app-line app-quiet">{}</span>', name, record.practice.ods_code)

    def render_service(self, record: Claim, value: str) -> Any:
        stage = "" if record.stage.name == value else record.stage.name
        return format_html('{} <span class="app-line app-quiet">{}</span>', value, stage) if stage else value

    def render_state(self, record: Claim, value: str) -> Any:
        tag = self.tag(f"claim-{value}", str(ClaimState(value).label))
        late = queries.late_by_then(record, self.asat.day)
        return format_html("{} {}", tag, self.tag("late", "Late")) if late else tag

    def render_sent(self, value: date) -> str:
        return words.short_day(value)

    def render_amount(self, record: Claim, value: Any) -> str:
        if record.state_on in (ClaimState.WITHDRAWN, ClaimState.CLOSED):
            return words.DASH
        return wording.NOT_STATED if value is None else words.pounds(value, 2)
