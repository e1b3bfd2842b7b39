"""Who may do what: roles, actions, and how far each role's actions reach.

Authority comes from posts held on a day. The posts themselves live in a higher room, which registers its
answer with `provide`. This table is the only place where a permission is written; the page "Who can do what"
is drawn from it, pages and querysets ask it, and a test walks every address against it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices

from cc2h.kit.together import Given


class Scope(TextChoices):
    """What a post is a post of."""

    PORTAL = "portal", "the portal"
    COMMISSIONER = "commissioner", "a commissioner"
    CHIN = "chin", "a CHIN"
    PRACTICE = "practice", "a practice"
    FEDERATION = "federation", "a federation"


class Role(TextChoices):
    TRANSFORMATION_MANAGER = "transformation_manager", "Transformation manager"
    FINANCE_OFFICER = "finance_officer", "Finance officer"
    NCL_OFFICE = "ncl_office", "NCL programme office"
    BOARD_MEMBER = "board_member", "Health and Wellbeing Board member"
    STEERING_GROUP_LEAD = "steering_group_lead", "CHIN Steering Group lead"
    SECRETARY = "secretary", "Secretary of a body"
    COUNCIL_OFFICER = "council_officer", "Council officer"
    ANALYST = "analyst", "Public health analyst"
    CHIN_LEAD = "chin_lead", "CHIN lead"
    QI_LEAD = "qi_lead", "Quality improvement lead"
    CLINICAL_LEAD = "clinical_lead", "Clinical lead"
    MANAGERIAL_LEAD = "managerial_lead", "Managerial lead"
    SPOC = "spoc", "Specified Point of Contact (SPoC)"
    FEDERATION_SUPPORT = "federation_support", "Federation support"
    QIST_MEMBER = "qist_member", "QIST member"
    PRACTICE_MANAGER = "practice_manager", "Practice manager"
    FEDERATION_MANAGER = "federation_manager", "Federation manager"
    BODY_MEMBER = "body_member", "Member of a body"
    ADMINISTRATOR = "administrator", "Portal administrator"


ROLE_SCOPE: dict[Role, Scope] = {
    Role.TRANSFORMATION_MANAGER: Scope.COMMISSIONER,
    Role.FINANCE_OFFICER: Scope.COMMISSIONER,
    Role.NCL_OFFICE: Scope.COMMISSIONER,
    Role.BOARD_MEMBER: Scope.COMMISSIONER,
    Role.STEERING_GROUP_LEAD: Scope.COMMISSIONER,
    Role.SECRETARY: Scope.COMMISSIONER,
    Role.COUNCIL_OFFICER: Scope.COMMISSIONER,
    Role.ANALYST: Scope.COMMISSIONER,
    Role.CHIN_LEAD: Scope.CHIN,
    Role.QI_LEAD: Scope.CHIN,
    Role.CLINICAL_LEAD: Scope.CHIN,
    Role.MANAGERIAL_LEAD: Scope.CHIN,
    Role.SPOC: Scope.CHIN,
    Role.FEDERATION_SUPPORT: Scope.CHIN,
    Role.QIST_MEMBER: Scope.CHIN,
    Role.PRACTICE_MANAGER: Scope.PRACTICE,
    Role.FEDERATION_MANAGER: Scope.FEDERATION,
    Role.BODY_MEMBER: Scope.COMMISSIONER,
    Role.ADMINISTRATOR: Scope.PORTAL,
}


class Action(TextChoices):
    VIEW_REGISTER = "view_register", "See the dashboard, practices, CHINs and coverage"
    VIEW_UNPLACED = "view_unplaced", "See the names of practices that are not in a CHIN"
    VIEW_CONTACTS = "view_contacts", "See the contact log of a practice"
    ADD_CONTACT = "add_contact", "Add to the contact log of a practice"
    VIEW_HISTORY = "view_history", "See who changed what"
    CHANGE_PRACTICE = "change_practice", "Open, close, merge and correct practices"
    CHANGE_CHIN = "change_chin", "Propose a CHIN and change its state and details"
    CHANGE_MEMBERSHIP = "change_membership", "Let practices join, leave and move between CHINs"
    VIEW_EXPRESSION = "view_expression", "See expressions of interest before they are approved"
    SUBMIT_EXPRESSION = (
        "submit_expression",
        "Send in an expression of interest, change it until it is evaluated, withdraw it",
    )
    EVALUATE_EXPRESSION = "evaluate_expression", "Score expressions of interest"
    DECIDE_EXPRESSION = "decide_expression", "Decide on expressions of interest, and keep the criteria"
    CHANGE_POST = "change_post", "Fill and end posts, and name deputies for them"
    NAME_DEPUTY = "name_deputy", "Name a deputy for one’s own post"
    VIEW_IMPORTS = "view_imports", "See imported files and their problems"
    IMPORT_FILES = "import_files", "Import files"
    RELEASE_NAMES = "release_names", "Release the names of practices not in a CHIN to the board"
    SETTLE_STATEMENT = "settle_statement", "Settle where a paper and the records disagree"
    CHANGE_BOARD_DAYS = "change_board_days", "Keep the list of board days"
    CHANGE_COMMISSIONER = (
        "change_commissioner",
        "Change a commissioner’s name, words, size band and target, and add its federations",
    )
    VIEW_ACTIONS = "view_actions", "See the actions set on records, and who is to do them"
    ADD_ACTION = "add_action", "Set, change, close and drop actions on records"
    COMPLETE_ACTION = "complete_action", "Be given actions for one’s own post, and say that they are done"
    ADD_COMMENT = "add_comment", "Write comments and attach files on records"
    WITHDRAW_COMMENT = "withdraw_comment", "Withdraw comments and files of others"
    VIEW_BUDGET = "view_budget", "See the budget: allocations, commitments and payments"
    CHANGE_BUDGET = "change_budget", "Keep budget lines, enter allocations, delegate, ask for virements and cuts"
    AGREE_BUDGET = "agree_budget", "Agree virements and cuts that somebody else asked for"
    CLOSE_MONTH = "close_month", "Close months of the budget, and end its years"
    VIEW_CLAIM = "view_claim", "See claims, what was sent in for them, agreements and assessments of practices"
    CHANGE_SERVICE = "change_service", "Keep local services, their stages and outputs, and who is eligible"
    ENTER_CLAIM = "enter_claim", "Enter evidence for a claim and send it in, and answer the assessment"
    VERIFY_CLAIM = "verify_claim", "Accept or return what somebody else entered for a claim"
    KEEP_AGREEMENT = "keep_agreement", "Keep agreements, their versions and parties"
    SIGN_AGREEMENT = "sign_agreement", "Sign an agreement for one’s own practice"
    PREPARE_PAYMENT = "prepare_payment", "Prepare, export and confirm payment runs"
    AUTHORISE_PAYMENT = "authorise_payment", "Authorise payment runs that somebody else prepared"
    VIEW_SMALL_NUMBERS = "view_small_numbers", "See small counts of staff in what practices answered"
    VIEW_GOVERNANCE = "view_governance", "See bodies, their seats and meetings, and what was decided"
    KEEP_GOVERNANCE = "keep_governance", "Keep bodies, seats, meetings and agendas, and record what was decided"
    DECLARE_INTEREST = "declare_interest", "Declare one’s own interests"
    KEEP_INTERESTS = "keep_interests", "Keep the register of interests for others"
    VIEW_CASE = "view_case", "See business cases that were submitted, and what became of them"
    VIEW_DRAFT_CASE = "view_draft_case", "See ideas and drafts of business cases"
    WRITE_CASE = "write_case", "Put forward ideas, write business cases and submit them"
    SHAPE_CASE = "shape_case", "Take up ideas and shape them with their CHIN"
    SPONSOR_CASE = "sponsor_case", "Sponsor business cases of one’s own CHIN, for its management board"
    CHECK_CASE = "check_case", "Check what business cases cost, and name the line that pays"
    ADVISE_CASE = "advise_case", "Advise on business cases, for the CHIN Steering Group"
    DECIDE_CASE = "decide_case", "Decide on business cases below the limit, as the named officer"
    KEEP_ROUTE = "keep_route", "Keep the route of business cases: stages, limits and target days"
    RELEASE_TRANCHE = "release_tranche", "Release money of approved business cases, tranche by tranche"
    RECORD_CYCLE = "record_cycle", "Plan cycles, record what happened in them, and conclude them"
    VIEW_LOCAL_VALUES = "view_local_values", "See which practice an unpublished value is of"
    KEEP_MEASURES = "keep_measures", "Keep measures, their definitions, and outcome objectives"
    JUDGE_SERIES = "judge_series", "Write notes on charts, and propose new baselines"
    APPROVE_BASELINE = (
        "approve_baseline",
        "Approve new baselines that somebody else proposed, and how series are judged",
    )
    SET_TARGETS = "set_targets", "Set targets and trajectories"
    KEEP_QIST = "keep_qist", "Keep QISTs: host, staff, whom they serve, and their reviews"
    VIEW_SUPPORT = "view_support", "See what QISTs did for a practice"
    LOG_SUPPORT = "log_support", "Write down what a QIST did for a practice"
    KEEP_BENEFITS = "keep_benefits", "Plan and forecast benefits"
    VALIDATE_BENEFIT = "validate_benefit", "Validate benefits that somebody else claimed"
    MANAGE_PEOPLE = "manage_people", "Add people and end their access"
    VIEW_OPERATIONS = "view_operations", "See how the portal runs: work that waits, versions, disk"


class Reach(TextChoices):
    """How far an action reaches from the post's own scope."""

    OWN = "own", "own"
    COMMISSIONER = "commissioner", "whole commissioner"
    EVERYWHERE = "everywhere", "everywhere"


