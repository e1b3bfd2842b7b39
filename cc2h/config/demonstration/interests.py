"""The register of interests of those who sit on Barnet's bodies: made up, like the people.

One of each kind; one that ended lately, and is still published; one that ended long ago, and is only kept; somebody
with nothing to declare; somebody who has not confirmed. A clinical lead's practice is one that may bring a business case.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.config.demonstration.barnet import CHIN_1, CHIN_2
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.places import BARNET
from cc2h.governance.decisions import services
from cc2h.governance.decisions.models import Interest, InterestKind
from cc2h.kit.dated import recording_at
from chins.models import Chin, Membership, PostHolding

DECLARED, CONFIRMED = date(2018, 4, 16), (5, 10)  # and every year on that day
LEAD, GP_SOUTH = "", "body.member.8"
CLINICAL_LEAD = f"{Role.CLINICAL_LEAD.label}, {CHIN_1.name}"
# They have nothing to declare, and say so; a member who is neither here nor in the register has not been heard of.
WITH_NOTHING = (*(f"body.member.{number}" for number in (2, 3, 4, 6, 11, 12, 13)), "council.officer", "board.member")


@dataclass(frozen=True)
class Told:
    """An interest of somebody by their address; LEAD: the clinical lead of the first CHIN. known: when it was entered."""

    who: str
    kind: InterestKind
    what: str
    organisation: str
    first: date
    last: date | None = None
    known: date = DECLARED


REGISTER = (
    Told(LEAD, InterestKind.FINANCIAL, "Partner in a practice of the CHIN", "", date(2014, 4, 1)),
    Told(GP_SOUTH, InterestKind.FINANCIAL, "Salaried GP at a practice", "", date(2016, 9, 1)),
    Told("body.member.7", InterestKind.PROFESSIONAL, "Vice chair", "Local medical committee", date(2017, 1, 1)),
    Told("body.member.10", InterestKind.PERSONAL, "Trustee", "A carers’ charity", date(2015, 6, 1)),
    Told("body.member.5", InterestKind.INDIRECT, "A near relation works for a supplier of spirometers",
         "A supplier of equipment", date(2017, 9, 1), date(2018, 9, 30)),
    Told("body.member.14", InterestKind.PROFESSIONAL, "Governor", "A foundation trust",
         date(2013, 4, 1), date(2016, 3, 31)),
    Told("body.member.1", InterestKind.FINANCIAL, "Shares in a company that sells software to practices",
         "A software company", date(2018, 8, 1), known=date(2018, 8, 6)),
)  # fmt: skip


def write(today: date) -> None:
    """What was declared by the day, and confirmed every year since."""
    addresses = {BARNET.mail(who): who for who in {*WITH_NOTHING, *(told.who for told in REGISTER)}}
    people: dict[str, Any] = {
        addresses[user.email]: user for user in User.objects.filter(email__in=addresses).order_by("pk")
    }
    lead = PostHolding.objects.as_at(min(today, date(2018, 12, 6))).filter(post__title=CLINICAL_LEAD).first()
    if lead is not None:
        people[LEAD] = lead.holder
    chins = {chin.name: chin for chin in Chin.objects.filter(commissioner__ods_code=BARNET.code)}
    its_practice = Membership.objects.as_at(today).filter(chin=chins[CHIN_2.name]).order_by("pk").first()
    for told in REGISTER:
        if told.who not in people or told.known > today:
            continue
        person = people[told.who]
        with recording_at(moment(told.known)):
            interest = services.declare_interest(
                by=person,
                person=person,
                kind=told.kind,
                what=told.what,
                organisation=told.organisation,
                first=told.first,
                last=told.last if told.last and told.last <= told.known else None,
                chin=chins[CHIN_1.name] if told.who == LEAD else None,
                practice=its_practice.practice if told.who == GP_SOUTH and its_practice else None,
            )
        if told.last and told.known < told.last <= today:
            with recording_at(moment(told.last)):
                services.end_interest(by=person, interest=interest, last=told.last)
    _confirm(people, today)


def _confirm(people: dict[str, Any], today: date) -> None:
    for year in range(DECLARED.year, today.year + 1):
        day = date(year, *CONFIRMED)
        if day > today:
            return
        true = {*Interest.objects.as_at(day).filter(person__in=people.values()).values_list("person", flat=True)}
        for person in people.values():
            with recording_at(moment(day)):
                services.confirm(by=person, person=person, nothing=person.pk not in true, today=day)
