"""Services in words."""

from typing import Any

from budget.agreements.models import AgreementKind
from budget.lcs.models import Output, Service, Tariff
from cc2h.accounts.authority import Role
from cc2h.kit import words
from cc2h.kit.days import day_after

NOT_STATED = "not stated"
NOT_IN_PAPERS = "not stated in the papers"


def not_stated(service: Service) -> str:
    """Of a service whose rules are a paper's: that no paper says it."""
    return NOT_IN_PAPERS if service.source else NOT_STATED


def rate(service: Service) -> str:
    """`£1,500.00 for each practice`."""
    if service.rate is None:
        return not_stated(service)
    if service.tariff == Tariff.FLAT:
        return f"{words.pounds(service.rate, 2)} for each practice"
    day = words.day(service.list_day)
    return f"{words.pounds(service.rate, 2)} for each registered patient, by the list sizes of {day}"


def window(service: Service) -> str:
    return words.period(service.opens_on, day_after(service.closes_on) if service.closes_on else None)


def share(stage: Any) -> str:
    return not_stated(stage.service) if stage.share is None else f"{words.decimal(stage.share).normalize():f}%"


def shown_by(output: Output) -> str:
    """What shows that it is done."""
    if output.evidence == "post":
        return f"The post of {Role(output.role).label} is held"
    if output.evidence == "agreement":
        return f"A {str(AgreementKind(output.agreement_kind).label).lower()} is signed"
    return output.get_evidence_display()
