"""Practices like a given one."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from cc2h.kit import exports, words
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads
from cc2h.kit.asat import asat_of
from cc2h.kit.links import this_page
from cc2h.kit.sparks import profile
from practices import shapes
from practices.alike import PROGRAMME, REGISTER, Like, alike
from practices.models import AGE_BANDS
from practices.views.finding import crumbs, find

COLUMNS = (
    *("ods_code", "name", "commissioner", "distance", "patients", "size_percent_apart"),
    *("growth_percent", "growth_points_apart", "age_points_apart"),
    *(f"percent {band}" for band in AGE_BANDS),
)
CHOICES = {PROGRAMME: "The programme’s area", REGISTER: "The whole register"}


@require_safe
@reads(shapes.alike, among="programme (practices of its commissioners) or register (all)")
def practice_alike(request: HttpRequest, ods_code: str) -> HttpResponseBase:
    """The ten practices nearest to this one by list size, growth and age mix."""
    asat, found = asat_of(request), find(request, ods_code)
    among = request.GET.get("among", "") or PROGRAMME
    if among not in CHOICES:
        raise BadRequest("“among” is programme or register.")
    like = alike(found.practice, request.user, asat, among)
    if exports.wanted(request):
        rows = [_row(one) for one in ([like.itself] if like.itself else []) + [*like.nearest]]
        return exports.table_response(request, f"like {found.practice.ods_code}", asat.day, COLUMNS, rows)
    mixes = [one.mix for one in (like.itself, *like.nearest) if one and one.mix]
    most = max((words.decimal(share) for mix in mixes for share in mix), default=words.decimal(0))
    context = {
        "name": found.name,
        "like": like,
        "lines": [
            {"one": one, "profile": _profile(one, most)} for one in (like.itself, *like.nearest) if one is not None
        ],
        "among": among,
        "choices": [(key, label, this_page(request, among=key)) for key, label in CHOICES.items()],
        "breadcrumbs": crumbs(asat, found),
    }
    return show(request, "practices/alike.html", context)


def _profile(one: Like, most: Any) -> str:
    mix = one.mix or []
    return profile([(band, words.half_up(words.decimal(x), 1)) for band, x in zip(AGE_BANDS, mix, strict=False)], most)


def _row(one: Like) -> list[Any]:
    mix = dict(zip(AGE_BANDS, one.mix or [], strict=False))
    numbers = (one.growth, one.growth_gap, one.age_gap, *map(mix.get, AGE_BANDS))
    return [
        *(one.ods_code, one.name, one.place, _tenth(one.distance), one.patients, _tenth(one.size_gap)),
        *map(_tenth, numbers),
    ]


def _tenth(value: float | None) -> Any:
    return None if value is None else words.half_up(words.decimal(value), 1)
