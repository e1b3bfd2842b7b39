"""The columns of the lists of expressions, criteria and scores."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable
from chins.interest.models import Criterion, Expression
from chins.interest.scoring import plain
from chins.tables import NOWRAP


class ExpressionTable(ListTable):
    """Expressions as `queries.listed_expressions` gives them."""

    title = Column(verbose_name="Expression of interest")
    status = Column(verbose_name="State")
    since = Column(attrs=NOWRAP)
    commissioner = Column(accessor="commissioner__short_name")
    received = Column(attrs=NOWRAP)
    lead = Column(verbose_name="Lead applicant", accessor="led_by", orderable=False)
    named = Column(verbose_name="Practices", attrs=NUMERIC)
    patients = Column(attrs=NUMERIC)
    chin = Column(verbose_name="CHIN born from it", accessor="chin__name")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Expressions of interest"}

    def render_title(self, record: Expression, value: str) -> Any:
        return self.link(value, "chins:expression_detail", record.pk)

    def render_status(self, value: str) -> Any:
        return self.tag(value)

    def render_since(self, value: date) -> str:
        return words.short_day(value)

    def render_received(self, value: date) -> str:
        return words.short_day(value)

    def render_named(self, value: int) -> str:
        return words.number(value)

    def render_patients(self, value: int) -> str:
        return words.number(value)

    def render_chin(self, record: Expression, value: str) -> Any:
        if record.chin is None or record.status != Expression.State.APPROVED:
            return words.DASH
        return self.link(value, "chins:chin_detail", record.chin.slug)


class CriterionTable(ListTable):
    name = Column(verbose_name="Criterion")
    looks_for = Column(verbose_name="What is looked for", orderable=False)
    commissioner = Column(accessor="commissioner__short_name")
    maximum = Column(verbose_name="Highest score", attrs=NUMERIC)
    weight = Column(attrs=NUMERIC)
    period = Column(verbose_name="In force", order_by="period__startswith")
    change = Column(verbose_name="Change", empty_values=(), orderable=False)
    keeps: frozenset[int] = frozenset()

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Criteria"}

    def render_weight(self, value: Decimal) -> str:
        return str(plain(value))

    def render_period(self, value: Any) -> str:
        return words.period(value.lower, value.upper)

    def render_change(self, record: Criterion) -> Any:
        of = format_html('<span class="nhsuk-u-visually-hidden">: {}</span>', record.name)
        change = self.link(format_html("Change{}", of), "chins:criterion_change", record.pk)
        return format_html("{}, {}", change, self.link(format_html("End{}", of), "chins:criterion_end", record.pk))


class ScoreTable(ListTable):
    criterion = Column(accessor="criterion__name", order_by=("criterion__name", "evaluator__name"))
    evaluator = Column(accessor="evaluator__name")
    score = Column(attrs=NUMERIC)
    maximum = Column(verbose_name="Of", accessor="criterion__maximum", attrs=NUMERIC)
    weight = Column(accessor="criterion__weight", attrs=NUMERIC)
    weighted = Column(verbose_name="Score × weight", attrs=NUMERIC)
    comment = Column(orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "criterion", "caption": "Scores of complete evaluations"}

    def render_weight(self, value: Decimal) -> str:
        return str(plain(value))

    def render_weighted(self, value: Decimal) -> str:
        return str(plain(value))
