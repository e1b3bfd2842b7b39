"""Reading claims: what each output rests on and what it still lacks, for one claim or a thousand, in as many queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Count, Q, Sum, Value, When

from budget.agreements.queries import signed
from budget.lcs import shares
from budget.lcs.models import Answer, AnswerState, Claim, ClaimStep, Eligible, Evidence, Output, Service, Stage, Whose
from budget.lcs.states import OWED, ClaimState, Event
from budget.payments import recoveries
from budget.payments.models import Recovery
from budget.payments.states import RecoveryState
from cc2h.accounts.authority import Action, Role, Scope, authority_of, can
from cc2h.accounts.records import Brought, files_on
from cc2h.kit import history, words
from cc2h.kit.asat import AsAt
from cc2h.kit.days import LONDON
from chins.models import Membership, PostHolding
from practices.models import Practice, PracticeStanding, Status, Succession
from practices.networks import Place, networks

NOTHING = Decimal("0.00")
ENTERED_BY_HAND = (Evidence.PLEDGE, Evidence.TEXT, Evidence.FILE)


def claims(user: Any, asat: AsAt) -> Any:
    """The claims that this person may see, with whose they are, and the state each had on the page's day."""
    return Claim.objects.visible_to(user, asat.today).as_at(asat).whole().with_what_it_comes_to()


def find(user: Any, asat: AsAt) -> Any:
    """The claims this person may see, of whatever day: for acts, which are of today."""
    return Claim.objects.visible_to(user, asat.today).whole()


def own_practices(user: Any) -> list[str]:
    """The codes of the practices that this person holds a post of, to see their claims."""
    ids = authority_of(user).own_ids(Action.VIEW_CLAIM, Scope.PRACTICE)
    return list(Practice.objects.filter(pk__in=ids).order_by("ods_code").values_list("ods_code", flat=True))


def steps_of(claim: Claim, asat: AsAt) -> list[ClaimStep]:
    """What had happened to the claim by the page's day, the newest first."""
    found = claim.steps.filter(day__lte=asat.day).select_related("by").order_by("-pk")
    return list(found if asat.known_at is None else found.filter(at__lt=asat.known_at))


def history_of(claim: Claim) -> list[history.Entry]:
    """Who changed what of the claim and of what was entered for it."""
    return history.entries(
        Claim.objects.filter(pk=claim.pk), Answer.objects.filter(claim=claim).select_related("output"), name=_named
    )


def _named(record: Any) -> str:
    return f"Answer: {record.output}" if isinstance(record, Answer) else "Claim"