def _reads(reach: Reach = Reach.COMMISSIONER) -> dict[Action, Reach]:
    return {
        Action.VIEW_REGISTER: reach,
        Action.NAME_DEPUTY: Reach.OWN,
        Action.VIEW_GOVERNANCE: reach,
        Action.DECLARE_INTEREST: Reach.OWN,
        Action.VIEW_CASE: reach,
    }


def _says(reach: Reach) -> dict[Action, Reach]:
    """Of a post that speaks on records. What is said there is read by whoever may see the record."""
    return {Action.ADD_COMMENT: reach}


def _acts(see: Reach | None = None, add: Reach | None = None) -> dict[Action, Reach]:
    """Of a post that can be given actions: how far it sees those of others, and sets them."""
    further = {Action.VIEW_ACTIONS: see, Action.ADD_ACTION: add}
    return {Action.COMPLETE_ACTION: Reach.OWN} | {action: reach for action, reach in further.items() if reach}


# Practices send in an expression of interest in the name of their own post, and see what they sent.
_APPLIES = {Action.VIEW_EXPRESSION: Reach.OWN, Action.SUBMIT_EXPRESSION: Reach.OWN}
_EVALUATES = {Action.VIEW_EXPRESSION: Reach.COMMISSIONER, Action.EVALUATE_EXPRESSION: Reach.COMMISSIONER}
# The NHS publishes one file for all of England, so whoever brings one brings it for everybody.
_FILES = {Action.VIEW_IMPORTS: Reach.EVERYWHERE, Action.IMPORT_FILES: Reach.EVERYWHERE}
OF_ADMINISTRATORS = (Action.MANAGE_PEOPLE, Action.VIEW_OPERATIONS)
# Whoever verifies what is owed pays nobody: that is finance's.
OF_FINANCE = (Action.CLOSE_MONTH, Action.PREPARE_PAYMENT, Action.AUTHORISE_PAYMENT)
# A CHIN stands for its own case, and what it costs is checked by who doesn't decide on it.
_OF_OTHERS = (
    Action.SIGN_AGREEMENT,
    Action.SPONSOR_CASE,
    Action.CHECK_CASE,
    Action.ADVISE_CASE,
    Action.VALIDATE_BENEFIT,
)
_NOT_MANAGERS = (*OF_ADMINISTRATORS, *OF_FINANCE, *_OF_OTHERS)
_MANAGER = {action: Reach.COMMISSIONER for action in Action if action not in _NOT_MANAGERS} | _FILES
# The budget of a commissioner; of a CHIN, what is delegated to it.
_BUDGET = {Action.VIEW_BUDGET: Reach.COMMISSIONER}
_CHIN_POST = (
    _reads()
    | _acts(see=Reach.OWN)
    | _says(Reach.OWN)
    | {
        Action.VIEW_BUDGET: Reach.OWN,
        Action.VIEW_CLAIM: Reach.OWN,
        Action.VIEW_CONTACTS: Reach.OWN,
        Action.ADD_CONTACT: Reach.OWN,
        Action.VIEW_HISTORY: Reach.OWN,
        Action.VIEW_DRAFT_CASE: Reach.OWN,
        Action.VIEW_LOCAL_VALUES: Reach.OWN,
        Action.VIEW_SUPPORT: Reach.OWN,
        Action.JUDGE_SERIES: Reach.OWN,
    }
)
_WRITES_CASES = {Action.WRITE_CASE: Reach.OWN, Action.RECORD_CYCLE: Reach.OWN}
_CHIN_LEADER = _CHIN_POST | {
    Action.ADD_ACTION: Reach.OWN,
    Action.ENTER_CLAIM: Reach.OWN,
    Action.KEEP_AGREEMENT: Reach.OWN,
    Action.KEEP_GOVERNANCE: Reach.OWN,
    **_WRITES_CASES,
}
_SPONSORS = {Action.SPONSOR_CASE: Reach.OWN}

