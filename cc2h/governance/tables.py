"""The columns of bodies, seats and meetings."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django_tables2 import Column

from cc2h.governance import wording
from cc2h.governance.models import Body, Meeting, Seat
from cc2h.kit import words
from cc2h.kit.lists import NUMERIC, ListTable

DEEPEST = 5  # steps that a row is indented by at most


class BodyTable(ListTable):
    """Bodies as `queries.bodies` gives them, each under the one it reports to."""

    name = Column(verbose_name="Body", accessor="name", order_by="path")
    of = Column(verbose_name="Whose", accessor="commissioner__short_name", empty_values=())
    quorum = Column(verbose_name="Quorum", attrs=NUMERIC)
    limit = Column(verbose_name="Decides up to", attrs=NUMERIC)
    seats = Column(verbose_name="Seats filled", accessor="filled_on", empty_values=(), attrs=NUMERIC)
    next = Column(verbose_name="Next meeting", accessor="next_on")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Bodies"}

    def render_name(self, record: Body) -> Any:
        shown = self.link(record.name, "governance:body_detail", record.slug)
        if record.ended_on is not None:
            shown = format_html("{} {}", shown, self.tag("ended"))
        deep = min(record.depth, DEEPEST) if self.as_tree else 0  # type: ignore[attr-defined]
        return format_html('<span class="app-tree app-tree--{}">{}</span>', deep, shown) if deep else shown

    def render_of(self, record: Body) -> str:
        return wording.whose(record)

    def render_limit(self, value: Decimal) -> str:
        return words.pounds(value, 2)

    def render_seats(self, record: Any) -> Any:
        if not record.seats_on:
            return words.DASH
        text = f"{record.filled_on or 0} of {record.seats_on}"
        return self.link(text, "governance:seat_list", record.slug)

    def render_next(self, value: date) -> str:
        return words.short_day(value)

    @property
    def as_tree(self) -> bool:
        """Whether each stands under the one it reports to: in that order, and not among rows picked out."""
        return str(self.order_by[0] if self.order_by else "") == "name" and not self.picked

    picked = False


class SeatTable(ListTable):
    """Seats as `queries.seat_list` gives them."""

    title = Column(verbose_name="Seat")
    organisation = Column(verbose_name="Organisation")
    post = Column(verbose_name="Post", accessor="post__title")
    holder = Column(verbose_name="Who sits there", empty_values=())
    part = Column(verbose_name="Part")
    core = Column(verbose_name="Core")
    voting = Column(verbose_name="Votes")
    since = Column(verbose_name="Since", accessor="period", order_by="period__startswith")
    acts = Column(verbose_name="Change", accessor="pk", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "title", "caption": "Seats"}

    def render_post(self, record: Seat) -> Any:
        return self.link(record.post.title, "people:post_detail", record.post_id) if record.post else words.DASH

    def render_holder(self, record: Any) -> Any:
        return record.holder or self.tag("vacant")

    def render_part(self, record: Seat) -> str:
        return record.get_part_display()

    def render_core(self, value: bool) -> str:
        return "Yes" if value else "No"

    def render_voting(self, value: bool) -> str:
        return "Yes" if value else "No"

    def render_since(self, record: Seat) -> str:
        return words.short_day(record.first_day)

    def render_acts(self, record: Seat) -> Any:
        acts = (("Fill", "seat_fill"), ("Correct", "seat_correct"), ("End", "seat_end"), ("Void", "seat_void"))
        links = [self.link(text, f"governance:{name}", record.pk) for text, name in acts]
        return format_html('<span class="app-acts">{}{}{}{}</span>', *links)


class MeetingTable(ListTable):
    """Meetings as `queries.meetings` gives them."""

    day = Column(verbose_name="Day")
    body = Column(verbose_name="Body", accessor="body__name")
    of = Column(verbose_name="Whose", accessor="body__commissioner__short_name", empty_values=())
    begins = Column(verbose_name="Begins")
    place = Column(verbose_name="Place")
    papers = Column(verbose_name="Papers", accessor="papers_out_on", empty_values=())
    items = Column(verbose_name="Items", accessor="items_on", empty_values=(), attrs=NUMERIC)
    state = Column(verbose_name="State")

    class Meta(ListTable.Meta):
        attrs = {"row_header": "day", "caption": "Meetings"}

    def render_day(self, record: Meeting) -> Any:
        return self.link(words.day(record.day), "governance:meeting_detail", record.pk)

    def render_body(self, record: Meeting) -> Any:
        return self.link(record.body.name, "governance:body_detail", record.body.slug)

    def render_of(self, record: Meeting) -> str:
        return wording.whose(record.body)

    def render_begins(self, value: time) -> str:
        return f"{value:%H:%M}"

    def render_papers(self, record: Meeting) -> Any:
        return wording.papers(record, self.asat.today)

    def render_items(self, record: Any) -> Any:
        return self.link(str(record.items_on or 0), "governance:agenda", record.pk)

    def render_state(self, record: Meeting) -> Any:
        return self.tag(f"meeting-{record.state}", record.get_state_display())
