"""The columns of the lists of practices and commissioners."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column

from cc2h.kit import words
from cc2h.kit.days import year_before
from cc2h.kit.lists import NUMERIC, ListTable
from cc2h.kit.sparks import sparkline
from practices.maps import MapRow, Stands
from practices.models import Commissioner, Status
from practices.queries import PracticeRow, band_words


class PracticeTable(ListTable):
    """Rows are `practices.queries.PracticeRow`; each column is ordered by the fact of its name (`practices.matching`)."""

    ods_code = Column(verbose_name="Code", attrs={"td": {"class": "quiet"}})
    name = Column(verbose_name="Practice")
    commissioner = Column(verbose_name="Commissioner")
    chin = Column(verbose_name="CHIN", empty_values=(), accessor="place")
    since = Column(verbose_name="Since", accessor="place")
    patients = Column(attrs=NUMERIC)
    change = Column(verbose_name="Year", attrs=NUMERIC)
    months = Column(verbose_name="12 months", accessor="sizes", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Practices"}

    def render_name(self, record: PracticeRow) -> Any:
        link = self.link(record.name, "practices:practice_detail", record.ods_code)
        return link if record.status == Status.ACTIVE else format_html("{} {}", link, self.tag(record.status))

    def render_chin(self, record: PracticeRow) -> Any:
        if record.place:
            return self.link(record.place.name, "chins:chin_detail", record.place.slug)
        return self.tag("none") if record.status == Status.ACTIVE else words.DASH

    def render_since(self, record: PracticeRow) -> str:
        return words.short_day(record.place.since) if record.place else words.DASH

    def render_patients(self, value: int) -> str:
        return words.number(value)

    def render_change(self, value: int) -> str:
        return words.signed(value)

    def render_months(self, record: PracticeRow) -> Any:
        return _line(self.first_day, record.sizes)

    @cached_property
    def first_day(self) -> date:
        return year_before(self.asat.day)


@lru_cache(maxsize=8192)
def _line(first: date, sizes: str) -> SafeString:
    """The line of a year's list sizes, as PracticeRow has them; each is drawn once by a process."""
    pairs = (pair.split(" ") for pair in sizes.split(",") if pair)
    return sparkline(first, [(int(days), int(patients)) for days, patients in pairs])


class MapTable(ListTable):
    """The table twin of the map. Rows are `practices.maps.MapRow`."""

    ods_code = Column(verbose_name="Code", attrs={"td": {"class": "quiet"}})
    name = Column(verbose_name="Practice", accessor="called")
    commissioner = Column(verbose_name="Commissioner")
    chin = Column(verbose_name="CHIN", empty_values=())
    borough = Column(verbose_name="Borough")
    patients = Column(attrs=NUMERIC)
    position = Column(verbose_name="Latitude, longitude", attrs=NUMERIC, accessor="latitude", orderable=False)
    stands = Column(verbose_name="Borough’s outline", orderable=False)

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Practices and where they stand"}

    def render_name(self, record: MapRow) -> Any:
        link = self.link(record.called, "practices:practice_detail", record.ods_code)
        return link if record.status == Status.ACTIVE else format_html("{} {}", link, self.tag(record.status))

    def render_chin(self, record: MapRow) -> Any:
        if record.chin:
            return self.link(record.chin, "chins:chin_detail", record.chin_slug)
        return self.tag("none") if record.status == Status.ACTIVE else words.DASH

    def render_patients(self, value: int) -> str:
        return words.number(value)

    def render_position(self, record: MapRow) -> str:
        return f"{record.latitude:.4f}, {words.number(record.longitude, 4)}"

    def render_stands(self, record: MapRow) -> Any:
        unusual = record.stands in (Stands.OUTSIDE, Stands.NOWHERE)
        return self.tag("outside", record.stood) if unusual else record.stood


class CommissionerTable(ListTable):
    """Commissioners as `queries.listed_commissioners` gives them."""

    name = Column(verbose_name="Commissioner")
    ods_code = Column(verbose_name="Code", attrs={"td": {"class": "quiet"}})
    programme = Column(verbose_name="In the programme", order_by=("-in_programme", "short_name"))
    practices = Column(verbose_name="Active practices", attrs=NUMERIC)
    word = Column(verbose_name="Word for a CHIN", accessor="local_word")
    band = Column(verbose_name="Size band", empty_values=(), accessor="band_low", order_by=("band_low", "band_high"))
    target_day = Column(verbose_name="Full coverage due", attrs={"td": {"class": "nowrap"}})

    class Meta(ListTable.Meta):
        attrs = {"row_header": "name", "caption": "Commissioners"}

    def render_name(self, record: Commissioner, value: str) -> Any:
        link = self.link(value, "practices:commissioner_detail", record.ods_code)
        if record.closed is None or record.closed >= self.asat.day:
            return link
        return format_html('{} <span class="app-quiet">ended {}</span>', link, words.short_day(record.closed))

    def render_practices(self, record: Any, value: int) -> Any:
        return self.link(words.number(value), "practices:practice_list", commissioner=record.ods_code)

    def render_band(self, record: Commissioner) -> str:
        return band_words(record) or words.DASH

    def render_target_day(self, value: date) -> str:
        return words.short_day(value)