GRANTS: dict[Role, dict[Action, Reach]] = {
    Role.TRANSFORMATION_MANAGER: _MANAGER,
    Role.FINANCE_OFFICER: _reads()
    | _acts(see=Reach.COMMISSIONER, add=Reach.COMMISSIONER)
    | _says(Reach.COMMISSIONER)
    | _BUDGET
    | {
        Action.CHANGE_BUDGET: Reach.COMMISSIONER,
        Action.AGREE_BUDGET: Reach.COMMISSIONER,
        Action.CLOSE_MONTH: Reach.COMMISSIONER,
        Action.VIEW_CLAIM: Reach.COMMISSIONER,
        Action.PREPARE_PAYMENT: Reach.COMMISSIONER,
        Action.AUTHORISE_PAYMENT: Reach.COMMISSIONER,
        Action.CHECK_CASE: Reach.COMMISSIONER,
        Action.VALIDATE_BENEFIT: Reach.COMMISSIONER,
        Action.VIEW_UNPLACED: Reach.COMMISSIONER,
        Action.VIEW_HISTORY: Reach.COMMISSIONER,
        Action.VIEW_IMPORTS: Reach.EVERYWHERE,
    },
    Role.NCL_OFFICE: _reads()
    | _BUDGET
    | _acts(see=Reach.COMMISSIONER)
    | _EVALUATES
    | _says(Reach.COMMISSIONER)
    | {
        Action.VIEW_CLAIM: Reach.COMMISSIONER,
        Action.VIEW_UNPLACED: Reach.COMMISSIONER,
        Action.VIEW_HISTORY: Reach.COMMISSIONER,
        Action.VIEW_IMPORTS: Reach.EVERYWHERE,
        Action.KEEP_GOVERNANCE: Reach.EVERYWHERE,  # the bodies of all commissioners together are of none
    },
    Role.BOARD_MEMBER: _reads() | _BUDGET,
    Role.STEERING_GROUP_LEAD: _reads()
    | _BUDGET
    | _acts(see=Reach.COMMISSIONER, add=Reach.COMMISSIONER)
    | _EVALUATES
    | _says(Reach.COMMISSIONER)
    | {
        Action.VIEW_CLAIM: Reach.COMMISSIONER,
        Action.VIEW_UNPLACED: Reach.COMMISSIONER,
        Action.VIEW_CONTACTS: Reach.COMMISSIONER,
        Action.ADD_CONTACT: Reach.COMMISSIONER,
        Action.VIEW_HISTORY: Reach.COMMISSIONER,
        Action.ADVISE_CASE: Reach.COMMISSIONER,
        Action.VIEW_DRAFT_CASE: Reach.COMMISSIONER,
    },
    Role.SECRETARY: _reads()
    | _BUDGET
    | _acts(see=Reach.COMMISSIONER, add=Reach.COMMISSIONER)
    | _says(Reach.COMMISSIONER)
    | {
        Action.CHANGE_BOARD_DAYS: Reach.COMMISSIONER,
        Action.KEEP_GOVERNANCE: Reach.COMMISSIONER,
        Action.KEEP_INTERESTS: Reach.COMMISSIONER,
    },
    Role.COUNCIL_OFFICER: _reads() | _BUDGET | _acts() | _says(Reach.COMMISSIONER),
    Role.ANALYST: _reads()
    | _BUDGET
    | _acts()
    | _says(Reach.COMMISSIONER)
    | {
        Action.VIEW_IMPORTS: Reach.EVERYWHERE,
        Action.VIEW_LOCAL_VALUES: Reach.COMMISSIONER,
        Action.KEEP_MEASURES: Reach.COMMISSIONER,
        Action.JUDGE_SERIES: Reach.COMMISSIONER,
    },
    Role.CHIN_LEAD: _CHIN_LEADER | _SPONSORS,
    Role.QI_LEAD: _CHIN_POST | _WRITES_CASES,
    Role.CLINICAL_LEAD: _CHIN_LEADER | _SPONSORS,
    Role.MANAGERIAL_LEAD: _CHIN_LEADER | _SPONSORS,
    Role.SPOC: _CHIN_LEADER
    | {
        Action.VIEW_UNPLACED: Reach.COMMISSIONER,
        Action.VIEW_CONTACTS: Reach.COMMISSIONER,
        Action.ADD_CONTACT: Reach.COMMISSIONER,
        Action.CHANGE_MEMBERSHIP: Reach.OWN,
        Action.SHAPE_CASE: Reach.OWN,
    },
    Role.FEDERATION_SUPPORT: _CHIN_POST | {Action.VIEW_UNPLACED: Reach.COMMISSIONER},
    Role.QIST_MEMBER: _reads()
    | _acts(see=Reach.OWN)
    | _says(Reach.OWN)
    | {
        Action.VIEW_DRAFT_CASE: Reach.OWN,
        Action.RECORD_CYCLE: Reach.OWN,
        Action.VIEW_LOCAL_VALUES: Reach.OWN,
        Action.JUDGE_SERIES: Reach.OWN,
        Action.VIEW_SUPPORT: Reach.OWN,
        Action.LOG_SUPPORT: Reach.OWN,
    },
    Role.PRACTICE_MANAGER: _reads()
    | _acts()
    | _says(Reach.OWN)
    | _APPLIES
    | {
        Action.VIEW_CLAIM: Reach.OWN,
        Action.ENTER_CLAIM: Reach.OWN,
        Action.SIGN_AGREEMENT: Reach.OWN,
        Action.VIEW_HISTORY: Reach.OWN,
        Action.VIEW_LOCAL_VALUES: Reach.OWN,
        Action.VIEW_SUPPORT: Reach.OWN,
    },
    Role.FEDERATION_MANAGER: _reads()
    | _acts(see=Reach.OWN)
    | _says(Reach.OWN)
    | _APPLIES
    | {
        Action.VIEW_UNPLACED: Reach.COMMISSIONER,
        Action.VIEW_CONTACTS: Reach.OWN,
        Action.ADD_CONTACT: Reach.OWN,
        Action.VIEW_HISTORY: Reach.OWN,
    },
    Role.BODY_MEMBER: _reads() | _BUDGET | _says(Reach.COMMISSIONER),
    Role.ADMINISTRATOR: {
        Action.VIEW_REGISTER: Reach.EVERYWHERE,
        Action.VIEW_HISTORY: Reach.EVERYWHERE,
        Action.VIEW_IMPORTS: Reach.EVERYWHERE,
        Action.CHANGE_POST: Reach.EVERYWHERE,
        Action.MANAGE_PEOPLE: Reach.EVERYWHERE,
        Action.VIEW_OPERATIONS: Reach.EVERYWHERE,
        Action.NAME_DEPUTY: Reach.OWN,
    },
}


