"""The story of a made-up programme, told in the domain's own verbs and without touching the database.

Everything here is data: `loading` writes it. The same day gives the same story on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cc2h.board.models import BoardDay
from cc2h.config.demonstration import names
from cc2h.config.demonstration.chance import between, shares
from cc2h.config.demonstration.ground import position
from cc2h.config.demonstration.ledger import Ledger, Version
from cc2h.config.demonstration.places import COMMISSIONERS_SINCE, Place
from chins.interest.models import Criterion
from chins.interest.shipped import SHIPPED
from chins.models import ChinState, Deputy, Membership, Partner, PostHolding
from chins.workflow import ChinStatus
from practices.models import FederationMembership, PracticeDetail, PracticeStanding, Status, Succession

REGISTER_MADE = date(2017, 3, 6)  # the first day on which anything was recorded
NOTICE = timedelta(days=9)  # how long before its day a change becomes known, unless the story says otherwise
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cluster:
    """Neighbouring practices, with the patients they have together on 1 January 2018."""

    practices: int
    patients: int
    town: str
    outward: Sequence[str]


@dataclass(frozen=True)
class MadeUpPractice:
    """A practice and what its list size follows from.

    patients: its own on 1 January 2018, or when it has grown up if it opened later than the register was made.
    """

    code: str
    place: Place
    patients: int
    opened: date


@dataclass(frozen=True)
class Heir:
    """From `day` on, a practice has this share of the patients of one that closed."""

    code: str
    of: str
    day: date
    share: float


@dataclass(frozen=True)
class MadeUpChin:
    slug: str
    place: Place
    name: str
    footprint: str
    focus: tuple[str, ...]


@dataclass(frozen=True)
class MadeUpPost:
    """A post; `chin`, `practice` or `federation` names what it is a post of, else it is the place's, if any."""

    role: str
    title: str
    place: Place | None = None
    chin: str = ""
    practice: str = ""
    federation: str = ""


@dataclass(frozen=True)
class MadeUpContact:
    practice: str
    day: date
    by: str
    outcome: str
    next_step: str = ""
    next_day: date | None = None


@dataclass(frozen=True)
class MadeUpAction:
    """Something to be done about a record, by the holder of a post: by `due`, or `before` a day of the board."""

    kind: str
    key: str
    what: str
    owner: str
    raised: date
    due: date | None
    by: str
    before: Version | None = None
    state: str = "open"
    closed: date | None = None
    closed_by: str = ""
    evidence: str = ""
    reason: str = ""


@dataclass(frozen=True)
class MadeUpExpression:
    """An expression of interest, as it was decided. `scores`: by evaluator, in the order of the criteria."""

    place: Place
    title: str
    lead: str
    by: str
    area: str
    focus: tuple[str, ...]
    proposal: str
    practices: tuple[str, ...]
    received: date
    evaluating_from: date
    state: str
    decided: date
    reason: str
    chin: str = ""
    scores: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class MadeUpComment:
    """Words on a record, by somebody in a post; an answer to it: words, by, post, day. withdrawn: why, a day later."""

    kind: str
    key: str
    words: str
    by: str
    post: str
    day: date
    answer: tuple[str, str, str, date] | None = None
    withdrawn: str = ""


@dataclass(frozen=True)
class MadeUpFile:
    """A file of plain text on a record."""

    kind: str
    key: str
    title: str
    name: str
    text: str
    by: str
    post: str
    day: date


