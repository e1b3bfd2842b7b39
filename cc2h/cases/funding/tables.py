"""The columns of the money of cases."""

from typing import Any

from django_tables2 import Column

from cc2h.cases.funding.states import TrancheState
from cc2h.kit import words
from cc2h.kit.days import year_name
from cc2h.kit.lists import NUMERIC, ListTable


def _money(text: str, accessor: str) -> Column:
    return Column(verbose_name=text, accessor=accessor, attrs=NUMERIC)


class ShareTable(ListTable):
    """Cases and years as `queries.shares` gives them."""

    case = Column(verbose_name="Case", accessor="case_number")
    chin = Column(verbose_name="CHIN", accessor="payer__submission__case__chin__name")
    year = Column(verbose_name="Year")
    line = Column(verbose_name="Paid by", accessor="payer__line__name")
    amount = _money("Committed", "amount")
    given_back = _money("Given back", "given_back")
    planned = _money("Planned", "planned")
    released = _money("Released", "released")
    paid = _money("Paid", "paid")
    left = _money("Left to plan", "left")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "case", "caption": "Money of business cases"}

    def render_case(self, record: Any) -> Any:
        case = record.payer.submission.case
        return self.link(f"{case.number} {case.title}", "cases:case_detail", case.number)

    def render_year(self, value: int) -> str:
        return year_name(value)

    def render_line(self, record: Any, value: str) -> str:
        return f"{value}, delegated" if record.payer.delegated else value

    def _pounds(self, value: Any) -> str:
        return words.pounds(value, 2)

    render_amount = render_given_back = render_planned = render_released = render_paid = render_left = _pounds


class TrancheTable(ListTable):
    """Tranches as `queries.tranches` gives them."""

    case = Column(verbose_name="Case", accessor="case__number")
    number = Column(verbose_name="Tranche", attrs=NUMERIC)
    what = Column(verbose_name="What for")
    payee = Column(verbose_name="Payee", accessor="payee__name")
    year = Column(verbose_name="Year")
    due_on = Column(verbose_name="Planned for", empty_values=())
    state = Column(verbose_name="State", accessor="state_on")
    amount = _money("Amount", "amount")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "case", "caption": "Tranches of business cases"}

    def render_case(self, record: Any) -> Any:
        return self.link(f"{record.case.number} {record.case.title}", "cases:case_detail", record.case.number)

    def render_year(self, value: int) -> str:
        return year_name(value)

    def render_due_on(self, value: Any) -> str:
        return words.short_day(value) if value else words.DASH

    def render_state(self, value: str) -> Any:
        return self.tag(f"tranche-{value}", TrancheState(value).label)

    def render_amount(self, value: Any) -> str:
        return words.pounds(value, 2)
