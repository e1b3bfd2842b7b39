"""The columns of QISTs, and of what they did."""

from typing import Any

from django_tables2 import Column

from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable
from kpis.qists.models import Qist, Support
from kpis.qists.queries import state_on

STATES = {"to-come": "Planned", "in-place": "In place", "ended": "Ended"}
TAGS = {"to-come": "planned", "in-place": "active", "ended": "ended"}


class QistTable(ListTable):
    name = Column(verbose_name="QIST")
    commissioner = Column(verbose_name="Commissioner", accessor="commissioner__short_name")
    host = Column(verbose_name="Host")
    conditions = Column(verbose_name="Manages", orderable=False, empty_values=())
    opens_on = Column(verbose_name="Works from")
    funding = Column(verbose_name="Funding", attrs=NUMERIC, empty_values=())
    state = Column(verbose_name="State", accessor="pk", orderable=False, empty_values=())

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "QISTs"}

    def render_name(self, record: Qist) -> Any:
        return self.link(record.name, "qists:qist_detail", record.slug)

    def render_conditions(self, record: Qist) -> str:
        return ", ".join(record.managed) or "Not stated"

    def render_opens_on(self, record: Qist) -> str:
        return words.short_day(record.opens_on)

    def render_funding(self, record: Qist) -> str:
        return "Not stated" if record.funding is None else words.pounds(record.funding)

    def render_state(self, record: Qist) -> Any:
        state = state_on(record, self.asat.day)
        return self.tag(TAGS[state], STATES[state])


class SupportTable(ListTable):
    day = Column(verbose_name="Day")
    name = Column(verbose_name="Practice", empty_values=())
    kind = Column(verbose_name="Kind", accessor="kind")
    what = Column(verbose_name="What was done", orderable=False)
    agreed = Column(verbose_name="Agreed", orderable=False)
    result = Column(verbose_name="What came of it", orderable=False, empty_values=())
    author = Column(verbose_name="Written by", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "day", "caption": "Support"}

    may_write: frozenset[int] = frozenset()  # the practices for which the reader writes it down

    def render_day(self, record: Support) -> str:
        return words.short_day(record.day)

    def render_name(self, record: Any) -> Any:
        return self.link(record.name or record.code, "practices:practice_detail", record.code)

    def render_kind(self, record: Support) -> str:
        return record.get_kind_display()

    def render_result(self, record: Support) -> Any:
        if record.result or record.practice_id not in self.may_write:
            return record.result or "Not known yet"
        return self.link("Add what came of it", "qists:add_result", record.pk)
