"""What the page of a measure shows of how practices vary: the ways to look."""

from typing import Any

from django.http import HttpRequest

from cc2h.kit.asat import asat_of
from cc2h.kit.links import link
from cc2h.kit.sections import Section, section

WAYS = (
    ("variation:funnel", "Who truly differs"),
    ("variation:practice_list", "Every practice"),
    ("variation:chins", "By CHIN"),
    ("variation:compare", "One practice beside others"),
    ("variation:deprivation", "By deprivation"),
)


@section
def ways_to_look(request: HttpRequest, kind: str, key: str, record: Any) -> Section | None:
    if kind != "measure":
        return None
    asat = asat_of(request)
    return Section("variation/section.html", {"ways": [(text, link(asat, name, key)) for name, text in WAYS]}, 40)
