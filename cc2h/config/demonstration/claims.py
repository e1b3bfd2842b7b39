"""What the practices sent in for the CHIN Infrastructure service, what of it was accepted, and what was paid: made up.

48 practices answered in the two months after it opened, as the paper has it; six did not. What CHIN 1's practices sent in is
accepted and paid by one payment run; those of CHIN 2 that lacked nothing are in a second, which nobody has authorised yet.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from budget.lcs import claims, shipped
from budget.lcs.claim_queries import shown as shown_of
from budget.lcs.models import Answer, Claim, ClaimStep, Evidence, Output, Service
from budget.lcs.states import ClaimState, Event
from budget.models import Line
from budget.payments import confirming, exporting, remittances, runs
from budget.payments.layouts import layouts_of
from budget.payments.models import LayoutKind, LineState, Run
from cc2h.accounts import mail
from cc2h.accounts.models import User
from cc2h.config.demonstration.ledger import moment
from cc2h.config.demonstration.money import OFFICER
from cc2h.config.demonstration.places import BARNET
from cc2h.kit.dated import recording_at
from cc2h.kit.models import Work
from chins.models import Membership
from practices.models import Commissioner

ANSWERED_BY = date(2018, 12, 6)
FIRST, APART = date(2018, 10, 9), timedelta(days=2)
BY_MAIL_EVERY = 4  # of so many practices one sends its papers by e-mail, and staff enter them
MANAGER, DEPUTY = BARNET.mail("manager"), BARNET.mail("deputy.manager")
SECOND_OFFICER = BARNET.mail("deputy.finance")
CODES = ("405711", "52161124")  # cost centre and subjective code, made up
PAID_CHIN, NEXT_CHIN, BEGUN_CHIN = "barnet-1", "barnet-2", "barnet-3"
WHY_RETURNED = "The memorandum is not signed yet. Sign it in the portal, or send us the signed page."


def write(today: date, people: Mapping[str, int]) -> None:
    """What had been sent in, verified and paid by `today`, each on its day. people: ids by e-mail address."""
    service = Service.objects.filter(slug=shipped.INFRASTRUCTURE, state="open").first()
    if service is None:
        return
    _answer(service, today, people)
    told = Story(service, people)
    for day, step in (
        (date(2018, 11, 16), told.accept_first),
        (date(2018, 11, 19), told.prepare),
        (date(2018, 11, 20), told.authorise),
        (date(2018, 11, 21), told.export),
        (date(2018, 11, 23), told.confirm),
        (date(2018, 11, 27), told.accept_next),
        (date(2018, 11, 28), told.send_back),
        (date(2018, 11, 29), told.accept_pledges),
        (date(2018, 12, 4), told.prepare),
    ):
        if day <= today:
            with recording_at(moment(day)):
                step(day)
    Work.objects.filter(
        kind__in=(remittances.KIND, mail.WRITTEN)
    ).delete()  # nobody is written to about what is made up


class Story:
    """What became of what was sent in, a step a day, through the same services as in the portal."""

    def __init__(self, service: Service, people: Mapping[str, int]) -> None:
        posts = (DEPUTY, OFFICER, SECOND_OFFICER)
        self.verifier, self.officer, self.second = (User.objects.get(pk=people[email]) for email in posts)
        self.service = service
        self.barnet = Commissioner.objects.get(ods_code=BARNET.code)
        self.pledge = Output.objects.get(stage__service=service, evidence=Evidence.PLEDGE)
        self.memorandum = Output.objects.get(stage__service=service, evidence=Evidence.AGREEMENT)
        Line.objects.filter(services=service).update(cost_centre=CODES[0], subjective_code=CODES[1])
        self.run = Run()

    def _sent(self, chin: str, day: date) -> Any:
        found = Claim.objects.filter(stage__service=self.service, chin__slug=chin, state=ClaimState.SENT)
        return found.filter(sent_on__lte=day).order_by("practice__ods_code")

    def accept_first(self, day: date) -> None:
        claims.accept_many(by=self.verifier, claims=self._sent(PAID_CHIN, day), day=day)

    def accept_next(self, day: date) -> None:
        claims.accept_many(by=self.verifier, claims=self._sent(NEXT_CHIN, day), day=day)

    def accept_pledges(self, day: date) -> None:
        claims.accept_many(by=self.verifier, claims=self._sent(BEGUN_CHIN, day), day=day, outputs=[self.pledge])

    def send_back(self, day: date) -> None:
        """One whose practice has not signed goes back for its memorandum; its pledge is as it should be."""
        sent = list(self._sent(BEGUN_CHIN, day))
        shown = shown_of(sent, day)
        for claim in reversed(sent):
            if any(one.lacks for one in shown[claim.pk] if one.output == self.memorandum):
                claims.send_back(by=self.verifier, claim=claim, reasons={self.memorandum.pk: WHY_RETURNED}, day=day)
                break

    def prepare(self, day: date) -> None:
        self.run = runs.prepare(by=self.officer, commissioner=self.barnet, payables=None, today=day)

    def authorise(self, day: date) -> None:
        self.run = runs.authorise(by=self.second, run=self.run, control=self.run.control, today=day)

    def export(self, day: date) -> None:
        layout = layouts_of(self.barnet, LayoutKind.PAYMENT)[0]
        exporting.export(by=self.officer, run=self.run, layout=layout, today=day)

    def confirm(self, day: date) -> None:
        lines = list(self.run.lines.filter(state=LineState.WAITING))
        confirming.by_hand(
            by=self.officer, run=self.run, lines=lines, outcome=LineState.PAID, day=day, reason="", today=day
        )


def _answer(service: Service, today: date, people: Mapping[str, int]) -> None:
    """Each practice of a CHIN sends its pledge in, some days after another; the six others have not."""
    placed = _members(min(today, ANSWERED_BY))
    several = Claim.objects.filter(stage__service=service, practice__in=placed).order_by("practice__ods_code")
    pledge = Output.objects.get(stage__service=service, evidence=Evidence.PLEDGE)
    begun: dict[str, int] = {}
    answers, steps = [], []
    for claim in several:
        chin, joined = placed[claim.practice_id]
        place = begun[chin.slug] = begun.get(chin.slug, -1) + 1
        day = max(FIRST + place * APART, joined + timedelta(days=place % 3))
        if day > today:
            continue
        by_mail = place % BY_MAIL_EVERY == BY_MAIL_EVERY - 1
        by = people[MANAGER if by_mail else BARNET.mail(f"chin{chin.slug.removeprefix('barnet-')}.lead")]
        came = f"e-mail of {day - timedelta(days=1):%-d %B %Y}" if by_mail else ""
        entered: dict[str, Any] = {"claim": claim, "on_behalf": by_mail}
        answers.append(
            Answer(output=pledge, pledged=True, how_it_came=came, entered_by_id=by, entered_at=moment(day), **entered)
        )
        for event, before, after in (
            (Event.ENTERED, ClaimState.OPEN, ClaimState.OPEN),
            (Event.SENT, ClaimState.OPEN, ClaimState.SENT),
        ):
            steps.append(
                ClaimStep(
                    event=event, before=before, after=after, day=day, at=moment(day), by_id=by, why=came, **entered
                )
            )
        claim.chin = chin
    Answer.objects.bulk_create(answers)
    Claim.objects.bulk_update(several, ["chin"])
    for event in (Event.ENTERED, Event.SENT):  # a claim takes one step at a time
        ClaimStep.objects.bulk_create(step for step in steps if step.event == event)


def _members(day: date) -> dict[int, tuple[Any, date]]:
    """By practice, the CHIN it is in on the day, and since when."""
    found = Membership.objects.as_at(day).filter(chin__commissioner__ods_code=BARNET.code).select_related("chin")
    return {one.practice_id: (one.chin, one.first_day) for one in found}