@dataclass(frozen=True)
class Holding:
    """A post held today, by its holder or by a deputy. The ids that do not apply to its scope are None.

    followed_by: (from which day, commissioner id) of those that took over from its commissioner, the first first.
    """

    post_id: int
    role: Role
    title: str
    commissioner_id: int | None = None
    chin_id: int | None = None
    practice_id: int | None = None
    federation_id: int | None = None
    deputy_for: str = ""
    commissioner_name: str = ""
    followed_by: tuple[tuple[date, int], ...] = ()

    @property
    def scope(self) -> Scope:
        return ROLE_SCOPE[self.role]

    def commissioner_on(self, day: date) -> int | None:
        """Its commissioner on the day: its own, or the one that had taken over by then."""
        return next((pk for since, pk in reversed(self.followed_by) if since <= day), self.commissioner_id)


@dataclass(frozen=True)
class Target:
    """What an object belongs to, as far as authority asks."""

    commissioner_ids: frozenset[int] = frozenset()
    chin_ids: frozenset[int] = frozenset()
    practice_ids: frozenset[int] = frozenset()
    federation_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Decision:
    """May they, and if not, why not, in words for the person."""

    allowed: bool
    why_not: str = ""

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Authority:
    """Everything a person may do on a day. Empty for somebody without a post: deny by default.

    only: the actions that a token is for; None where nothing narrows what the posts grant.
    """

    holdings: tuple[Holding, ...] = ()
    only: frozenset[str] | None = None

    def _granting(self, action: Action) -> Iterable[tuple[Holding, Reach]]:
        if self.only is not None and action not in self.only:
            return
        for holding in self.holdings:
            reach = GRANTS[holding.role].get(action)
            if reach is not None:
                yield holding, reach

    def may(self, action: Action) -> bool:
        """Whether any post grants the action at all, somewhere."""
        return any(True for _ in self._granting(action))

    def everywhere(self, action: Action) -> bool:
        return any(reach is Reach.EVERYWHERE for _, reach in self._granting(action))

    def commissioner_ids(self, action: Action) -> frozenset[int]:
        """Commissioners for the whole of which the action is granted, with those that took over from them."""
        return frozenset(
            commissioner_id
            for h, reach in self._granting(action)
            if reach is Reach.COMMISSIONER or (reach is Reach.OWN and h.scope is Scope.COMMISSIONER)
            for commissioner_id in (h.commissioner_id, *(pk for _, pk in h.followed_by))
            if commissioner_id is not None
        )

    def alike(self, action: Action, other: Action) -> bool:
        """Whether both are granted for the same commissioners."""
        return self.commissioner_ids(action) == self.commissioner_ids(other)

    def own_ids(self, action: Action, scope: Scope) -> frozenset[int]:
        """Ids of CHINs, practices or federations that posts of that scope grant the action for."""
        attribute = {"chin": "chin_id", "practice": "practice_id", "federation": "federation_id"}[scope]
        ids = (getattr(h, attribute) for h, _ in self._granting(action) if h.scope is scope)
        return frozenset(i for i in ids if i is not None)

    def reach(self, action: Action) -> Target:
        """Everything the action is granted for; `everywhere` is asked apart."""
        own = (self.own_ids(action, scope) for scope in (Scope.CHIN, Scope.PRACTICE, Scope.FEDERATION))
        return Target(self.commissioner_ids(action), *own)

    def holdings_allowing(self, action: Action, target: Target) -> tuple[Holding, ...]:
        """The posts held that allow the action on the target."""
        return tuple(one for one in self.holdings if replace(self, holdings=(one,)).allows(action, target))

    def posts(self) -> frozenset[int]:
        """The posts held, as holder or deputy."""
        return frozenset(holding.post_id for holding in self.holdings)

    def shape_of_question(self) -> "Roles":
        return Roles(frozenset(holding.role for holding in self.holdings), self.only)

    def post_ids(self, action: Action) -> frozenset[int]:
        """The posts held that grant the action."""
        return frozenset(holding.post_id for holding, _ in self._granting(action))

    def allows(self, action: Action, target: Target) -> bool:
        return (
            self.everywhere(action)
            or bool(self.commissioner_ids(action) & target.commissioner_ids)
            or bool(self.own_ids(action, Scope.CHIN) & target.chin_ids)
            or bool(self.own_ids(action, Scope.PRACTICE) & target.practice_ids)
            or bool(self.own_ids(action, Scope.FEDERATION) & target.federation_ids)
        )


