"""The columns of the list of people."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django_tables2 import Column

from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.lists import ListTable


class PersonTable(ListTable):
    name = Column()
    email = Column(verbose_name="E-mail address")
    is_active = Column(verbose_name="Access")
    last_login = Column(verbose_name="Last signed in")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "People"}
        default = "never"

    def render_name(self, record: User, value: str) -> Any:
        return self.link(value, "people:user_detail", record.pk)

    def render_is_active(self, value: bool) -> Any:
        return self.tag("active", "May sign in") if value else self.tag("closed", "Ended")

    def render_last_login(self, value: datetime) -> str:
        return words.moment(timezone.localtime(value))
