"""The columns of the lists of CHINs and posts, and of the access review."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable
from chins.models import Chin, Post
from chins.queries import ABOVE, BELOW

NOWRAP = {"td": {"class": "nowrap"}}


class ChinTable(ListTable):
    """CHINs as `queries.listed_chins` gives them."""

    name = Column(verbose_name="Name")
    status = Column()
    commissioner = Column(accessor="commissioner__short_name")
    word = Column(verbose_name="Called", accessor="commissioner__local_word")
    since = Column(attrs=NOWRAP)
    practices = Column(attrs=NUMERIC)
    patients = Column(attrs=NUMERIC)
    band = Column(verbose_name="Size band", order_by="patients", empty_values=())
    beside = Column(verbose_name="Side by side", accessor="slug", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "CHINs"}

    def render_name(self, record: Chin, value: str) -> Any:
        return self.link(value, "chins:chin_detail", record.slug)

    def render_status(self, value: str) -> Any:
        return self.tag(value)

    def render_word(self, record: Chin, value: str) -> str:
        return record.get_kind_display() if record.kind == Chin.Kind.PCN else value

    def render_since(self, value: date) -> str:
        return words.short_day(value)

    def render_practices(self, value: int) -> str:
        return words.number(value)

    def render_patients(self, value: int) -> str:
        return words.number(value)

    def render_band(self, record: Any) -> Any:
        low, high = record.commissioner.band_low, record.commissioner.band_high
        if record.band == BELOW:
            return format_html("{} {} below", self.tag("outside-the-band"), words.number(low - record.patients))
        if record.band == ABOVE:
            return format_html("{} {} above", self.tag("outside-the-band"), words.number(record.patients - high))
        return "inside" if record.band else words.DASH

    def render_beside(self, record: Chin, value: str) -> SafeString:
        """A box of the form under the list, which leads to the page of CHINs side by side."""
        box = (
            '<input class="app-tick" type="checkbox" name="chin" form="beside" value="{}" aria-label="{} side by side">'
        )
        return format_html(box, value, record.name)


class PostTable(ListTable):
    """Posts with their holders, as `queries` gives them."""

    title = Column(verbose_name="Post")
    role = Column()
    holder = Column(verbose_name="Held by", empty_values=())
    deputies = Column(verbose_name="Deputies", orderable=False, empty_values=())
    since = Column(attrs=NOWRAP)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Posts"}

    def render_title(self, record: Post, value: str) -> Any:
        return self.link(value, "people:post_detail", record.pk)

    def render_role(self, value: str) -> str:
        return str(Role(value).label)

    def render_holder(self, record: Any) -> Any:
        return record.holder or self.tag("vacant")

    def render_deputies(self, record: Any) -> str:
        return ", ".join(record.acting) if record.acting else words.DASH

    def render_since(self, value: date) -> str:
        return words.short_day(value)


class AccessTable(ListTable):
    name = Column()
    email = Column(verbose_name="E-mail address")
    posts = Column(verbose_name="Posts held")
    deputises = Column(verbose_name="Deputises for")
    factor = Column(verbose_name="Second factor", order_by=("factor", "guarded"))
    seen = Column(verbose_name="Last seen")
    is_active = Column(verbose_name="Access")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Who holds what, and when they were last here"}

    def render_name(self, record: User, value: str) -> SafeString:
        return self.link(value, "people:user_detail", record.pk)

    def render_factor(self, record: Any, value: bool) -> Any:
        if value:
            return "Set up"
        return self.tag("closed", "Needed, not set up") if record.guarded else words.DASH

    def render_seen(self, value: datetime) -> str:
        return words.moment(timezone.localtime(value))

    def render_is_active(self, value: bool) -> Any:
        return self.tag("active", "May sign in") if value else self.tag("closed", "Ended")
