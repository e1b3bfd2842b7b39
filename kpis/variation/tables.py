"""The columns of the table of variation."""

from typing import Any

from django_tables2 import Column

from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable
from kpis.models import Better, Definition
from kpis.variation.drawing import said
from kpis.variation.judging import Judged, in_words


class PracticeTable(ListTable):
    """Judged rows, in the order of names: a rank would say nothing of chance."""

    name = Column(verbose_name="Practice", accessor="own__name", order_by=("name",))
    chin = Column(verbose_name="CHIN", accessor="own__chin_name", order_by=("chin_name",), empty_values=())
    commissioner = Column(
        verbose_name="Commissioner", accessor="own__commissioner_name", order_by=("commissioner_name",)
    )
    numbers = Column(
        verbose_name="Numbers", accessor="own__denominator", order_by=("denominator",), empty_values=(), attrs=NUMERIC
    )
    value = Column(verbose_name="Value", accessor="own__value", order_by=("level",), attrs=NUMERIC)
    interval = Column(verbose_name="95% interval", orderable=False, empty_values=(), attrs=NUMERIC)
    verdict = Column(verbose_name="Unadjusted", orderable=False, empty_values=())
    wide = Column(verbose_name="Overdispersed", orderable=False, empty_values=())

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Practices"}

    definition: Definition

    def render_name(self, record: Judged) -> Any:
        return self.link(record.own.name, "practices:practice_detail", record.own.code)

    def render_chin(self, record: Judged) -> Any:
        if not record.own.chin:
            return self.tag("none")
        return self.link(record.own.chin_name, "chins:chin_detail", record.own.chin)

    def render_numbers(self, record: Judged) -> str:
        own = record.own
        if own.numerator is None:
            return words.DASH
        top = numbers(own.numerator)
        return f"{top} of {numbers(own.denominator)}" if own.denominator else top

    def render_value(self, record: Judged) -> str:
        return said(self.definition, record.own.value)

    def render_interval(self, record: Judged) -> str:
        one = record.interval
        return f"{said(self.definition, one.lower)} to {said(self.definition, one.upper)}" if one else words.DASH

    def render_verdict(self, record: Judged) -> str:
        return in_words(record.verdict, Better(self.definition.better))

    def render_wide(self, record: Judged) -> str:
        return in_words(record.wide_verdict, Better(self.definition.better))


def numbers(value: Any) -> str:
    """A numerator or denominator: whole where it is, else to one place."""
    return words.DASH if value is None else words.number(value, 0 if value == int(value) else 1)