@dataclass(frozen=True)
class Roles:
    """What decides about the words of a question that is asked for an authority (cc2h.kit.together): not whose posts."""

    roles: frozenset[Role]
    only: frozenset[str] | None

    def stand_in(self, given: Given) -> "GivenAuthority":
        return GivenAuthority(self, given)


class GivenAuthority:
    """Stands for the authority of anybody with these roles. Which ids it has none of for any of them, it knows."""

    def __init__(self, like: Roles, given: Given) -> None:
        self._like = Authority(tuple(Holding(1, role, "", 1, 1, 1, 1) for role in like.roles), like.only)
        self._given = given

    def may(self, action: Action) -> bool:
        return self._like.may(action)

    def everywhere(self, action: Action) -> bool:
        return self._like.everywhere(action)

    def commissioner_ids(self, action: Action) -> Any:
        return self._like.commissioner_ids(action) and self._given(lambda held: held.commissioner_ids(action), list)

    def alike(self, action: Action, other: Action) -> bool:
        """Whether they are for whoever has these roles: where each of them grants both, or neither."""
        each = (replace(self._like, holdings=(one,)) for one in self._like.holdings)
        return all(one.alike(action, other) for one in each)

    def own_ids(self, action: Action, scope: Scope) -> Any:
        return self._like.own_ids(action, scope) and self._given(lambda held: held.own_ids(action, scope), list)

    def post_ids(self, action: Action) -> Any:
        return self._like.post_ids(action) and self._given(lambda held: held.post_ids(action), list)

    def posts(self) -> Any:
        return self._like.posts() and self._given(lambda held: held.posts(), list)