# What an output rests on ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """An output of a claim on a day: what was entered for it, what shows it in words, or what it lacks.

    Once accepted it rests on what was read then; lapsed: what of that no longer holds.
    """

    output: Output
    answer: Answer | None
    basis: str
    lacks: str
    lapsed: str = ""

    @property
    def accepted(self) -> bool:
        return self.answer is not None and self.answer.state == AnswerState.ACCEPTED

    @property
    def returned(self) -> bool:
        return self.answer is not None and self.answer.state == AnswerState.RETURNED

    @property
    def by_hand(self) -> bool:
        """Whether somebody enters it; the portal reads the others itself."""
        return self.output.evidence in ENTERED_BY_HAND

    @property
    def by_file(self) -> bool:
        return self.output.evidence == Evidence.FILE

    @property
    def state(self) -> str:
        """accepted, returned, there (entered, or read by the portal) or lacking."""
        if self.accepted:
            return "accepted"
        if self.returned:
            return "returned"
        return "lacking" if self.lacks else "there"

    @property
    def to_enter(self) -> str:
        """What somebody has still to enter before the claim can be sent in; a file may still wait for its scan then."""
        if not self.by_hand or self.accepted or (self.basis and not self.returned):
            return ""
        if self.answer is not None and self.returned:
            return f"It was returned: “{self.answer.reason}”"
        return self.lacks


@dataclass(frozen=True)
class Ground:
    """Everything that outputs of several claims are judged by on a day."""

    claims: Sequence[Claim]
    day: date

    @cached_property
    def outputs(self) -> Mapping[int, Sequence[Output]]:
        """By stage."""
        found: dict[int, list[Output]] = {}
        for output in Output.objects.filter(stage__in={c.stage_id for c in self.claims}).order_by("number"):
            found.setdefault(output.stage_id, []).append(output)
        return found

    @cached_property
    def answers(self) -> Mapping[tuple[int, int], Answer]:
        """By claim and output."""
        found = Answer.objects.filter(claim__in=[c.pk for c in self.claims])
        return {(a.claim_id, a.output_id): a for a in found.select_related("entered_by", "judged_by")}

    @cached_property
    def practices(self) -> set[int]:
        return {claim.practice_id for claim in self.claims}

    @cached_property
    def places(self) -> Mapping[int, Place]:
        """By practice: the CHIN it is in on the day."""
        return networks().places(list(self.practices), self.day, None)

    def _wanted(self, evidence: Evidence) -> list[Output]:
        return [one for several in self.outputs.values() for one in several if one.evidence == evidence]

    @cached_property
    def posts(self) -> Mapping[tuple[str, str, int], str]:
        """By role, scope and CHIN or practice: who holds the post, in words."""
        roles = {output.role for output in self._wanted(Evidence.POST)}
        if not roles:
            return {}
        chins = {place.pk for place in self.places.values()}
        holdings = PostHolding.objects.as_at(self.day).filter(
            Q(post__chin__in=chins) | Q(post__practice__in=self.practices), post__role__in=roles
        )
        found: dict[tuple[str, str, int], str] = {}
        for one in holdings.select_related("post", "holder").order_by("period", "pk"):
            post = one.post
            key = ("chin", post.chin_id) if post.chin_id else ("practice", post.practice_id or 0)
            since = words.day(one.first_day)
            found.setdefault((post.role, *key), f"{one.holder} holds the post “{post.title}” since {since}")
        return found

    @cached_property
    def agreements(self) -> Mapping[str, Mapping[int, str]]:
        """By kind and practice: what it has signed, in words."""
        kinds = {output.agreement_kind for output in self._wanted(Evidence.AGREEMENT)}
        return {kind: signed(self.practices, kind, self.day) for kind in kinds}

    @cached_property
    def files(self) -> Mapping[tuple[int, int], Sequence[Brought]]:
        """By claim and output: its own; what hangs on the claim as a whole counts for each output that has none (0)."""
        wanted = self._wanted(Evidence.FILE)
        if not wanted:
            return {}
        whole = {(int(key), 0): found for key, found in files_on("claim", [str(c.pk) for c in self.claims]).items()}
        return whole | _own_files(self.claims, wanted)

    def of(self, claim: Claim) -> list[Shown]:
        """Each output of the claim."""
        return [self._shown(claim, output) for output in self.outputs.get(claim.stage_id, ())]

    def _shown(self, claim: Claim, output: Output) -> Shown:
        answer = self.answers.get((claim.pk, output.pk))
        basis, lacks = self._read(claim, output, answer)
        if answer is not None and answer.state == AnswerState.ACCEPTED:
            reads = output.evidence in (Evidence.POST, Evidence.AGREEMENT)
            return Shown(output, answer, answer.basis, "", lapsed=lacks if reads else "")
        return Shown(output, answer, basis, lacks)

    def _read(self, claim: Claim, output: Output, answer: Answer | None) -> tuple[str, str]:
        """What shows the output, and what it lacks; one of the two is blank, but of a file that does not open yet."""
        place = self.places.get(claim.practice_id)
        of_chin = output.whose == Whose.CHIN
        if of_chin and place is None:
            return "", "The practice is in no CHIN."
        if output.evidence == Evidence.POST:
            whose = ("chin", place.pk) if of_chin and place else ("practice", claim.practice_id)
            held = self.posts.get((output.role, *whose), "")
            of = place.name if of_chin and place else "the practice"
            return held, "" if held else f"Nobody holds the post of {Role(output.role).label} in {of}."
        if output.evidence == Evidence.AGREEMENT:
            found = self.agreements[output.agreement_kind].get(claim.practice_id, "")
            return found, "" if found else "The practice has not signed it."
        if (
            of_chin
            and claim.chin_id
            and place
            and place.pk != claim.chin_id
            and claim.state not in ("open", "returned")
        ):
            moved = f"{claim.chin} when the claim was sent in, and is in {place.name} now"
            return "", f"The practice was in {moved}, whose output it needs."
        return self._entered(claim, output, answer)

    def _entered(self, claim: Claim, output: Output, answer: Answer | None) -> tuple[str, str]:
        if output.evidence == Evidence.FILE:
            return _files(self.files.get((claim.pk, output.pk)) or self.files.get((claim.pk, 0), ()))
        if answer is None:
            return "", "Nothing has been entered."
        said = f"{entered(answer)}"
        if output.evidence == Evidence.PLEDGE:
            return (f"Pledged; {said}", "") if answer.pledged else ("", f"Answered no; {said}.")
        return (f"A text; {said}", "") if answer.text.strip() else ("", "Nothing has been entered.")


def key_of(claim: Claim, output: Output) -> str:
    """Under which files hang on an output of a claim (budget.lcs.records)."""
    return f"{claim.pk}-{output.pk}"


def numbers_of(key: str) -> tuple[int, int]:
    """The claim and the output."""
    claim, _, output = key.partition("-")
    return int(claim), int(output)


def _own_files(several: Sequence[Claim], outputs: Sequence[Output]) -> dict[tuple[int, int], list[Brought]]:
    """The files that hang on outputs of claims."""
    keys = [key_of(claim, output) for claim in several for output in outputs if output.stage_id == claim.stage_id]
    return {numbers_of(key): found for key, found in files_on("claim_output", keys).items()}


def _files(found: Sequence[Brought]) -> tuple[str, str]:
    """What files show, and what they lack: nobody judges by a file that does not open."""
    sound = [one for one in found if one.scan != "infected"]
    if not sound:
        return "", "A virus was found in what is attached." if found else "No file is attached."
    basis = f"{words.plural(len(sound), 'file')}: {words.listed(f'“{one.title}”' for one in sound)}"[:500]
    closed = [one for one in sound if one.scan]
    if not closed:
        return basis, ""
    still = "is" if len(closed) == 1 else "are"
    return basis, f"{words.listed(f'“{one.title}”' for one in closed)} {still} still to be looked into for viruses."


def entered(answer: Answer) -> str:
    """Who entered it, when, and how it came."""
    who = str(answer.entered_by) if answer.entered_by else "the portal"
    came = f" on its behalf, from {answer.how_it_came}" if answer.on_behalf else ""
    return f"entered by {who}{came} on {words.day(answer.entered_at.astimezone(LONDON).date())}"


def shown(several: Sequence[Claim], day: date) -> dict[int, list[Shown]]:
    """The outputs of each claim, by its number, as they stand on the day."""
    ground = Ground(several, day)
    return {claim.pk: ground.of(claim) for claim in several}


# What a claim comes to, and why it can't be paid ----------------------------------------------------------


@dataclass(frozen=True)
class Reckoning:
    """What several claims come to, and what stands in the way of any of them on a day."""

    claims: Sequence[Claim]
    day: date

    @cached_property
    def eligible(self) -> Mapping[tuple[int, int], Eligible]:
        """By service and practice."""
        services = {claim.stage.service_id for claim in self.claims}
        practices = {claim.practice_id for claim in self.claims}
        found = Eligible.objects.filter(service__in=services, practice__in=practices)
        return {(one.service_id, one.practice_id): one for one in found}

    @cached_property
    def before(self) -> Mapping[int, Decimal]:
        """By stage, the shares of the stages before it."""
        return shares.before(claim.stage_id for claim in self.claims)

    @cached_property
    def standings(self) -> Mapping[int, PracticeStanding]:
        """By practice, on the day."""
        practices = {claim.practice_id for claim in self.claims}
        return {one.practice_id: one for one in PracticeStanding.objects.as_at(self.day).filter(practice__in=practices)}

    @cached_property
    def followed_by(self) -> Mapping[int, str]:
        """By practice that is not open: into which it merged."""
        gone = [c.practice_id for c in self.claims if not self._open(c)]
        found = Succession.objects.as_at(self.day).filter(predecessor__in=gone, kind=Succession.Kind.MERGER)
        return {one.predecessor_id: str(one.successor) for one in found.select_related("successor")} if gone else {}

    def _open(self, claim: Claim) -> bool:
        standing = self.standings.get(claim.practice_id)
        return standing is not None and standing.status == Status.ACTIVE

    def amount(self, claim: Claim) -> Decimal | None:
        """What the claim comes to; None where that is not stated."""
        one = self.eligible.get((claim.stage.service_id, claim.practice_id))
        if one is None or one.amount is None or claim.stage.share is None:
            return None
        return shares.part(one.amount, claim.stage.share, self.before[claim.stage_id])

    def barred(self, claim: Claim) -> str:
        """Why nothing can be claimed any more, in words; blank where something can."""
        service = claim.stage.service
        one = self.eligible.get((service.pk, claim.practice_id))
        if not self._open(claim):
            return self._not_open(claim)
        if service.state == Service.State.ENDED:
            return f"{service} ended on {words.day(service.ended_on)}: “{service.why_ended}”"
        if service.state != Service.State.OPEN:
            return f"{service} is not open."
        if one is None:
            return f"The practice is not on the list of {service}."
        if one.removed_on is not None and one.removed_on <= self.day:
            return f"The practice was taken off the list on {words.day(one.removed_on)}: “{one.why_removed}”"
        return ""

    def _not_open(self, claim: Claim) -> str:
        standing = self.standings.get(claim.practice_id)
        if into := self.followed_by.get(claim.practice_id):
            since = f" on {words.day(standing.first_day)}" if standing else ""
            return f"The practice merged into {into}{since}."
        if standing is None:
            return "The practice is not in the register."
        if standing.status == Status.CLOSED:
            return f"The practice closed on {words.day(standing.first_day - timedelta(days=1))}."
        return f"The practice is {standing.get_status_display().lower()} since {words.day(standing.first_day)}."

    def unpriced(self, claim: Claim) -> str:
        """Why no amount is known, in words; blank where one is."""
        service = claim.stage.service
        if self.amount(claim):
            return ""
        if service.rate is None:
            return f"The rate of {service} is not stated, so nothing can be paid yet."
        if claim.stage.share is None:
            return f"The share of “{claim.stage}” is not stated, so nothing can be paid yet."
        return "The practice has no registered list size in the extract that counts, so its amount is not known."


def moved(claim: Claim) -> bool:
    """Whether the practice is in another CHIN than when the claim was sent in. The claim comes with its place."""
    return claim.state in (ClaimState.SENT, *OWED) and claim.chin_id != getattr(claim, "chin_now", claim.chin_id)


def late(claim: Claim, day: date) -> bool:
    """Whether it was sent in after its day; or has still to be, and that is over."""
    due = claim.stage.due
    if due is None or claim.state in (ClaimState.WITHDRAWN, ClaimState.CLOSED):
        return False
    return bool((claim.sent_on or day) > due)


# Who may do what ------------------------------------------------------------------------------------------


def on_behalf(user: Any, claim: Claim) -> bool:
    """Whether what this person enters is entered by staff for the practice; its own people and its CHIN's enter it themselves."""
    held, target = authority_of(user), claim.authority_target()
    own = held.own_ids(Action.ENTER_CLAIM, Scope.PRACTICE) & target.practice_ids
    return not (own or held.own_ids(Action.ENTER_CLAIM, Scope.CHIN) & target.chin_ids)


