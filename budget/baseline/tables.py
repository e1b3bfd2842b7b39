"""The columns of the assessment's lists."""

from datetime import date
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from budget.baseline.queries import STATES
from budget.baseline.questions import SECTIONS
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


def _with(text: Any, more: str) -> Any:
    return format_html('{} <span class="app-line app-quiet">{}</span>', text, more) if more else text


class RoundTable(ListTable):
    """Rounds as `queries.rounds` gives them."""

    name = Column(verbose_name="Round")
    commissioner = Column(verbose_name="Commissioner", accessor="commissioner__short_name")
    opens = Column(verbose_name="Opens")
    due = Column(verbose_name="Due")
    sent = Column(verbose_name="Practices that sent it in", attrs=NUMERIC)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Rounds of the baseline assessment"}

    def render_name(self, record: Any, value: str) -> Any:
        return self.link(value, "baseline:practice_list", round=record.slug)

    def render_opens(self, value: date) -> str:
        return words.short_day(value)

    def render_due(self, value: date) -> str:
        return words.short_day(value)


class ProgressTable(ListTable):
    """Practices as `queries.progress` gives them."""

    round: str = ""  # its slug

    name = Column(verbose_name="Practice")
    chin = Column(verbose_name="CHIN", accessor="chin_name")
    state = Column(verbose_name="State")
    done = Column(verbose_name="Sections done", attrs=NUMERIC)
    sent_on = Column(verbose_name="Sent in")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Practices and how far they are"}

    def render_name(self, record: Any, value: str) -> Any:
        return _with(self.link(value, "baseline:practice_detail", self.round, record.ods_code), record.ods_code)

    def render_chin(self, record: Any, value: str) -> Any:
        return self.link(value, "chins:chin_detail", record.chin_slug)

    def render_state(self, value: str) -> Any:
        return self.tag(value, STATES[value])

    def render_done(self, value: int) -> str:
        return f"{value} of {len(SECTIONS)}"

    def render_sent_on(self, record: Any, value: date) -> Any:
        return _with(words.short_day(value), "late" if record.late else "")


class VacancyTable(ListTable):
    """Vacant posts as `queries.vacancies` gives them."""

    name = Column(verbose_name="Practice", accessor="practice_name")
    chin = Column(verbose_name="CHIN", accessor="chin_name")
    role = Column(verbose_name="Role", accessor="role_name")
    vacancies = Column(verbose_name="Vacant posts", attrs=NUMERIC)
    vacant_wte = Column(verbose_name="WTE", attrs=NUMERIC)
    sent_on = Column(verbose_name="As sent in on")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Vacant posts"}

    def render_name(self, record: Any, value: str) -> Any:
        page = ("baseline:practice_detail", record.submission.assessment.slug, record.practice)
        return _with(self.link(value, *page), record.practice)

    def render_chin(self, record: Any, value: str) -> Any:
        return self.link(value, "chins:chin_detail", record.chin)

    def render_vacant_wte(self, value: Any) -> str:
        return words.number(value, 2)

    def render_sent_on(self, value: date) -> str:
        return words.short_day(value)