# What a stolen password must not be enough for: changing people, what the public and the board are shown, money.
GUARDED = {
    Action.MANAGE_PEOPLE,
    Action.CHANGE_POST,
    Action.RELEASE_NAMES,
    Action.SETTLE_STATEMENT,
    Action.CHANGE_COMMISSIONER,
    Action.CHANGE_BUDGET,
    Action.AGREE_BUDGET,
    Action.CLOSE_MONTH,
    Action.CHANGE_SERVICE,
    Action.VERIFY_CLAIM,
    Action.PREPARE_PAYMENT,
    Action.AUTHORISE_PAYMENT,
    Action.CHECK_CASE,
    Action.DECIDE_CASE,
    Action.KEEP_ROUTE,
    Action.RELEASE_TRANCHE,
}
# Beyond one's own CHIN also these: a decision that is recorded commits money, a seat gives authority, the register of
# interests is published.
GUARDED_BEYOND_A_CHIN = {Action.KEEP_GOVERNANCE, Action.KEEP_INTERESTS}


def _guarded(role: Role) -> bool:
    wide = GRANTS[role].keys() if ROLE_SCOPE[role] is not Scope.CHIN else set()
    return bool(GUARDED & GRANTS[role].keys() or GUARDED_BEYOND_A_CHIN & wide)