def whose_evidence(several: Sequence[Claim]) -> dict[int, frozenset[int]]:
    """By claim: who entered anything for it, brought a file, or sent it in: they don't verify it."""
    ids = [claim.pk for claim in several]
    found: dict[int, set[int]] = defaultdict(set)
    for claim, by in Answer.objects.filter(claim__in=ids, entered_by__isnull=False).values_list("claim", "entered_by"):
        found[claim].add(by)
    sent = ClaimStep.objects.filter(claim__in=ids, event__in=(Event.SENT, Event.SENT_AGAIN), by__isnull=False)
    for claim, by in sent.order_by("claim", "-pk").distinct("claim").values_list("claim", "by"):
        found[claim].add(by)
    by_file = Output.objects.filter(stage__in={c.stage_id for c in several}, evidence=Evidence.FILE)
    if outputs := list(by_file):
        for key, files in files_on("claim", [str(pk) for pk in ids]).items():
            found[int(key)] |= {one.by for one in files}
        for (claim, _), files in _own_files(several, outputs).items():
            found[claim] |= {one.by for one in files}
    return {pk: frozenset(found[pk]) for pk in ids}


def may_verify(user: Any, claim: Claim) -> str:
    """Why this person may not verify the claim; blank where they may."""
    decision = can(user, Action.VERIFY_CLAIM, claim)
    if not decision:
        return decision.why_not
    return NOT_ONES_OWN if user.pk in whose_evidence([claim])[claim.pk] else ""


