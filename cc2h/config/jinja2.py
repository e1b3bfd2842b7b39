"""The template environment: the NHS front end's macros, our links and our words."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemBytecodeCache, PackageLoader, pass_context
from jinja2.runtime import Context

from cc2h.kit import cells, chips, days, figures, forms, links, lists, words
from cc2h.kit.api.examples import inline
from cc2h.kit.preload import STYLE_SHEETS


@pass_context
def url(context: Context, name: str, /, *args: Any, query: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
    """The URL of a route on the day the page is read as at.

    A macro has no page context of its own: hand it a finished URL.
    """
    return links.link(getattr(context.get("request"), "asat", None), name, *args, query=query, **kwargs)


def local(moment: datetime | None) -> datetime | None:
    """A stored moment in the clock of Europe/London."""
    return timezone.localtime(moment) if moment else None


def environment(**options: Any) -> Environment:
    """The environment of every page.

    The NHS macros read parameters nobody gave (`params.hint.text`), which only ChainableUndefined allows;
    a misspelt variable therefore renders as nothing, and it is tests that catch it.
    """
    options |= {
        "loader": ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")]),
        "undefined": ChainableUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "cache_size": -1,
    }
    compiled = settings.DATA_DIR / "templates"  # so that each process need not translate every template anew
    with suppress(OSError):
        compiled.mkdir(mode=0o700, parents=True, exist_ok=True)
        options["bytecode_cache"] = FileSystemBytecodeCache(str(compiled))
    env = Environment(**{**options, "autoescape": True})  # noqa: S701 - it is on
    env.globals.update(
        static=static,
        style_sheets=STYLE_SHEETS,
        url=url,
        this_page=links.this_page,
        with_query=links.with_query,
        active_filters=chips.active_filters,
        kept_parameters=chips.kept_parameters,
        other_parameters=chips.other_parameters,
        options=forms.options,
        state_tag=lists.state_tag,
        single_sign_on=settings.SINGLE_SIGN_ON_NAME,
    )
    env.filters.update(
        day=words.day,
        short_day=words.short_day,
        month=words.month,
        period=words.period,
        number=words.number,
        signed=words.signed,
        percent1=words.percent1,
        counted=figures.counted,
        counted_cells=figures.counted_cells,
        cell_tags=cells.cell_tags,
        cells_of=cells.cells_of,
        pounds=words.pounds,
        measured=words.measured,
        signed_pounds=words.signed_pounds,
        year_name=days.year_name,
        year_in_address=days.year_in_address,
        last_of_year=days.last_of_year,
        plural=words.plural,
        listed=words.listed,
        duration=words.duration,
        bytes=words.size,
        inline=inline,
        moment=lambda value: words.moment(local(value)),
        ago=lambda value: words.ago(value, timezone.now()),
    )
    return env
