"""The columns of the lists of imports and of their problems."""

from typing import Any

from django.utils import timezone
from django_tables2 import Column

from cc2h.kit import words
from cc2h.kit.imports.kinds import kinds
from cc2h.kit.lists import NUMERIC, ListTable
from cc2h.kit.models import Import


class ImportTable(ListTable):
    file_name = Column(verbose_name="File")
    kind = Column(verbose_name="Kind", empty_values=())
    extract_day = Column(verbose_name="Day of the file")
    state = Column()
    rows = Column(attrs=NUMERIC)
    problem_count = Column(verbose_name="Problems", attrs=NUMERIC)
    uploaded_at = Column(verbose_name="Brought")
    uploaded_by = Column(verbose_name="By", order_by="uploaded_by__name", empty_values=())

    class Meta(ListTable.Meta):
        attrs = {"row_header": "file_name", "caption": "Imported files"}

    def render_file_name(self, record: Import) -> Any:
        return self.link(record.file_name, "imports:import_detail", record.pk)

    def render_kind(self, value: str | None) -> str:
        return kinds[value].label if value in kinds else "Not recognised"

    def render_extract_day(self, value: Any) -> str:
        return words.short_day(value)

    def render_state(self, record: Import) -> Any:
        return self.tag(record.state, record.get_state_display())

    def render_rows(self, value: int) -> str:
        return words.number(value)

    def render_problem_count(self, value: int) -> str:
        return words.number(value)

    def render_uploaded_at(self, value: Any) -> str:
        return words.moment(timezone.localtime(value))

    def render_uploaded_by(self, record: Import) -> str:
        return str(record.uploaded_by) if record.uploaded_by else "a command"


class ProblemTable(ListTable):
    line = Column(attrs=NUMERIC)
    column = Column()
    value = Column()
    problem = Column(verbose_name="What is wrong, and what was expected")
    quarantined = Column(verbose_name="Row")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "line", "caption": "Problems"}

    def render_line(self, record: Any, value: int) -> Any:
        shown = f"{record.sheet}, {words.number(record.row)}" if record.sheet else words.number(value)
        return self.link(shown, "imports:import_detail", record.of_id, row=value)

    def render_quarantined(self, value: bool) -> str:
        return "held back" if value else "used"