NOT_ONES_OWN = "What somebody entered or sent in is verified by somebody else."


def members_of(chin_id: int, day: date) -> Any:
    """The memberships of the CHIN's practices on the day."""
    return Membership.objects.as_at(day).filter(chin=chin_id)


def lapsed(several: Sequence[Claim], day: date) -> dict[int, list[tuple[Output, str]]]:
    """By claim that is owed or waits: what was accepted of it and no longer holds on the day, and why.

    It takes nothing back: a person decides what follows.
    """
    still = [claim for claim in several if claim.state in (ClaimState.SENT, ClaimState.RETURNED, *OWED)]
    found = {pk: [(one.output, one.lapsed) for one in of if one.lapsed] for pk, of in shown(still, day).items()}
    return {pk: several for pk, several in found.items() if several}


def to_decide(claim: Claim, day: date) -> bool:
    """Whether somebody has still to decide what follows of what has lapsed."""
    return bool(Claim.objects.filter(pk=claim.pk).lapsed(day).exists())


def recovery_of(claim: Claim) -> Recovery | None:
    """What is asked back of its payment, and neither received nor let go."""
    return recoveries.asked_of(f"claim:{claim.pk}")


def asked_back_of(several: Sequence[Claim], asat: AsAt) -> dict[int, str]:
    """By claim, in words, since when and why its payment was asked back on the day."""
    abouts = {f"claim:{claim.pk}": claim.pk for claim in several}
    found: Any = Recovery.objects.filter(payable__about__in=abouts)
    asked = found.with_state_on(asat.day).filter(state_on=RecoveryState.ASKED).select_related("payable")
    return {abouts[one.payable.about]: f"Asked back since {words.day(one.asked_on)}: “{one.reason}”" for one in asked}


