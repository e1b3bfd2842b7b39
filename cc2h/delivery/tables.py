"""The columns of the list of actions."""

from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.accounts.records import noun_of
from cc2h.delivery import wording
from cc2h.delivery.models import Action
from cc2h.kit import words
from cc2h.kit.lists import ListTable


class ActionTable(ListTable):
    """Actions as `queries.with_records` gives them."""

    what = Column(verbose_name="What is to be done")
    about = Column(verbose_name="About", accessor="key", order_by=("kind", "key"))
    owner = Column(verbose_name="Owner", accessor="owner__title")
    due = Column(verbose_name="Due", empty_values=())
    raised_on = Column(verbose_name="Raised")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "what", "caption": "Actions"}

    def render_what(self, record: Action, value: str) -> Any:
        return self.link(value, "delivery:action_detail", record.pk)

    def render_about(self, record: Action) -> Any:
        if record.record is None:
            return format_html('<span class="app-quiet">{}, not yours to see</span>', noun_of(record.kind))
        return format_html('<a href="{}">{}</a>', record.record.page, record.record.name)

    def render_owner(self, record: Action, value: str) -> Any:
        if record.holder is None:
            return format_html("{} {}", value, self.tag("vacant"))
        if record.holder.casefold() == value.casefold():
            return value
        return format_html('{} <span class="app-quiet">{}</span>', value, record.holder)

    def render_due(self, record: Action) -> Any:
        today = self.asat.today
        tag = self.tag(wording.tag(record, today), wording.stands(record, today))
        kept_together = " nowrap" if record.due_day else ""
        when = wording.when(record, words.short_day)
        return format_html('{} <span class="app-quiet{}">{}</span>', tag, kept_together, when)

    def render_raised_on(self, record: Action) -> Any:
        age = wording.age(record, self.asat.today)
        return format_html(
            '<span class="nowrap">{}</span> <span class="app-quiet">{}</span>', words.short_day(record.raised_on), age
        )
