"""The columns of the register of interests, of who has confirmed theirs, and of the list of decisions."""

from typing import Any

from django_tables2 import Column

from cc2h.accounts.models import User
from cc2h.governance.decisions import queries, wording
from cc2h.governance.decisions.models import Decision, Interest
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


class InterestTable(ListTable):
    """Interests as `queries.register` gives them."""

    person = Column(verbose_name="Who", accessor="person__name")
    kind = Column(verbose_name="Kind")
    what = Column(verbose_name="Interest")
    organisation = Column(verbose_name="Organisation")
    period = Column(verbose_name="From and to", order_by="period__startswith")
    state = Column(verbose_name="State", accessor="pk", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "person", "caption": "Register of interests"}

    def render_person(self, record: Interest, value: str) -> Any:
        return self.link(value, "decisions:person", record.person_id)

    def render_kind(self, record: Interest) -> str:
        return record.get_kind_display()

    def render_period(self, record: Interest) -> str:
        return words.period(record.period.lower, record.period.upper)

    def render_state(self, record: Interest) -> Any:
        state = wording.interest_state(record, self.asat)
        return self.tag(f"interest-{state}")


class PeopleTable(ListTable):
    """People as `queries.people` gives them."""

    name = Column(verbose_name="Who")
    interests_true = Column(verbose_name="Interests", attrs=NUMERIC)
    confirmed = Column(verbose_name="Confirmed on", empty_values=())
    state = Column(verbose_name="State", accessor="pk", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Who has confirmed their interests"}

    def render_name(self, record: User, value: str) -> Any:
        return self.link(value, "decisions:person", record.pk)

    def render_confirmed(self, record: Any) -> str:
        return words.short_day(record.confirmed)

    def render_state(self, record: Any) -> Any:
        if record.confirmed is None:
            return self.tag("never-confirmed")
        if record.confirmed < queries.overdue_since(self.asat.day):
            return self.tag("confirm-again")
        return self.tag("nothing-to-declare" if record.said_nothing and not record.interests_true else "confirmed")


class DecisionTable(ListTable):
    """Decisions as `queries.listed_decisions` gives them."""

    item = Column(verbose_name="Item", accessor="item__title")
    body = Column(verbose_name="Body")
    day = Column(verbose_name="On")
    label = Column(verbose_name="Outcome")
    votes_for = Column(verbose_name="For", attrs=NUMERIC)
    votes_against = Column(verbose_name="Against", attrs=NUMERIC)
    conflicted = Column(verbose_name="With a conflict", attrs=NUMERIC)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "item", "caption": "Decisions"}

    def render_item(self, record: Decision, value: str) -> Any:
        return self.link(value, "decisions:decision_detail", record.pk)

    def render_day(self, record: Decision) -> str:
        return words.short_day(record.day)