def asked_back(steps: Sequence[ClaimStep]) -> ClaimStep | None:
    """By which of its steps, the newest first, the payment of a claim is asked back; None where it is not."""
    about = (Event.ASKED_BACK, Event.NOT_ASKED_BACK, Event.RECEIVED_BACK, Event.REVERSED)
    newest = next((step for step in steps if step.event in about), None)
    return newest if newest is not None and newest.event == Event.ASKED_BACK else None


def late_by_then(claim: Claim, day: date) -> bool:
    """Whether it was late on the page's day. The claim comes as at that day."""
    due = claim.stage.due
    if due is None or claim.state_on in (ClaimState.WITHDRAWN, ClaimState.CLOSED):
        return False
    return bool((claim.sent_by_then or day) > due)


# By CHIN and state ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Band:
    """So many days of waiting to be verified, the first and the last of them; last: None for however many."""

    key: str
    label: str
    first: int
    last: int | None


BANDS = (
    Band("0-7", "0 to 7 days", 0, 7),
    Band("8-28", "8 to 28 days", 8, 28),
    Band("29-90", "29 to 90 days", 29, 90),
    Band("over-90", "91 days or more", 91, None),
)


@dataclass(frozen=True, slots=True)
class Heap:
    """Claims of practices in one CHIN (blank: in none) in one state; of those that wait, of one band (else blank).

    priced: of how many of them what they come to is known, which is amount together.
    """

    chin: str
    chin_name: str
    state: str
    band: str
    claims: int
    priced: int
    amount: Decimal


def by_chin(user: Any, asat: AsAt, service: str = "") -> list[Heap]:
    """The claims this person may see as at the day, of one service or all, by one statement."""
    found = claims(user, asat).order_by()
    if service:
        found = found.filter(stage__service__slug=service)
    banded = [
        When(
            waiting__gte=band.first, **({} if band.last is None else {"waiting__lte": band.last}), then=Value(band.key)
        )
        for band in BANDS
    ]
    rows = (
        found.annotate(band=Case(*banded, default=Value(""), output_field=CharField()))
        .values_list("chin_now_slug", "chin_now_name", "state_on", "band")
        .annotate(n=Count("pk"), priced=Count("comes_to"), amount=Sum("comes_to"))
    )
    return [Heap(slug or "", name or "", state, band, n, priced, amount or NOTHING) for slug, name, state, band, n, priced, amount in rows]  # fmt: skip


# What pages need besides ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choices:
    """What claims can be filtered by: services and CHINs as (slug, name), stages by number."""

    services: list[tuple[str, str]]
    stages: list[tuple[str, str]]
    chins: list[tuple[str, str]]


