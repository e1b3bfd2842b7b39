"""The CHIN's operating plan in a business case: one of the files on its page, the version that was meant."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.accounts.records import Brought, files_on
from cc2h.cases.models import Case
from cc2h.cases.sections import Section

SECTION, FIELD = "plan", "file"


def choices(case: Case) -> list[tuple[str, str]]:
    """The files of its CHIN, as they are kept in an answer, with their names."""
    found = files_on("chin", [case.chin.slug]).get(case.chin.slug, [])
    return [(_kept(one), _name(one)) for one in found if not one.scan]


def of_the_chin(section: Section, answers: Mapping[str, Any], before: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """The answers with the file’s own name. One that was chosen before stays, whatever became of it since.

    Raises ValidationError for one that is no file of the CHIN.
    """
    said = answers.get(FIELD, "") if section.key == SECTION else ""
    if not said or said == before.get(FIELD):
        return dict(answers)
    number = said.partition(":")[0]
    found = next((kept for kept, _ in choices(case) if kept.partition(":")[0] == number), None)
    if found is None:
        raise ValidationError(f"“{said[:40]}” is no file on the page of {case.chin.name}.", code="no_file")
    return dict(answers) | {FIELD: found}


def _kept(one: Brought) -> str:
    return f"{one.pk}:{_name(one)}"


def _name(one: Brought) -> str:
    return one.title if one.version == 1 else f"{one.title}, version {one.version}"
