"""The columns of the list of agreements."""

from typing import Any

from django_tables2 import Column

from budget.agreements import wording
from budget.agreements.models import Agreement
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable


class AgreementTable(ListTable):
    """Agreements as `queries.listed` gives them."""

    title = Column(verbose_name="Agreement")
    chin = Column(verbose_name="Of", accessor="chin__name", empty_values=())
    kind = Column(verbose_name="Kind")
    number = Column(verbose_name="Version", attrs=NUMERIC)
    signed = Column(verbose_name="Signed by", attrs=NUMERIC)
    state = Column(verbose_name="State", accessor="to_sign", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Agreements"}

    def render_title(self, record: Agreement, value: str) -> Any:
        return self.link(value, "agreements:agreement_detail", record.slug)

    def render_chin(self, record: Agreement) -> str:
        return str(record.chin or record.commissioner.short_name)

    def render_kind(self, record: Agreement) -> str:
        return record.get_kind_display()

    def render_number(self, value: int) -> str:
        return str(value or words.DASH)

    def render_signed(self, record: Any) -> str:
        return f"{record.signed} of {record.asked}"

    def render_state(self, record: Any) -> Any:
        return self.tag(wording.state(record, self.asat.day))