def choices(claims: Any) -> Choices:
    """As far as there are such claims."""
    plain = claims.order_by()
    stages = plain.values_list("stage__service__slug", "stage__service__name", "stage__number").distinct()
    found = list(stages)
    chins = plain.filter(chin_now__isnull=False).values_list("chin_now_slug", "chin_now_name").distinct()
    return Choices(
        services=sorted({(slug, name) for slug, name, _ in found}, key=lambda one: one[1]),
        stages=[(str(number), f"Stage {number}") for number in sorted({number for _, _, number in found})],
        chins=sorted(chins, key=lambda one: one[1]),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stage of which claims wait to be verified, and how many."""

    stage: Stage
    number: int


def waiting_to_be_verified(user: Any, asat: AsAt) -> list[Waiting]:
    """The stages whose claims this person may verify, those with the most first."""
    held = authority_of(user)
    claims = Claim.objects.filter(state=ClaimState.SENT)
    if not held.everywhere(Action.VERIFY_CLAIM):
        claims = claims.filter(stage__service__line__commissioner__in=held.commissioner_ids(Action.VERIFY_CLAIM))
    numbers = dict(claims.values_list("stage").annotate(number=Count("pk")))
    stages = Stage.objects.filter(pk__in=numbers).select_related("service")
    return sorted((Waiting(one, numbers[one.pk]) for one in stages), key=lambda one: -one.number)


def stage_seen(user: Any, pk: int) -> Stage | None:
    """The stage, where this person may see all of its claims."""
    stage = Stage.objects.select_related("service__line__commissioner").filter(pk=pk).first()
    if stage is None or not can(user, Action.VIEW_CLAIM, stage.service):
        return None
    return stage


BATCH = 1000  # claims at once


@dataclass(frozen=True, slots=True)
class WaitingIn:
    """How many claims of a stage wait in one CHIN; slug and name blank: in none."""

    slug: str
    name: str
    number: int


IN_NONE = "none"


def waiting_by_chin(stage: Stage, day: date) -> list[WaitingIn]:
    """Where its claims wait to be verified, by the name of the CHIN, those in none last."""
    waiting: Any = Claim.objects.filter(stage=stage, state=ClaimState.SENT).with_place(day).order_by()
    rows = waiting.values_list("chin_now_slug", "chin_now_name").annotate(number=Count("pk"))
    found = [WaitingIn(slug or IN_NONE, name or "", number) for slug, name, number in rows]
    return sorted(found, key=lambda one: (not one.name, one.name))


def to_verify(stage: Stage, day: date, chin: str = "") -> list[Any]:
    """Its claims that wait to be verified, those that have waited longest first; as many as are done at once.

    chin: of one CHIN only, by its slug; IN_NONE: of those in none.
    """
    waiting: Any = Claim.objects.filter(stage=stage, state=ClaimState.SENT).with_place(day).whole()
    if chin:
        waiting = waiting.filter(chin_now=None) if chin == IN_NONE else waiting.filter(chin_now_slug=chin)
    return list(waiting.order_by("sent_on", "pk")[:BATCH])


def numbered(stage: Stage, ids: Iterable[int], day: date) -> list[Any]:
    """The claims of the stage by number."""
    return list(Claim.objects.filter(stage=stage, pk__in=list(ids)).with_place(day).whole())


def complete(several: Sequence[Claim], day: date) -> dict[int, str]:
    """By claim, what it lacks in words; blank where nothing does, and it can be accepted."""
    reckoning, of = Reckoning(several, day), shown(several, day)
    return {
        claim.pk: reckoning.barred(claim)
        or " ".join(f"{one.output}: {one.lacks}" for one in of[claim.pk] if one.lacks)
        or reckoning.unpriced(claim)
        for claim in several
    }


def of_practice(user: Any, asat: AsAt, practice: Practice) -> list[Any]:
    """The practice's claims that this person may see, as at the page's day, the newest stage first."""
    found = claims(user, asat).filter(practice=practice)
    return list(found.order_by("-stage__from_day", "stage__service__name", "stage__number", "pk"))


def agreed_amounts(several: Sequence[Claim], day: date) -> dict[int, Decimal | None]:
    """By claim, what it comes to; None where that is not stated."""
    reckoning = Reckoning(several, day)
    return {claim.pk: claim.amount or reckoning.amount(claim) for claim in several}