@dataclass
class Story:
    """What happened up to `today`, and what is planned after it."""

    today: date
    ledger: Ledger = field(default_factory=Ledger)
    practices: dict[str, MadeUpPractice] = field(default_factory=dict)
    heirs: list[Heir] = field(default_factory=list)
    chins: dict[str, MadeUpChin] = field(default_factory=dict)
    merged_chins: dict[str, str] = field(default_factory=dict)
    federations: dict[str, tuple[str, Place]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    posts: dict[str, MadeUpPost] = field(default_factory=dict)
    contacts: list[MadeUpContact] = field(default_factory=list)
    actions: list[MadeUpAction] = field(default_factory=list)
    expressions: list[MadeUpExpression] = field(default_factory=list)
    comments: list[MadeUpComment] = field(default_factory=list)
    files: list[MadeUpFile] = field(default_factory=list)
    _details: dict[str, Version] = field(default_factory=dict)
    _standings: dict[str, Version] = field(default_factory=dict)
    _federated: dict[str, Version] = field(default_factory=dict)
    _memberships: dict[str, Version] = field(default_factory=dict)
    _states: dict[str, Version] = field(default_factory=dict)
    _proposed: dict[str, date] = field(default_factory=dict)

    def name_of(self, code: str) -> str:
        """What a practice is called as the story stands."""
        return self._details[code].facts["name"]

    # Practices -----------------------------------------------------------------------------------------

    def found(
        self,
        place: Place,
        first_number: int,
        cluster: Cluster,
        *,
        opened: date | None = None,
        status: Status = Status.ACTIVE,
    ) -> list[str]:
        """The practices of a cluster, with codes from `first_number` on; old ones unless `opened` is given."""
        weights = [between(0.4, 1.6, "weight", place.code, first_number + i) for i in range(cluster.practices)]
        codes = []
        for i, patients in enumerate(shares(cluster.patients, weights)):
            number = first_number + i
            town, outward = cluster.town, cluster.outward[i % len(cluster.outward)]
            code = f"Z99{number:03d}"
            self._open(code, place, patients, town, outward, opened or COMMISSIONERS_SINCE, status)
            codes.append(code)
        return codes

    def _open(
        self, code: str, place: Place, patients: int, town: str, outward: str, first: date, status: Status
    ) -> None:
        running = len(self.practices)
        known = max(REGISTER_MADE, first - NOTICE)
        longitude, latitude = position(place.borough, outward, code)
        self.practices[code] = MadeUpPractice(code, place, patients, first)
        self._details[code] = self.ledger.record(
            PracticeDetail,
            practice=code,
            first=first,
            known=known,
            by=place.manager,
            name=names.practice_name(running),
            address=f"{names.street(running)}, {town}",
            postcode=names.postcode(outward, running),
            telephone=names.telephone(running),
            mailbox=f"{code.lower()}@practice.example",
            borough=place.borough,
            latitude=latitude,
            longitude=longitude,
        )
        self._standings[code] = self.ledger.record(
            PracticeStanding,
            practice=code,
            commissioner=place.code,
            status=status,
            first=first,
            known=known,
            by=place.manager,
        )

    def federate(self, slug: str, name: str, place: Place, since: date, codes: Sequence[str]) -> None:
        """A federation, with the practices as its members since a day, or since they opened."""
        self.federations[slug] = (name, place)
        for code in codes:
            opened = self._standings[code].first
            self._federated[code] = self.ledger.record(
                FederationMembership,
                practice=code,
                federation=slug,
                first=max(since, opened),
                known=max(REGISTER_MADE, opened - NOTICE),
                by=place.manager,
            )

    def stand(self, code: str, status: Status, day: date, *, place: Place | None = None, reason: str = "") -> None:
        """From `day` on the practice has another status, or another commissioner."""
        by, known = self.practices[code].place.manager, day - NOTICE
        before = self._standings[code]
        ended = self.ledger.end(before, last=day - DAY, known=known, by=by, reason=reason)
        self._standings[code] = self.ledger.record(
            PracticeStanding,
            practice=code,
            commissioner=place.code if place else ended.facts["commissioner"],
            status=status,
            first=day,
            known=known,
            by=by,
            reason=reason,
        )

    def close(self, code: str, last: date, heirs: dict[str, float], reason: str) -> None:
        """The practice closes after `last`; its patients register with the heirs, who get these shares."""
        by = self.practices[code].place.manager
        if code in self._memberships:
            self.leave(code, last, reason=reason)
        if code in self._federated:
            self.ledger.end(self._federated.pop(code), last=last, known=last + DAY - NOTICE, by=by, reason=reason)
        self.stand(code, Status.CLOSED, last + DAY, reason=reason)
        self.heirs += [Heir(heir, code, last + DAY, share) for heir, share in heirs.items()]

    def merge(self, code: str, into: str, day: date) -> None:
        """From `day` on the practice is part of another, which has nearly all of its patients."""
        reason = f"Merged into {into}"
        self.close(code, day - DAY, {into: 0.97}, reason)
        self.ledger.record(
            Succession,
            predecessor=code,
            successor=into,
            first=day,
            known=day - NOTICE,
            by=self.practices[code].place.manager,
            reason=reason,
        )

    def rename(self, code: str, name: str, day: date) -> None:
        by, before = self.practices[code].place.manager, self._details[code]
        ended = self.ledger.end(before, last=day - DAY, known=day - NOTICE, by=by, reason="New name")
        facts = {**ended.facts, "name": name}
        self._details[code] = self.ledger.record(
            PracticeDetail, first=day, known=day - NOTICE, by=by, reason="New name", **facts
        )

    def correct_postcode(self, code: str, postcode: str, known: date, reason: str) -> None:
        """The postcode was typed wrongly when the register was made, and put right on the day `known`."""
        self._details[code] = self.ledger.correct(
            self._details[code], known=known, by=self.practices[code].place.manager, reason=reason, postcode=postcode
        )

    # CHINs ---------------------------------------------------------------------------------------------

    def propose(self, chin: MadeUpChin, day: date, reason: str = "") -> None:
        """An expression of interest came in on `day`."""
        self.chins[chin.slug] = chin
        self._proposed[chin.slug] = max(day, REGISTER_MADE)
        self._states[chin.slug] = self.ledger.record(
            ChinState,
            chin=chin.slug,
            status=ChinStatus.PROPOSED,
            first=day,
            known=self._proposed[chin.slug],
            by=chin.place.manager,
            reason=reason,
        )

    def decide(
        self, slug: str, status: ChinStatus, day: date, *, known: date | None = None, reason: str = ""
    ) -> Version:
        """From `day` on the CHIN is in another state. Returns the version before it, now with an end."""
        by = self.chins[slug].place.manager
        known = max(known or day, REGISTER_MADE)
        before = self._states[slug]
        if known <= before.known.date():
            known = before.known.date() + DAY
        ended = self.ledger.end(before, last=day - DAY, known=known, by=by, reason=reason)
        self._states[slug] = self.ledger.record(
            ChinState, chin=slug, status=status, first=day, known=known, by=by, reason=reason
        )
        return ended

    def slip(self, slug: str, before: Version, day: date, *, known: date, reason: str) -> None:
        """A planned state will begin on another `day`; `before` is the state that lasts until then."""
        by = self.chins[slug].place.manager
        self.ledger.correct(before, known=known, by=by, reason=reason, last=day - DAY)
        self._states[slug] = self.ledger.correct(self._states[slug], known=known, by=by, reason=reason, first=day)

    def join(
        self,
        codes: Sequence[str],
        slug: str,
        day: date,
        *,
        known: date | None = None,
        reason: str = "",
    ) -> None:
        """The practices are in a CHIN from `day` on."""
        known = max(known or day - NOTICE, self._proposed[slug])
        for code in codes:
            self._memberships[code] = self.ledger.record(
                Membership,
                practice=code,
                chin=slug,
                first=day,
                known=known,
                by=self.chins[slug].place.manager,
                reason=reason,
            )

    def postpone(self, code: str, day: date, *, known: date, reason: str) -> None:
        """A planned join will be on another day."""
        before = self._memberships[code]
        self._memberships[code] = self.ledger.correct(before, known=known, by=before.by, reason=reason, first=day)

    def never_joined(self, code: str, *, known: date, reason: str) -> None:
        """The join was entered by mistake, and voided when that was noticed."""
        membership = self._memberships.pop(code)
        self.ledger.void(membership, known=known, by=membership.by, reason=reason)

    def leave(self, code: str, last: date, *, known: date | None = None, reason: str = "") -> None:
        membership = self._memberships.pop(code)
        self.ledger.end(
            membership,
            last=last,
            known=known or last + DAY - NOTICE,
            by=membership.by,
            reason=reason,
        )

    def move(self, codes: Sequence[str], slug: str, day: date, *, known: date | None = None, reason: str = "") -> None:
        """From `day` on the practices are in another CHIN."""
        for code in codes:
            self.leave(code, day - DAY, known=known or day - NOTICE, reason=reason)
        self.join(codes, slug, day, known=known, reason=reason)

    def merge_chins(self, slug: str, into: str, day: date) -> None:
        """From `day` on a CHIN is part of another, and so are its practices."""
        members = [code for code, m in self._memberships.items() if m.facts["chin"] == slug]
        self.move(members, into, day, reason=f"Merged into {self.chins[into].name}")
        self.decide(slug, ChinStatus.MERGED, day, known=day - NOTICE, reason=f"Merged into {self.chins[into].name}")
        self.merged_chins[slug] = into

    def partner(self, slug: str, organisation: str, sector: str, since: date) -> None:
        self.ledger.record(
            Partner,
            chin=slug,
            organisation=organisation,
            sector=sector,
            first=since,
            known=max(since, REGISTER_MADE),
            by=self.chins[slug].place.manager,
        )

    def criteria(self, place: Place, since: date) -> None:
        """A commissioner scores expressions of interest by the criteria the portal ships with."""
        for one in SHIPPED:
            self.ledger.record(
                Criterion, commissioner=place.code, first=since, known=since, by=place.manager, **one._asdict()
            )

    # People --------------------------------------------------------------------------------------------

    def person(self, email: str, name: str) -> str:
        self.people[email] = name
        return email

    def post(self, post: MadeUpPost) -> str:
        self.posts[post.title] = post
        return post.title

    def hold(self, post: str, email: str, first: date, last: date | None = None) -> None:
        """Somebody holds a post. The first posts are recorded by nobody: somebody had to be the first."""
        self.ledger.record(
            PostHolding, post=post, holder=email, first=first, last=last, known=max(first, REGISTER_MADE), by=""
        )

    def deputise(self, post: str, email: str, first: date, last: date | None = None) -> None:
        self.ledger.record(
            Deputy, post=post, deputy=email, first=first, last=last, known=max(first, REGISTER_MADE), by=""
        )

    def board_day(self, place: Place, day: date) -> None:
        self.ledger.record(
            BoardDay,
            commissioner=place.code,
            day=day,
            title="Health and Wellbeing Board",
            first=day,
            last=day,
            known=max(REGISTER_MADE, day - timedelta(weeks=13)),
            by=place.mail("secretary"),
        )
