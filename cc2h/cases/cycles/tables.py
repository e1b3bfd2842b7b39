"""The columns of the library of finished cases."""

from typing import Any

from django_tables2 import Column

from cc2h.cases.cycles.states import Act
from cc2h.cases.states import CaseState
from cc2h.kit import words
from cc2h.kit.lists import ListTable


class LibraryTable(ListTable):
    """Cases as `queries.finished` gives them."""

    title = Column(verbose_name="Case")
    chin = Column(verbose_name="CHIN", accessor="chin_name")
    topic = Column(verbose_name="Topic")
    state = Column(verbose_name="Result")
    since = Column(verbose_name="On")
    learned = Column(verbose_name="What was learned", empty_values=())

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Finished cases"}

    def render_title(self, record: Any) -> Any:
        return self.link(f"{record.number} {record.title}", "cases:case_detail", record.number)

    def render_topic(self, record: Any) -> str:
        return str(record.get_topic_display())

    def render_state(self, record: Any) -> Any:
        return self.tag(f"case-{record.state}", CaseState(record.state).label)

    def render_since(self, value: Any) -> str:
        return words.short_day(value)

    def render_learned(self, record: Any) -> str:
        said = record.learned or "It ended before a cycle was studied."
        return f"{Act(record.act).label}: {said}" if record.act else said