SECOND_FACTOR_ROLES = frozenset(role for role in GRANTS if _guarded(role)) | {Role.FINANCE_OFFICER}


def needs_second_factor(held: Authority) -> bool:
    """Whether a post of this authority needs a second factor."""
    return any(holding.role in SECOND_FACTOR_ROLES for holding in held.holdings)


Provider = Callable[[Any, date], Iterable[Holding]]
_providers: list[Provider] = []


def provide(provider: Provider) -> Provider:
    """Register a function that knows which posts a user holds on a day."""
    _providers.append(provider)
    return provider


def of(user: Any, day: date) -> Authority:
    """The authority of a user on a day; none for somebody signed out or no longer active."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Authority()
    return Authority(tuple(holding for provider in _providers for holding in provider(user, day)))


def authority_of(user: Any) -> Authority:
    """The user's authority today, kept on the user for the length of a request."""
    return getattr(user, "authority", Authority())


def can(user: Any, action: Action, obj: Any = None) -> Decision:
    """May this person do this to this object? `obj` offers `authority_target()`; None asks "anywhere at all?"."""
    held = authority_of(user)

    def allowed(by: Authority) -> bool:
        return by.may(action) and (obj is None or by.allows(action, obj.authority_target()))

    if allowed(held):
        return Decision(True)
    roles = [str(role.label) for role, grants in GRANTS.items() if action in grants]
    if held.only is not None and allowed(replace(held, only=None)):
        return Decision(False, f"This token is not for “{action.label}”.")
    whose = "" if obj is None else f" for {obj}"
    return Decision(False, f"You can’t do this{whose}: “{action.label}” belongs to these posts: {', '.join(roles)}.")


def require(user: Any, action: Action, obj: Any = None) -> None:
    """Raise PermissionDenied, with the reason in words, unless `can`."""
    decision = can(user, action, obj)
    if not decision:
        raise PermissionDenied(decision.why_not)
