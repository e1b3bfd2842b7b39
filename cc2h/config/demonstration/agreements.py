"""The memorandum of information that each of Barnet's CHINs made on 1 October 2018, and who signed it: made up."""

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from budget.agreements.models import Agreement, AgreementKind, Signature, Version
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.places import BARNET
from chins.models import Chin, Membership
from practices.models import PracticeDetail

MADE, OF_THE_STORY = date(2018, 10, 1), date(2018, 12, 6)
TITLE = "Memorandum of information"
WORDS = """Memorandum of information between the practices of {chin} (made up for the demonstration)

1. The practices tell each other what the CHIN’s work needs to know: list sizes, staff, opening hours and services.
2. Nothing by which a patient could be known is shared. That takes a data-sharing agreement of its own.
3. A practice that joins the CHIN signs this memorandum too. One that leaves it is bound by it no more.
4. It holds until the practices end it or replace it by another version."""
LIVING = ("proposed", "approved", "operational")
SLOWEST = 44  # days that the last took to sign
HOLDS_OUT = 9  # every so many practices


def write(today: date, chins: Mapping[str, int]) -> None:
    """What had been signed by `today`, each on its day. chins: ids by slug."""
    if today < MADE:
        return
    ours: Any = Chin.objects.filter(pk__in=chins.values(), commissioner__ods_code=BARNET.code)
    living = ours.with_status(min(today, OF_THE_STORY)).filter(status__in=LIVING)
    for chin in living.order_by("slug"):
        text = WORDS.format(chin=chin.name)
        agreement = Agreement.objects.create(
            slug=f"{chin.slug}-memorandum-of-information",
            commissioner_id=chin.commissioner_id,
            chin=chin,
            kind=AgreementKind.INFORMATION,
            title=f"{TITLE}, {chin.name}",
        )
        version = Version.objects.create(
            agreement=agreement,
            number=1,
            from_day=MADE,
            text=text,
            sha256=sha256(text.encode()).hexdigest(),
            recorded_at=moment(MADE),
        )
        Signature.objects.bulk_create(_signatures(version, today))


def _signatures(version: Version, today: date) -> list[Signature]:
    """Those of the CHIN's practices, a few weeks after the memorandum or after they joined; some hold out."""
    members = Membership.objects.held().filter(chin=version.agreement.chin).select_related("practice")
    names = dict(PracticeDetail.objects.as_at(today).values_list("practice", "name"))
    found = []
    for number, one in enumerate(members.order_by("practice__ods_code")):
        day = max(MADE, one.first_day) + timedelta(days=3 + number * 7 % SLOWEST)
        if number % HOLDS_OUT == HOLDS_OUT - 1 or day > today:
            continue
        if one.last_day is not None and one.last_day < day:
            continue
        found.append(
            Signature(
                version=version,
                practice=one.practice,
                name=f"Practice manager, {names.get(one.practice_id, one.practice)}",
                role="Practice manager",
                day=day,
                sha256=version.sha256,
                recorded_at=moment(day),
            )
        )
    return found
