"""The columns of the library, and of the values of a measure."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable
from kpis import wording
from kpis.models import Better, Initiative, Periodicity, PracticeValue
from kpis.periods import period_name
from kpis.series import value_of

QUIET = '<span class="app-quiet">{}</span>'


class MeasureTable(ListTable):
    """Measures as `queries.library` gives them."""

    name = Column(verbose_name="Measure")
    initiative = Column(verbose_name="Initiative")
    months = Column(verbose_name="How often")
    better = Column(verbose_name="Better")
    newest = Column(verbose_name="Newest values", empty_values=())
    target = Column(verbose_name="Target", accessor="targeted")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Measures"}

    def render_name(self, record: Any) -> Any:
        return self.link(record.name, "kpis:measure_detail", record.code)

    def render_initiative(self, value: str) -> str:
        return Initiative(value).label

    def render_months(self, value: int) -> str:
        return Periodicity(value).label

    def render_better(self, value: str) -> str:
        return {Better.UP: "Higher", Better.DOWN: "Lower"}.get(Better(value), "Neither way")

    def render_newest(self, record: Any) -> Any:
        if record.newest is None:
            return format_html(QUIET, wording.NO_DATA)
        return period_name(record.newest, record.months or 12)

    def render_target(self, value: bool) -> Any:
        return "Set" if value else format_html(QUIET, wording.NO_TARGET)


class ValueTable(ListTable):
    """Values as `queries.values` gives them."""

    code = Column(verbose_name="Code", attrs={"td": {"class": "quiet"}})
    name = Column(verbose_name="Practice")
    chin = Column(verbose_name="CHIN", accessor="chin_name", empty_values=())
    numerator = Column(verbose_name="Numerator", attrs=NUMERIC, empty_values=())
    denominator = Column(verbose_name="Denominator", attrs=NUMERIC, empty_values=())
    value = Column(verbose_name="Value", attrs=NUMERIC, empty_values=(), orderable=False)
    published = Column(verbose_name="Published")
    file = Column(verbose_name="File and row", accessor="file_name", empty_values=())

    definition: Any = None
    files_seen: Collection[int] = ()

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Values by practice"}

    def render_name(self, record: Any) -> Any:
        return self.link(record.name, "practices:practice_detail", record.code)

    def render_chin(self, record: Any) -> Any:
        return self.link(record.chin_name, "chins:chin_detail", record.chin) if record.chin else words.DASH

    def render_numerator(self, record: PracticeValue) -> str:
        return _side(record.numerator)

    def render_denominator(self, record: PracticeValue) -> str:
        return _side(record.denominator)

    def render_value(self, record: Any) -> Any:
        if record.suppressed:
            return format_html(QUIET, wording.NOT_TOLD)
        text = wording.shown(
            self.definition, value_of(self.definition, record.numerator, record.denominator, record.value)
        )
        return format_html('{} <span class="app-quiet">{}</span>', text, "revised") if record.revised else text

    def render_published(self, value: bool) -> str:
        return "Yes" if value else "Local"

    def render_file(self, record: Any) -> Any:
        if record.source_id is None:
            return words.DASH
        row = f"row {words.number(record.row_number)}"
        if record.source_id not in self.files_seen:
            return f"{record.file_name}, {row}"
        return format_html("{}, {}", self.link(record.file_name, "imports:import_detail", record.source_id), row)


def _side(number: Decimal | None) -> str:
    return words.DASH if number is None else words.measured(number)
