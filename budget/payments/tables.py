"""The columns of lists about payments."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from budget.payments.models import Run
from budget.payments.owing import About
from budget.payments.queries import said_of
from budget.payments.states import LineState, PayableState, RecoveryState, RunState
from cc2h.kit import words
from cc2h.kit.days import year_name
from cc2h.kit.lists import NUMERIC, ListTable

STATE_TAGS = {
    LineState.WAITING: "checking",
    LineState.PAID: "done",
    LineState.FAILED: "failed",
    LineState.REVERSED: "overdue",
    PayableState.OWED: "open",
    PayableState.CALLED_OFF: "dropped",
    PayableState.BACK: "overdue",
    RecoveryState.ASKED: "asked",
    RecoveryState.RECEIVED: "done",
    RecoveryState.LET_GO: "dropped",
    RunState.PREPARED: "received",
    RunState.AUTHORISED: "agreed",
    RunState.EXPORTED: "checking",
    RunState.CONFIRMED: "done",
    RunState.WITHDRAWN: "withdrawn",
}


def _with(text: Any, more: str) -> Any:
    return format_html('{} <span class="app-line app-quiet">{}</span>', text, more) if more else text


class PayableTable(ListTable):
    """What is owed, as `queries.payables` gives it."""

    about: Mapping[str, About] = {}

    payee = Column(verbose_name="Payee", accessor="payee__name")
    reason = Column(verbose_name="What for")
    line = Column(verbose_name="Budget line", accessor="line__name")
    amount = Column(verbose_name="Amount", attrs=NUMERIC)
    day = Column(verbose_name="Owed since")
    state = Column(verbose_name="State", accessor="state_on")
    run = Column(verbose_name="Payment run", accessor="run_number")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "payee", "caption": "What is owed"}

    def render_payee(self, record: Any, value: str) -> Any:
        return self.link(value, "payments:payee_detail", record.payee_id)

    def render_reason(self, record: Any, value: str) -> Any:
        about = self.about.get(record.about)
        return self.link(value, about.address, *about.arguments) if about and about.address else value

    def render_line(self, record: Any, value: str) -> Any:
        return _with(value, year_name(record.year))

    def render_amount(self, value: Any) -> str:
        return words.pounds(value, 2)

    def render_day(self, value: Any) -> str:
        return words.short_day(value)

    def render_state(self, value: str) -> Any:
        return self.tag(STATE_TAGS.get(PayableState(value), "done"), PayableState(value).label)

    def render_run(self, record: Any, value: str) -> Any:
        return self.link(value, "payments:run_detail", record.run_id)


class RunTable(ListTable):
    """Runs as `queries.runs` gives them."""

    number = Column(verbose_name="Payment run")
    state = Column(verbose_name="State", accessor="state_on")
    count = Column(verbose_name="Payments", attrs=NUMERIC)
    total = Column(verbose_name="Total", attrs=NUMERIC)
    prepared_on = Column(verbose_name="Prepared")
    authorised_on = Column(verbose_name="Authorised")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "number", "caption": "Payment runs"}

    def render_number(self, record: Run, value: str) -> Any:
        return self.link(value, "payments:run_detail", record.pk)

    def render_state(self, value: str) -> Any:
        return self.tag(STATE_TAGS[RunState(value)], RunState(value).label)

    def render_count(self, value: int) -> str:
        return words.number(value)

    def render_total(self, value: Any) -> str:
        return words.pounds(value, 2)

    def render_prepared_on(self, record: Run, value: Any) -> Any:
        return _with(words.short_day(value), record.prepared_by.name)

    def render_authorised_on(self, record: Run, value: Any) -> Any:
        if value > self.asat.day or record.authorised_by is None:
            return words.DASH
        return _with(words.short_day(value), record.authorised_by.name)


class PaymentTable(ListTable):
    """Payments as `queries.payments` gives them."""

    reference = Column(verbose_name="Reference")
    run = Column(verbose_name="Payment run", accessor="run__number")
    payee = Column(verbose_name="Payee", accessor="payable__payee__name")
    what_for = Column(verbose_name="What for", accessor="payable__reason")
    amount = Column(verbose_name="Amount", attrs=NUMERIC)
    state = Column(verbose_name="State", accessor="state_on")
    day = Column(verbose_name="Day", accessor="day_on")
    reason = Column(verbose_name="Why")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "reference", "caption": "Payments"}

    def render_run(self, record: Any, value: str) -> Any:
        return self.link(value, "payments:run_detail", record.run_id)

    def render_payee(self, record: Any, value: str) -> Any:
        return self.link(value, "payments:payee_detail", record.payable.payee_id)

    def render_amount(self, value: Any) -> str:
        return words.pounds(value, 2)

    def render_state(self, record: Any, value: str) -> Any:
        return self.tag(STATE_TAGS[LineState(value)], said_of(value, record.run, self.asat.day))

    def render_day(self, value: Any) -> str:
        return words.short_day(value)

    def render_reason(self, record: Any, value: str) -> str:
        return value if record.state_on == record.state else words.DASH


class RecoveryTable(ListTable):
    """What was asked back, as `queries.recoveries` gives it."""

    about: Mapping[str, About] = {}

    payee = Column(verbose_name="Payee", accessor="payable__payee__name")
    what_for = Column(verbose_name="What for", accessor="payable__reason")
    amount = Column(verbose_name="Amount", attrs=NUMERIC)
    asked_on = Column(verbose_name="Asked back")
    reason = Column(verbose_name="Why")
    state = Column(verbose_name="State", accessor="state_on")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "payee", "caption": "Asked back"}

    def render_payee(self, record: Any, value: str) -> Any:
        return self.link(value, "payments:payee_detail", record.payable.payee_id)

    def render_what_for(self, record: Any, value: str) -> Any:
        about = self.about.get(record.payable.about)
        return self.link(value, about.address, *about.arguments) if about and about.address else value

    def render_amount(self, value: Any) -> str:
        return words.pounds(value, 2)

    def render_asked_on(self, record: Any, value: Any) -> Any:
        return _with(words.short_day(value), record.asked_by.name if record.asked_by else "")

    def render_state(self, record: Any, value: str) -> Any:
        state = self.tag(STATE_TAGS[RecoveryState(value)], RecoveryState(value).label)
        if value == RecoveryState.ASKED:
            return state
        return _with(state, f"{words.short_day(record.settled_on)}: {record.why}".rstrip(": "))


class PayeeTable(ListTable):
    """Payees as `queries.payees` gives them."""

    name = Column(verbose_name="Payee")
    kind = Column(verbose_name="Kind")
    reference = Column(verbose_name="Reference")
    owed = Column(verbose_name="Owed", attrs=NUMERIC)
    paid = Column(verbose_name="Paid", attrs=NUMERIC)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Payees"}

    def render_name(self, record: Any, value: str) -> Any:
        return self.link(value, "payments:payee_detail", record.pk)

    def render_kind(self, record: Any) -> str:
        return str(record.get_kind_display())

    def render_owed(self, value: Any) -> str:
        return words.pounds(value, 2)

    def render_paid(self, value: Any) -> str:
        return words.pounds(value, 2)
