"""What every address of the portal is: whom it shows itself to, what one must be allowed, and whether it takes a POST.

Add a page's line here when you add the page; test_every_url walks them all, and fails on one that is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from cc2h.accounts.authority import Action
from cc2h.cases.sections import SECTIONS
from tests.architecture.world import Side


class Kind(Enum):
    PAGE = "read only: a POST changes nothing"
    FORM = "a GET shows it, a POST acts or says what is wrong"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One address.

    action: what one must be allowed; None: nothing beyond being signed in. of: what the address is about, on a
    side (an object with authority_target, or one of a practice); None where it is about no single thing.
    hidden: who may not see `of` is answered 404, not 403. seen_with: the action that lets one
    see it. wide: the action must reach a whole commissioner.
    arguments: what the address is made of, for a side. personal: it is one person's own, and to anybody else there is
    no such thing, whatever they may do.
    """

    kind: Kind
    action: Action | None = Action.VIEW_REGISTER
    of: Callable[[Side], Any] | None = None
    hidden: bool = True
    seen_with: Action = Action.VIEW_REGISTER
    wide: bool = False
    personal: bool = False
    arguments: Callable[[Side], Mapping[str, Any]] | None = None


def page(action: Action | None = Action.VIEW_REGISTER, **more: Any) -> Declared:
    return Declared(kind=Kind.PAGE, action=action, **more)


def form(action: Action, **more: Any) -> Declared:
    return Declared(kind=Kind.FORM, action=action, **more)


Answer = int | str  # a status, or the address it leads to


@dataclass(frozen=True, kw_only=True)
class Account:
    """An address of signing in, passwords, tokens, the API itself, or for everybody: what a GET and a POST (with nothing in it) are

    answered, by whether somebody is signed in. No post gives or takes any of it.
    """

    signed_out: tuple[Answer, Answer]
    signed_in: tuple[Answer, Answer]
    arguments: Mapping[str, str] | None = None


ABOUT_CHIN: Mapping[str, Any] = {"of": lambda side: side.chin, "arguments": lambda side: {"slug": side.chin.slug}}


def of_chin(name: str) -> dict[str, Any]:
    """A record of a CHIN, by the name it has on a side."""
    return {"of": lambda side: side.chin, "arguments": lambda side: {"pk": getattr(side, name).pk}}


def of_post(name: str) -> dict[str, Any]:
    """A record of a post of a CHIN."""
    return {"of": lambda side: side.chin, "arguments": lambda side: {"pk": getattr(side, name).pk}}


ABOUT_POST: Mapping[str, Any] = {
    "of": lambda side: side.chin,
    "arguments": lambda side: {"post_id": side.holding.post_id},
}
ABOUT_PERSON: Mapping[str, Any] = {"hidden": False, "arguments": lambda side: {"pk": side.somebody.pk}}


def of_expression(name: str) -> dict[str, Any]:
    """An expression of interest that a practice sent in, by the name it has on a side."""
    return {
        "seen_with": Action.VIEW_EXPRESSION,
        "of": lambda side: getattr(side, name),
        "arguments": lambda side: {"pk": getattr(side, name).pk},
    }


OF_CRITERION: Mapping[str, Any] = {
    "seen_with": Action.EVALUATE_EXPRESSION,
    "of": lambda side: side.commissioner,
    "arguments": lambda side: {"pk": side.criterion.pk},
}

CHINS = {
    "chins:chin_list": page(),
    "chins:chin_propose": form(Action.CHANGE_CHIN, wide=True),
    "chins:practices_move": form(Action.CHANGE_MEMBERSHIP, wide=True),
    "chins:chin_detail": page(**ABOUT_CHIN),
    "chins:chins_beside": page(),
    "chins:chin_lists": page(**ABOUT_CHIN),
    "chins:chin_history": page(Action.VIEW_HISTORY, **ABOUT_CHIN),
    "chins:chin_edit": form(Action.CHANGE_CHIN, **ABOUT_CHIN),
    "chins:chin_state": form(Action.CHANGE_CHIN, **ABOUT_CHIN),
    "chins:state_replan": form(Action.CHANGE_CHIN, **of_chin("state")),
    "chins:state_drop": form(Action.CHANGE_CHIN, **of_chin("state")),
    "chins:chin_join": form(Action.CHANGE_MEMBERSHIP, **ABOUT_CHIN),
    "chins:membership_leave": form(Action.CHANGE_MEMBERSHIP, **of_chin("membership")),
    "chins:membership_correct": form(Action.CHANGE_MEMBERSHIP, **of_chin("membership")),
    "chins:membership_void": form(Action.CHANGE_MEMBERSHIP, **of_chin("membership")),
    "chins:partner_add": form(Action.CHANGE_CHIN, **ABOUT_CHIN),
    "chins:partner_end": form(Action.CHANGE_CHIN, **of_chin("partner")),
    "chins:partner_void": form(Action.CHANGE_CHIN, **of_chin("partner")),
    "chins:expression_list": page(),
    "chins:expression_submit": form(Action.SUBMIT_EXPRESSION),
    "chins:expression_detail": page(Action.VIEW_EXPRESSION, **of_expression("expression")),
    "chins:expression_edit": form(Action.SUBMIT_EXPRESSION, **of_expression("expression")),
    "chins:expression_withdraw": form(Action.SUBMIT_EXPRESSION, **of_expression("expression")),
    "chins:expression_evaluate": form(Action.DECIDE_EXPRESSION, **of_expression("expression")),
    "chins:expression_score": form(Action.EVALUATE_EXPRESSION, **of_expression("evaluated")),
    "chins:expression_scores": page(Action.EVALUATE_EXPRESSION, **of_expression("declined")),
    "chins:expression_approve": form(Action.DECIDE_EXPRESSION, **of_expression("evaluated")),
    "chins:expression_decline": form(Action.DECIDE_EXPRESSION, **of_expression("evaluated")),
    "chins:criterion_list": page(Action.EVALUATE_EXPRESSION),
    "chins:criteria_take": form(Action.DECIDE_EXPRESSION, wide=True),
    "chins:criterion_add": form(Action.DECIDE_EXPRESSION, wide=True),
    "chins:criterion_change": form(Action.DECIDE_EXPRESSION, **OF_CRITERION),
    "chins:criterion_end": form(Action.DECIDE_EXPRESSION, **OF_CRITERION),
}

PEOPLE = {
    "people:me": page(None),
    "people:who_can": page(None),
    "people:post_list": page(),
    "people:post_detail": page(**ABOUT_POST),
    "people:post_add": form(Action.CHANGE_POST),
    "people:post_fill": form(Action.CHANGE_POST, **ABOUT_POST),
    # whoever holds the post names its deputy too: see tests/chins/test_posts.py
    "people:deputy_name": form(Action.CHANGE_POST, **ABOUT_POST),
    "people:holding_end": form(Action.CHANGE_POST, **of_post("holding")),
    "people:holding_void": form(Action.CHANGE_POST, **of_post("holding")),
    "people:deputy_end": form(Action.CHANGE_POST, **of_post("deputy")),
    "people:deputy_void": form(Action.CHANGE_POST, **of_post("deputy")),
    "people:access_review": page(Action.MANAGE_PEOPLE),
    "people:user_list": page(Action.MANAGE_PEOPLE),
    "people:user_add": form(Action.MANAGE_PEOPLE),
    "people:user_detail": page(Action.MANAGE_PEOPLE, **ABOUT_PERSON),
    "people:user_edit": form(Action.MANAGE_PEOPLE, **ABOUT_PERSON),
    "people:user_link": form(Action.MANAGE_PEOPLE, **ABOUT_PERSON),
    "people:user_factor": form(Action.MANAGE_PEOPLE, **ABOUT_PERSON),
    "people:user_deactivate": form(Action.MANAGE_PEOPLE, **ABOUT_PERSON),
    "people:user_reactivate": form(Action.MANAGE_PEOPLE, **ABOUT_PERSON),
}

ABOUT_COMMISSIONER: Mapping[str, Any] = {
    "of": lambda side: side.commissioner,
    "arguments": lambda side: {"ods_code": side.commissioner.ods_code},
}
RELEASE: Mapping[str, Any] = {
    "of": lambda side: side.commissioner,
    "arguments": lambda side: {"ods_code": side.commissioner.ods_code, "pk": side.release.pk},
}


def of_practice(record: str = "", practice: str = "practice") -> dict[str, Any]:
    """A practice, or one of its records, by the names they have on a side."""

    def arguments(side: Side) -> dict[str, Any]:
        found = {"ods_code": getattr(side, practice).ods_code}
        return found | ({"pk": getattr(side, record).pk} if record else {})

    return {"of": lambda side: getattr(side, practice), "arguments": arguments}


PRACTICES = {
    "practices:practice_list": page(),
    "practices:practice_map": page(),
    "practices:corrections_file": page(Action.CHANGE_PRACTICE),
    "practices:practice_open": form(Action.CHANGE_PRACTICE),
    "practices:practice_detail": page(**of_practice()),
    "practices:practice_alike": page(**of_practice()),
    "practices:practice_history": page(Action.VIEW_HISTORY, **of_practice()),
    "practices:practice_close": form(Action.CHANGE_PRACTICE, **of_practice("standing")),
    "practices:practice_merge": form(Action.CHANGE_PRACTICE, **of_practice("standing")),
    "practices:practice_split": form(Action.CHANGE_PRACTICE, **of_practice("standing")),
    "practices:split_void": form(Action.CHANGE_PRACTICE, **of_practice("split")),
    "practices:standing_correct": form(Action.CHANGE_PRACTICE, **of_practice("closing", "closed")),
    "practices:standing_void": form(Action.CHANGE_PRACTICE, **of_practice("closing", "closed")),
    "practices:merger_void": form(Action.CHANGE_PRACTICE, **of_practice("merger", "closed")),
    "practices:practice_details": form(Action.CHANGE_PRACTICE, **of_practice("detail")),
    "practices:practice_status": form(Action.CHANGE_PRACTICE, **of_practice("standing")),
    "practices:practice_commissioner": form(Action.CHANGE_PRACTICE, **of_practice("standing")),
    "practices:federation_join": form(Action.CHANGE_PRACTICE, **of_practice()),
    "practices:federation_leave": form(Action.CHANGE_PRACTICE, **of_practice("in_federation")),
    "practices:federation_void": form(Action.CHANGE_PRACTICE, **of_practice("in_federation")),
    "practices:contact_add": form(Action.ADD_CONTACT, **of_practice()),
    "practices:contact_withdraw": form(Action.ADD_CONTACT, **of_practice("contact")),
    "practices:commissioner_list": page(),
    "practices:commissioner_detail": page(**ABOUT_COMMISSIONER),
    "practices:commissioner_settings": form(Action.CHANGE_COMMISSIONER, **ABOUT_COMMISSIONER),
    "practices:federation_detail": page(
        of=lambda side: side.commissioner, arguments=lambda side: {"slug": side.federation.slug}
    ),
    "practices:federation_add": form(Action.CHANGE_COMMISSIONER, **ABOUT_COMMISSIONER),
    "practices:federation_rename": form(
        Action.CHANGE_COMMISSIONER,
        of=lambda side: side.commissioner,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code, "slug": side.federation.slug},
    ),
    "practices:names_release": form(Action.RELEASE_NAMES, **ABOUT_COMMISSIONER),
    "practices:names_end": form(Action.RELEASE_NAMES, **RELEASE),
    "practices:names_void": form(Action.RELEASE_NAMES, **RELEASE),
}

ABOUT_STATEMENT: Mapping[str, Any] = {
    "of": lambda side: side.commissioner,
    "arguments": lambda side: {"reference": side.statement.reference},
}
SETTLED: Mapping[str, Any] = {
    "of": lambda side: side.commissioner,
    "arguments": lambda side: {"reference": side.settled.reference},
}

BOARD = {
    "board:home": page(None),
    "board:dashboards": page(),
    "board:dashboard": page(**ABOUT_COMMISSIONER),
    "board:changes": page(**ABOUT_COMMISSIONER),
    "board:still_to_join": page(**ABOUT_COMMISSIONER),
    "chins:coverage_rows": page(**ABOUT_COMMISSIONER),
    "board:statement_list": page(),
    "board:statement": page(**ABOUT_STATEMENT),
    "board:statement_settle": form(Action.SETTLE_STATEMENT, **ABOUT_STATEMENT),
    "board:statement_reopen": form(Action.SETTLE_STATEMENT, **SETTLED),
    "board:board_days": page(),
    "board:board_day_add": form(Action.CHANGE_BOARD_DAYS),
    "board:board_day_void": form(
        Action.CHANGE_BOARD_DAYS,
        of=lambda side: side.commissioner,
        arguments=lambda side: {"pk": side.board_day.pk},
    ),
    "search": page(None),
    "operations": page(Action.VIEW_OPERATIONS),
    "components": page(Action.VIEW_OPERATIONS),
    "cases:add_choice": "it leads to the idea of one CHIN",
    "cases:typed": "what a person is typing is the page’s to keep",
    "charts:chart": page(None, arguments=lambda side: {"key": side.chart.key, "kind": "csv"}),
}

ABOUT_ACTION: Mapping[str, Any] = {
    "of": lambda side: side.chin,
    "seen_with": Action.VIEW_ACTIONS,
    "arguments": lambda side: {"pk": side.action.pk},
}

ACTIONS = {
    "delivery:action_list": page(Action.COMPLETE_ACTION),
    "delivery:action_add": form(
        Action.ADD_ACTION, of=lambda side: side.chin, arguments=lambda side: {"kind": "chin", "key": side.chin.slug}
    ),
    "delivery:action_detail": page(Action.VIEW_ACTIONS, **ABOUT_ACTION),
    "delivery:action_edit": form(Action.ADD_ACTION, **ABOUT_ACTION),
    # whoever holds the owner's post closes and reopens it too: see tests/delivery/test_permission.py
    "delivery:action_done": form(Action.ADD_ACTION, **ABOUT_ACTION),
    "delivery:action_drop": form(Action.ADD_ACTION, **ABOUT_ACTION),
    "delivery:action_reopen": form(Action.ADD_ACTION, **ABOUT_ACTION),
}

OF_BUDGET: Mapping[str, Any] = {"of": lambda side: side.commissioner, "seen_with": Action.VIEW_BUDGET}

BUDGET = {
    "budget:home": page(Action.VIEW_BUDGET),
    "budget:entry_list": page(Action.VIEW_BUDGET),
    "budget:line_detail": page(
        Action.VIEW_BUDGET,
        seen_with=Action.VIEW_BUDGET,
        of=lambda side: side.line,
        arguments=lambda side: {"slug": side.line.slug},
    ),
    "budget:profile": page(
        Action.VIEW_BUDGET, arguments=lambda side: {"ods_code": side.commissioner.ods_code}, **OF_BUDGET
    ),
    "budget:budget": page(
        Action.VIEW_BUDGET,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code, "year": 2018},
        **OF_BUDGET,
    ),
    "budget:source_list": page(
        Action.VIEW_BUDGET, arguments=lambda side: {"ods_code": side.commissioner.ods_code}, **OF_BUDGET
    ),
    "budget:source_add": form(
        Action.CHANGE_BUDGET, arguments=lambda side: {"ods_code": side.commissioner.ods_code}, **OF_BUDGET
    ),
    "budget:line_add": form(
        Action.CHANGE_BUDGET, arguments=lambda side: {"ods_code": side.commissioner.ods_code}, **OF_BUDGET
    ),
    "budget:source_edit": form(Action.CHANGE_BUDGET, arguments=lambda side: {"pk": side.line.source_id}, **OF_BUDGET),
    **{
        f"budget:{act}": form(Action.CHANGE_BUDGET, arguments=lambda side: {"slug": side.line.slug}, **OF_BUDGET)
        for act in ("line_edit", "allocate", "commit", "delegate", "vire", "cut")
    },
    "budget:entry_reverse": form(Action.CHANGE_BUDGET, arguments=lambda side: {"pk": side.commitment.pk}, **OF_BUDGET),
    "budget:request_list": page(Action.VIEW_BUDGET),
    "budget:request_detail": page(Action.VIEW_BUDGET, arguments=lambda side: {"pk": side.asked.pk}, **OF_BUDGET),
    "budget:request_agree": form(Action.AGREE_BUDGET, arguments=lambda side: {"pk": side.asked.pk}, **OF_BUDGET),
    "budget:request_decline": form(Action.AGREE_BUDGET, arguments=lambda side: {"pk": side.asked.pk}, **OF_BUDGET),
    # by whoever asked, alone: tests/budget/test_acts.py
    "budget:request_withdraw": form(Action.CHANGE_BUDGET, personal=True, arguments=lambda side: {"pk": side.asked.pk}),
}

ON_CHIN: Mapping[str, Any] = {
    "of": lambda side: side.chin,
    "arguments": lambda side: {"kind": "chin", "key": side.chin.slug},
}


def hanging(name: str) -> dict[str, Any]:
    """A comment or a file on the CHIN."""
    return {"of": lambda side: side.chin, "arguments": lambda side: {"pk": getattr(side, name).pk}}


COMMENTS = {
    "comments:of_record": page(**ON_CHIN),
    "comments:comment_write": form(Action.ADD_COMMENT, **ON_CHIN),
    "comments:file_attach": form(Action.ADD_COMMENT, **ON_CHIN),
    "comments:comment_detail": page(**hanging("comment")),
    "comments:comment_answer": form(Action.ADD_COMMENT, **hanging("comment")),
    # of one's own alone; by its author, and how long: tests/comments/test_comments.py
    "comments:comment_correct": form(Action.ADD_COMMENT, personal=True, arguments=lambda side: {"pk": side.comment.pk}),
    # whoever wrote or brought it withdraws it too: see tests/comments/test_permission.py
    "comments:comment_withdraw": form(Action.WITHDRAW_COMMENT, **hanging("comment")),
    "comments:file_detail": page(**hanging("attachment")),
    "comments:file_download": page(**hanging("attachment")),
    "comments:file_replace": form(Action.ADD_COMMENT, **hanging("attachment")),
    "comments:file_withdraw": form(Action.WITHDRAW_COMMENT, **hanging("attachment")),
}

# A file may be about the whole country, so whoever may see or bring files may see or bring any.
ABOUT_FILE: Mapping[str, Any] = {"arguments": lambda side: {"pk": side.file.pk}}

IMPORTS = {
    "imports:import_list": page(Action.VIEW_IMPORTS),
    "imports:import_detail": page(Action.VIEW_IMPORTS, **ABOUT_FILE),
    "imports:import_problems": page(Action.VIEW_IMPORTS, **ABOUT_FILE),
    "imports:import_file": page(Action.VIEW_IMPORTS, **ABOUT_FILE),
    "imports:import_upload": form(Action.IMPORT_FILES),
    "imports:import_template": page(Action.IMPORT_FILES),
    "imports:import_decide": form(Action.IMPORT_FILES, **ABOUT_FILE),
    "imports:import_undo": form(Action.IMPORT_FILES, **ABOUT_FILE),
    "imports:import_answer": form(Action.IMPORT_FILES, **ABOUT_FILE),
    "imports:import_kind": form(Action.IMPORT_FILES, **ABOUT_FILE),
    "imports:illustrative_remove": form(Action.IMPORT_FILES, **ABOUT_FILE),
}

# Of somebody's own view; by whom else it is read and changed: tests/kit/test_saved_views.py
ABOUT_VIEW: Mapping[str, Any] = {
    "personal": True,
    "arguments": lambda side: {"pk": side.view.pk, "of": "practices/"},
}

VIEWS = {
    "views:view_save": form(Action.VIEW_REGISTER, arguments=lambda side: {"of": "practices/"}),
    "views:view_change": form(Action.VIEW_REGISTER, **ABOUT_VIEW),
    "views:view_delete": form(Action.VIEW_REGISTER, **ABOUT_VIEW),
}

OF_ANSWERS: Mapping[str, Any] = {"of": lambda side: side.practice, "seen_with": Action.VIEW_CLAIM}


def of_answers(**more: Callable[[Side], Any]) -> dict[str, Any]:
    """A practice's answers in a round; more: what else the address is made of."""

    def arguments(side: Side) -> dict[str, Any]:
        found = {"slug": side.assessment.slug, "ods_code": side.practice.ods_code}
        return found | {name: read(side) for name, read in more.items()}

    return {**OF_ANSWERS, "arguments": arguments}


# Baseline assessment
BASELINE = {
    "baseline:round_list": page(Action.VIEW_CLAIM),
    "baseline:practice_list": page(Action.VIEW_CLAIM),
    "baseline:vacancy_list": page(Action.VIEW_CLAIM),
    "baseline:round_add": form(Action.CHANGE_SERVICE, **ABOUT_COMMISSIONER),
    "baseline:round_edit": form(
        Action.CHANGE_SERVICE,
        of=lambda side: side.commissioner,
        arguments=lambda side: {"slug": side.assessment.slug},
    ),
    "baseline:commissioner_roll_up": page(
        Action.VIEW_CLAIM, of=lambda side: side.commissioner, arguments=lambda side: {"slug": side.assessment.slug}
    ),
    "baseline:chin_roll_up": page(
        Action.VIEW_CLAIM,
        of=lambda side: side.chin,
        arguments=lambda side: {"slug": side.assessment.slug, "chin": side.chin.slug},
    ),
    "baseline:practice_detail": page(Action.VIEW_CLAIM, **of_answers()),
    **{
        f"baseline:answer_{section}": form(Action.ENTER_CLAIM, **of_answers())
        for section in ("practice", "workforce", "estates", "digital")
    },
    "baseline:send": form(Action.ENTER_CLAIM, **of_answers()),
    "baseline:delegate": form(Action.ENTER_CLAIM, **of_answers(section=lambda side: "estates")),
    "baseline:link_withdraw": form(Action.ENTER_CLAIM, **OF_ANSWERS, arguments=lambda side: {"pk": side.delegation.pk}),
    "baseline:workbook_take_away": page(Action.ENTER_CLAIM, **of_answers()),
    "baseline:workbook_bring": form(Action.ENTER_CLAIM, **of_answers()),
    "baseline:workbook_take": form(Action.ENTER_CLAIM, **of_answers(pk=lambda side: side.workbook.pk)),
}

TO_SIGN_IN = ("/account/login/", "/account/login/")
HOME = ("/", "/")
TO_CONFIRM = ("/account/reauthenticate/", "/account/reauthenticate/")  # asks for the password once more
PAGE, READ_ONLY, MISSING = (200, 200), (200, 405), (404, 404)

ACCOUNTS = {
    "accessibility": Account(signed_out=READ_ONLY, signed_in=READ_ONLY),
    "account_login": Account(signed_out=PAGE, signed_in=HOME),
    "account_logout": Account(signed_out=HOME, signed_in=(200, "/")),
    "account_signup": Account(signed_out=PAGE, signed_in=HOME),  # says that nobody signs up here
    "account_inactive": Account(signed_out=READ_ONLY, signed_in=READ_ONLY),
    "account_reauthenticate": Account(signed_out=TO_SIGN_IN, signed_in=PAGE),
    "account_email": Account(signed_out=TO_SIGN_IN, signed_in=(200, "/account/email/")),
    "account_email_verification_sent": Account(signed_out=READ_ONLY, signed_in=READ_ONLY),
    "account_confirm_email": Account(signed_out=(200, 404), signed_in=(200, 404), arguments={"key": "none"}),
    "account_confirm_login_code": Account(signed_out=TO_SIGN_IN, signed_in=HOME),
    "account_change_password": Account(signed_out=TO_SIGN_IN, signed_in=PAGE),
    "account_set_password": Account(
        signed_out=TO_SIGN_IN, signed_in=("/account/password/change/", "/account/password/change/")
    ),
    "account_reset_password": Account(signed_out=PAGE, signed_in=PAGE),
    "account_reset_password_done": Account(signed_out=READ_ONLY, signed_in=READ_ONLY),
    "account_reset_password_from_key": Account(
        signed_out=PAGE, signed_in=PAGE, arguments={"uidb36": "1", "key": "abc-def"}
    ),
    "account_reset_password_from_key_done": Account(signed_out=READ_ONLY, signed_in=READ_ONLY),
    "mfa_index": Account(signed_out=TO_SIGN_IN, signed_in=READ_ONLY),
    "mfa_authenticate": Account(signed_out=TO_SIGN_IN, signed_in=HOME),
    "mfa_reauthenticate": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM),
    "mfa_login_webauthn": Account(signed_out=TO_SIGN_IN, signed_in=HOME),
    "mfa_activate_totp": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM),
    "mfa_deactivate_totp": Account(signed_out=TO_SIGN_IN, signed_in=MISSING),
    "mfa_view_recovery_codes": Account(signed_out=TO_SIGN_IN, signed_in=(404, 405)),
    "mfa_generate_recovery_codes": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM),
    "mfa_download_recovery_codes": Account(signed_out=TO_SIGN_IN, signed_in=MISSING),
    "mfa_list_webauthn": Account(signed_out=TO_SIGN_IN, signed_in=READ_ONLY),
    "mfa_add_webauthn": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM),
    "mfa_reauthenticate_webauthn": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM),
    "mfa_remove_webauthn": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM, arguments={"pk": "1"}),
    "usersessions_list": Account(signed_out=TO_SIGN_IN, signed_in=(200, "/account/sessions/")),
    "unsent": Account(signed_out=TO_SIGN_IN, signed_in=HOME),
    "governance:calendar_feed": Account(signed_out=(404, 405), signed_in=(404, 405), arguments={"secret": "nobodys"}),
    "token_list": Account(signed_out=TO_SIGN_IN, signed_in=READ_ONLY),
    "token_make": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM),
    "token_withdraw": Account(signed_out=TO_SIGN_IN, signed_in=MISSING, arguments={"pk": "1"}),
    "api_guide": Account(signed_out=TO_SIGN_IN, signed_in=READ_ONLY),
    "api_examples": Account(signed_out=TO_SIGN_IN, signed_in=READ_ONLY),
    "api_schema": Account(signed_out=(401, 401), signed_in=READ_ONLY),
    "api": Account(signed_out=(401, 401), signed_in=MISSING, arguments={"rest": "account/tokens/"}),
    "openid_connect_login": Account(signed_out=MISSING, signed_in=MISSING, arguments={"provider_id": "sso"}),
    "openid_connect_callback": Account(signed_out=MISSING, signed_in=MISSING, arguments={"provider_id": "sso"}),
    "socialaccount_login_cancelled": Account(signed_out=READ_ONLY, signed_in=READ_ONLY),
    "socialaccount_login_error": Account(signed_out=TO_SIGN_IN, signed_in=(401, 405)),
    "socialaccount_signup": Account(signed_out=TO_SIGN_IN, signed_in=TO_SIGN_IN),
    "socialaccount_connections": Account(signed_out=TO_SIGN_IN, signed_in=PAGE),
    "mfa_edit_webauthn": Account(signed_out=TO_SIGN_IN, signed_in=TO_CONFIRM, arguments={"pk": "1"}),
    # what an open link opens, and nothing else: tests/baseline/test_links.py
    "baseline:linked": Account(signed_out=MISSING, signed_in=MISSING, arguments={"token": "none"}),
}

# Agreements: seen by whoever may see the claims of its commissioner, its CHIN or its practices.
OF_AGREEMENT: Mapping[str, Any] = {
    "of": lambda side: side.agreement,
    "seen_with": Action.VIEW_CLAIM,
    "arguments": lambda side: {"slug": side.agreement.slug},
}

AGREEMENTS = {
    "people:mail_choose": form(Action.VIEW_REGISTER),
    "agreements:agreement_list": page(Action.VIEW_CLAIM),
    "agreements:to_sign": page(Action.SIGN_AGREEMENT),
    "agreements:agreement_detail": page(Action.VIEW_CLAIM, **OF_AGREEMENT),
    "agreements:version_download": page(
        Action.VIEW_CLAIM,
        **OF_AGREEMENT | {"arguments": lambda side: {"slug": side.agreement.slug, "number": 1}},
    ),
    "agreements:signature_download": page(
        Action.VIEW_CLAIM, **OF_AGREEMENT | {"arguments": lambda side: {"pk": side.signature.pk}}
    ),
    "agreements:agreement_add": form(Action.KEEP_AGREEMENT),
    **{
        f"agreements:{act}": form(Action.KEEP_AGREEMENT, **OF_AGREEMENT)
        for act in ("version_add", "signature_record", "party_add", "agreement_end")
    },
    "agreements:party_end": form(
        Action.KEEP_AGREEMENT, **OF_AGREEMENT | {"arguments": lambda side: {"pk": side.party.pk}}
    ),
    "agreements:signature_withdraw": form(
        Action.KEEP_AGREEMENT, **OF_AGREEMENT | {"arguments": lambda side: {"pk": side.signature.pk}}
    ),
    "agreements:agreement_sign": form(Action.SIGN_AGREEMENT, **OF_AGREEMENT),
}

# Months of the budget, and the ends of its years.
MONTHS = {
    "months:home": page(Action.VIEW_BUDGET, wide=True),
    "months:month_list": page(
        Action.VIEW_BUDGET,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code, "year": 2018},
        **OF_BUDGET,
    ),
    "months:year_end": page(
        Action.VIEW_BUDGET,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code, "year": 2018},
        **OF_BUDGET,
    ),
    **{
        f"months:{name}": page(
            Action.VIEW_BUDGET,
            arguments=lambda side: {"ods_code": side.commissioner.ods_code, "month": date(2018, 9, 1)},
            **OF_BUDGET,
        )
        for name in ("report", "accruals")
    },
    "months:beside": page(
        Action.VIEW_BUDGET,
        arguments=lambda side: {
            "ods_code": side.commissioner.ods_code,
            "month": date(2018, 9, 1),
            "other": date(2018, 10, 1),
        },
        **OF_BUDGET,
    ),
    "months:closing": page(Action.VIEW_BUDGET, arguments=lambda side: {"pk": side.closed_month.pk}, **OF_BUDGET),
    "months:choice": page(Action.VIEW_BUDGET, arguments=lambda side: {"pk": side.choice.pk}, **OF_BUDGET),
    "months:close": form(
        Action.CLOSE_MONTH,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code, "month": date(2017, 10, 1)},
        **OF_BUDGET,
    ),
    "months:reopen": form(
        Action.CLOSE_MONTH,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code, "month": side.closed_month.month},
        **OF_BUDGET,
    ),
    "months:forecast": form(
        Action.CHANGE_BUDGET, arguments=lambda side: {"slug": side.line.slug, "month": date(2018, 11, 1)}, **OF_BUDGET
    ),
    "months:accrue": form(
        Action.CLOSE_MONTH, arguments=lambda side: {"slug": side.line.slug, "month": date(2018, 11, 1)}, **OF_BUDGET
    ),
    "months:phase": form(
        Action.CHANGE_BUDGET, arguments=lambda side: {"slug": side.line.slug, "year": 2018}, **OF_BUDGET
    ),
    "months:choose": form(
        Action.CLOSE_MONTH, arguments=lambda side: {"slug": side.line.slug, "year": 2018}, **OF_BUDGET
    ),
    "months:choice_agree": form(Action.CLOSE_MONTH, arguments=lambda side: {"pk": side.choice.pk}, **OF_BUDGET),
    "months:choice_decline": form(Action.CLOSE_MONTH, arguments=lambda side: {"pk": side.choice.pk}, **OF_BUDGET),
    # by whoever asked, alone: tests/months/test_month_pages.py
    "months:choice_withdraw": form(Action.CLOSE_MONTH, personal=True, arguments=lambda side: {"pk": side.choice.pk}),
    **{
        f"budget:{act}": form(Action.CHANGE_BUDGET, arguments=lambda side: {"slug": side.line.slug}, **OF_BUDGET)
        for act in ("allocate_years", "delegate_by_list", "growth")
    },
    "budget:contribute": form(Action.CHANGE_BUDGET, arguments=lambda side: {"pk": side.line.source_id}, **OF_BUDGET),
}

# Local services. A service is seen by whoever sees the register; what it comes to, by whoever sees the budget of the whole.
OF_SERVICE: Mapping[str, Any] = {"of": lambda side: side.commissioner}
BY_SLUG: Mapping[str, Any] = {"arguments": lambda side: {"slug": side.service.slug}, **OF_SERVICE}

SERVICES = {
    "lcs:service_list": page(),
    "lcs:service_detail": page(**BY_SLUG),
    "lcs:reconciliation": page(Action.VIEW_BUDGET, **BY_SLUG),
    "lcs:place_list": page(Action.VIEW_BUDGET, **BY_SLUG),
    "lcs:service_add": form(
        Action.CHANGE_SERVICE, arguments=lambda side: {"ods_code": side.commissioner.ods_code}, **OF_SERVICE
    ),
    **{
        f"lcs:{act}": form(Action.CHANGE_SERVICE, **BY_SLUG)
        for act in (
            *("service_edit", "stage_add", "approve", "take_back", "withdraw", "open", "set_rate", "end"),
            *("freeze", "place_add"),
        )
    },
    **{
        f"lcs:{name}_{act}": form(
            Action.CHANGE_SERVICE, arguments=lambda side, name=name: {"pk": getattr(side, name).pk}, **OF_SERVICE
        )
        for name in ("stage", "output")
        for act in ("edit", "remove")
    },
    "lcs:output_add": form(Action.CHANGE_SERVICE, arguments=lambda side: {"pk": side.stage.pk}, **OF_SERVICE),
    "lcs:place_remove": form(Action.CHANGE_SERVICE, arguments=lambda side: {"pk": side.eligible.pk}, **OF_SERVICE),
}


# Runs are seen by those who see the claims of a whole commissioner; a payee by its own practice too.
OF_RUN: Mapping[str, Any] = {
    "of": lambda side: side.commissioner,
    "seen_with": Action.VIEW_CLAIM,
    "arguments": lambda side: {"pk": side.run.pk},
}
OF_PAYEE: Mapping[str, Any] = {"of": lambda side: side.payee, "seen_with": Action.VIEW_CLAIM}
OF_PAYER: Mapping[str, Any] = {
    "of": lambda side: side.commissioner,
    "seen_with": Action.VIEW_CLAIM,
    "arguments": lambda side: {"ods_code": side.commissioner.ods_code},
}

PAYMENTS = {
    **{
        f"payments:{name}": page(Action.VIEW_CLAIM, wide=True)
        for name in (
            *("home", "payable_list", "payment_list", "run_list", "layout_list"),
            *("recovery_list", "refusal_list"),
        )
    },
    "payments:payee_list": page(Action.VIEW_CLAIM),
    "payments:payee_detail": page(Action.VIEW_CLAIM, arguments=lambda side: {"pk": side.payee.pk}, **OF_PAYEE),
    "payments:payee_edit": form(Action.PREPARE_PAYMENT, arguments=lambda side: {"pk": side.payee.pk}, **OF_PAYEE),
    "payments:remittance": page(
        Action.VIEW_CLAIM, arguments=lambda side: {"pk": side.paid.pk, "payee_pk": side.payee.pk}, **OF_PAYEE
    ),
    "payments:run_detail": page(Action.VIEW_CLAIM, **OF_RUN),
    **{
        f"payments:{act}": form(Action.PREPARE_PAYMENT, **OF_RUN)
        for act in ("run_add", "run_take_out", "run_withdraw", "run_export", "run_confirm", "run_confirm_by_hand")
    },
    "payments:run_authorise": form(Action.AUTHORISE_PAYMENT, **OF_RUN),
    "payments:export_download": page(
        Action.VIEW_CLAIM, **{**OF_RUN, "arguments": lambda side: {"pk": side.paid.exports.first().pk}}
    ),
    "payments:payable_decide": form(
        Action.PREPARE_PAYMENT, **{**OF_RUN, "arguments": lambda side: {"pk": side.payable.pk}}
    ),
    "payments:recovery_receive": form(
        Action.PREPARE_PAYMENT, **{**OF_RUN, "arguments": lambda side: {"pk": side.recovery.pk}}
    ),
    "payments:layout_edit": form(
        Action.PREPARE_PAYMENT, **{**OF_RUN, "arguments": lambda side: {"pk": side.layout.pk}}
    ),
    **{
        f"payments:{act}": form(Action.PREPARE_PAYMENT, **OF_PAYER)
        for act in ("prepare", "accruals", "payee_add", "layout_add")
    },
}


def of_claim(name: str = "claim") -> dict[str, Any]:
    """A claim, by the name it has on a side. By whom else it is not verified: tests/lcs/test_claim_pages.py."""
    return {
        "seen_with": Action.VIEW_CLAIM,
        "of": lambda side: getattr(side, name),
        "arguments": lambda side: {"pk": getattr(side, name).pk},
    }


CLAIMS = {
    "lcs:claim_list": page(Action.VIEW_CLAIM),
    "lcs:claims_by_chin": page(Action.VIEW_CLAIM),
    "lcs:money": page(Action.VIEW_CLAIM),
    "lcs:claim_batch": form(
        Action.VERIFY_CLAIM,
        seen_with=Action.VIEW_CLAIM,
        of=lambda side: side.claim.stage.service,
        arguments=lambda side: {"pk": side.claim.stage_id},
    ),
    "lcs:claim_detail": page(Action.VIEW_CLAIM, **of_claim()),
    "lcs:claim_enter": form(Action.ENTER_CLAIM, **of_claim()),
    "lcs:claim_send": form(Action.ENTER_CLAIM, **of_claim()),
    "lcs:claim_verify": form(Action.VERIFY_CLAIM, **of_claim()),
    "lcs:claim_withdraw": form(Action.ENTER_CLAIM, **of_claim()),
    "lcs:claim_reopen": form(Action.ENTER_CLAIM, **of_claim()),
    "lcs:claim_close": form(Action.VERIFY_CLAIM, **of_claim()),
    "lcs:claim_take_back": form(Action.VERIFY_CLAIM, **of_claim()),
    "lcs:claim_ask_back": form(Action.VERIFY_CLAIM, **of_claim()),
    "lcs:claim_stop_asking": form(Action.VERIFY_CLAIM, **of_claim()),
    "lcs:claim_let_stand": form(Action.VERIFY_CLAIM, **of_claim()),
    "lcs:practice_money": page(
        Action.VIEW_CLAIM,
        of=lambda side: side.practice,
        arguments=lambda side: {"ods_code": side.practice.ods_code},
    ),
}

# Business cases. A draft is seen by its CHIN and who shapes it, what was submitted by everybody of the commissioner.
OF_DRAFT: Mapping[str, Any] = {
    "of": lambda side: side.draft,
    "seen_with": Action.VIEW_DRAFT_CASE,
    "arguments": lambda side: {"number": side.draft.number},
}
OF_SUBMITTED: Mapping[str, Any] = {"of": lambda side: side.sent.case, "seen_with": Action.VIEW_CASE}


def of_submitted(**more: Callable[[Side], Any]) -> dict[str, Any]:
    """A submission, or its paper: what its address names besides the case."""
    return {
        **OF_SUBMITTED,
        "arguments": lambda side: {
            "number": side.sent.case.number,
            **{name: value(side) for name, value in more.items()},
        },
    }


CASES = {
    "cases:case_list": page(Action.VIEW_CASE),
    "cases:pipeline": page(Action.VIEW_CASE),
    "cases:mine": page(Action.WRITE_CASE),
    "cases:add_choice": page(Action.WRITE_CASE),
    "cases:case_add": form(
        Action.WRITE_CASE, of=lambda side: side.chin, arguments=lambda side: {"slug": side.chin.slug}
    ),
    "cases:form_length": page(
        Action.VIEW_CASE,
        of=lambda side: side.commissioner,
        seen_with=Action.VIEW_CASE,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code},
    ),
    "cases:form_length_set": form(
        Action.KEEP_ROUTE,
        of=lambda side: side.commissioner,
        seen_with=Action.VIEW_CASE,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code},
    ),
    "cases:case_detail": page(Action.VIEW_CASE, **of_submitted()),
    "cases:summary": page(Action.VIEW_CASE, **of_submitted()),
    "cases:case_history": page(Action.VIEW_HISTORY, **of_submitted()),
    "cases:submission": page(Action.VIEW_CASE, **of_submitted(place=lambda side: side.sent.number)),
    "cases:paper": page(Action.VIEW_CASE, **of_submitted(pk=lambda side: side.paper.pk)),
    "cases:versions": page(Action.VIEW_CASE, **of_submitted(section=lambda side: "problem")),
    "cases:take_up": form(Action.SHAPE_CASE, **OF_DRAFT),
    **{
        f"cases:{act}": form(Action.WRITE_CASE, **OF_DRAFT)
        for act in (
            "case_edit",
            "author_add",
            "author_end",
            "submit",
            "withdraw",
            "reopen",
            "attach_figures",
            *(f"write_{section.key}" for section in SECTIONS),
        )
    },
    "cases:typed": form(
        Action.WRITE_CASE,
        **{**OF_DRAFT, "arguments": lambda side: {"number": side.draft.number, "section": "problem"}},
    ),
}

# Money of business cases: seen with the case, released by who may.
OF_FUNDED: Mapping[str, Any] = {
    "of": lambda side: side.tranche.case,
    "seen_with": Action.VIEW_CASE,
    "arguments": lambda side: {"number": side.tranche.case.number},
}
OF_TRANCHE = {**OF_FUNDED, "arguments": lambda side: {"pk": side.tranche.pk}}
FUNDING = {
    "funding:share_list": page(Action.VIEW_CASE),
    "funding:tranche_list": page(Action.VIEW_CASE),
    **{f"funding:{act}": form(Action.RELEASE_TRANCHE, **OF_FUNDED) for act in ("tranche_plan", "give_back")},
    **{f"funding:{act}": form(Action.RELEASE_TRANCHE, **OF_TRANCHE) for act in ("tranche_release", "tranche_drop")},
}

# Interests are read by whoever sees governance; they are kept for the people of one's own commissioner, and by themselves.
OF_ITEM: Mapping[str, Any] = {
    "of": lambda side: side.agenda_item.meeting.body,
    "seen_with": Action.VIEW_GOVERNANCE,
    "arguments": lambda side: {"pk": side.agenda_item.pk},
}


DECISIONS = {
    "decisions:decision_list": page(Action.VIEW_GOVERNANCE),
    "decisions:decision_detail": page(
        Action.VIEW_GOVERNANCE, **{**OF_ITEM, "arguments": lambda side: {"pk": side.decided.pk}}
    ),
    "decisions:item": page(Action.VIEW_GOVERNANCE, **OF_ITEM),
    "decisions:declare": form(Action.VIEW_GOVERNANCE, **OF_ITEM),
    "decisions:handle": form(Action.KEEP_GOVERNANCE, **OF_ITEM),
    "decisions:record": form(Action.KEEP_GOVERNANCE, **OF_ITEM),
    "decisions:interest_list": page(Action.VIEW_GOVERNANCE),
    "decisions:people_list": page(Action.VIEW_GOVERNANCE),
    "decisions:mine": page(Action.DECLARE_INTEREST),
    "decisions:person": page(
        Action.VIEW_GOVERNANCE, hidden=False, arguments=lambda side: {"pk": side.interest.person_id}
    ),
    **{
        f"decisions:{act}": form(
            Action.KEEP_INTERESTS,
            of=lambda side: side.commissioner,
            hidden=False,
            arguments=lambda side: {"pk": side.interest.person_id},
        )
        for act in ("interest_declare", "confirm")
    },
    **{
        f"decisions:interest_{act}": form(
            Action.KEEP_INTERESTS,
            of=lambda side: side.commissioner,
            hidden=False,
            arguments=lambda side: {"pk": side.interest.pk},
        )
        for act in ("end", "correct", "void")
    },
}


def of_turn(name: str) -> dict[str, Any]:
    """A stage that waits for an answer, by the name it has on a side. Who is conflicted: tests/route."""
    return {
        "seen_with": Action.VIEW_CASE,
        "of": lambda side: getattr(side, name).case,
        "arguments": lambda side: {"pk": getattr(side, name).pk},
    }


def of_condition(action: Action) -> Declared:
    return form(
        action,
        seen_with=Action.VIEW_CASE,
        of=lambda side: side.condition.case,
        arguments=lambda side: {"pk": side.condition.pk},
    )


# Answered for a whole commissioner, whatever CHIN the case is of.
FOR_A_BODY = {"seen_with": Action.VIEW_CASE, "of": lambda side: side.commissioner}
OF_ROUTE = {
    "seen_with": Action.VIEW_CASE,
    "of": lambda side: side.commissioner,
    "arguments": lambda side: {"ods_code": side.commissioner.ods_code},
}
OF_STAGE = {**OF_ROUTE, "arguments": lambda side: {"pk": side.case_stage.pk}}

# The route of business cases.
ROUTE = {
    "route:turn_list": page(Action.VIEW_CASE),
    "route:standing": page(Action.VIEW_CASE),
    "route:way": page(
        Action.VIEW_CASE,
        seen_with=Action.VIEW_CASE,
        of=lambda side: side.turn_to_check.case,
        arguments=lambda side: {"number": side.turn_to_check.case.number},
    ),
    "route:outcome_detail": page(
        Action.VIEW_CASE,
        seen_with=Action.VIEW_CASE,
        of=lambda side: side.condition.case,
        arguments=lambda side: {"pk": side.condition.outcome_id},
    ),
    "route:sponsor": form(Action.SPONSOR_CASE, **of_turn("turn_to_sponsor")),
    "route:check": form(Action.CHECK_CASE, **of_turn("turn_to_check")),
    "route:advise": form(Action.ADVISE_CASE, **of_turn("turn_to_advise")),
    "route:decide": form(Action.DECIDE_CASE, **of_turn("turn_to_decide")),
    "route:no_advice": form(
        Action.KEEP_GOVERNANCE, **FOR_A_BODY, arguments=lambda side: {"pk": side.turn_to_advise.pk}
    ),
    "route:told": form(Action.KEEP_GOVERNANCE, **FOR_A_BODY, arguments=lambda side: {"pk": side.turn_to_tell.pk}),
    "route:condition_meet": of_condition(Action.WRITE_CASE),
    "route:condition_reopen": of_condition(Action.DECIDE_CASE),
    "route:condition_waive": of_condition(Action.DECIDE_CASE),
    "route:route_home": page(Action.VIEW_CASE),
    "route:route_detail": page(Action.VIEW_CASE, **OF_ROUTE),
    "route:route_begin": form(Action.KEEP_ROUTE, **OF_ROUTE),
    "route:stage_add": form(Action.KEEP_ROUTE, **OF_ROUTE),
    "route:stage_edit": form(Action.KEEP_ROUTE, **OF_STAGE),
    "route:stage_remove": form(Action.KEEP_ROUTE, **OF_STAGE),
}

# Cycles of business cases: seen with the case, recorded by its CHIN.
OF_CYCLE: Mapping[str, Any] = {
    "of": lambda side: side.cycle.case,
    "seen_with": Action.VIEW_CASE,
    "arguments": lambda side: {"pk": side.cycle.pk},
}
OF_ITS_CASE = {**OF_CYCLE, "arguments": lambda side: {"number": side.cycle.case.number}}
CYCLES = {
    "cycles:library": page(Action.VIEW_CASE),
    "cycles:cycle_detail": page(Action.VIEW_CASE, **OF_CYCLE),
    **{
        f"cycles:{act}": form(Action.RECORD_CYCLE, **OF_CYCLE)
        for act in ("predict", "replan", "begin", "week", "study", "conclude")
    },
    "cycles:cycle_plan": form(Action.RECORD_CYCLE, **OF_ITS_CASE),
    "cycles:extend": form(Action.DECIDE_CASE, **OF_ITS_CASE),
    "cycles:stop": form(Action.WRITE_CASE, **OF_ITS_CASE),
    "cycles:propose": form(Action.WRITE_CASE, **OF_ITS_CASE),
}


# Bodies, their seats, meetings and agendas.
def of_body(argument: str, value: Callable[[Side], Any]) -> dict[str, Any]:
    return {
        "of": lambda side: side.body,
        "seen_with": Action.VIEW_GOVERNANCE,
        "arguments": lambda side: {argument: value(side)},
    }


OF_BODY = of_body("slug", lambda side: side.body.slug)
OF_MEETING = of_body("pk", lambda side: side.meeting.pk)
OF_AGENDA_ITEM = of_body("pk", lambda side: side.on_agenda.pk)
OF_SEAT = of_body("pk", lambda side: side.seat.pk)
OF_TERMS = of_body("pk", lambda side: side.terms.pk)
SEEN, KEPT = Action.VIEW_GOVERNANCE, Action.KEEP_GOVERNANCE
GOVERNANCE = {
    "governance:body_list": page(SEEN),
    "governance:body_add": form(KEPT),
    "governance:body_detail": page(SEEN, **OF_BODY),
    **{
        f"governance:{act}": form(KEPT, **OF_BODY) for act in ("body_edit", "body_end", "terms_set", "seat_add", "plan")
    },
    "governance:seat_list": page(SEEN, **OF_BODY),
    **{f"governance:seat_{act}": form(KEPT, **OF_SEAT) for act in ("fill", "correct", "end", "void")},
    **{f"governance:terms_{act}": form(KEPT, **OF_TERMS) for act in ("correct", "void")},
    "governance:meeting_list": page(SEEN),
    "governance:meeting_detail": page(SEEN, **OF_MEETING),
    "governance:agenda": page(SEEN, **OF_MEETING),
    **{f"governance:{act}": form(SEEN, **OF_MEETING) for act in ("apologise", "come")},
    **{
        f"governance:{act}": form(KEPT, **OF_MEETING)
        for act in ("meeting_edit", "papers_out", "hold", "minutes", "cancel", "item_add", "from_waiting")
    },
    "governance:item_detail": page(SEEN, **OF_AGENDA_ITEM),
    **{f"governance:item_{act}": form(KEPT, **OF_AGENDA_ITEM) for act in ("edit", "move", "take_off")},
    "governance:calendar": page(SEEN),
    "governance:calendar_make": form(SEEN),
    "governance:calendar_withdraw": form(SEEN),
}

# The library: a measure is nobody's own.
OF_MEASURE: Mapping[str, Any] = {"arguments": lambda side: {"code": side.kpi.code}}
OF_DEFINITION: Mapping[str, Any] = {"arguments": lambda side: {"pk": side.kpi.definitions.get().pk}}
OF_OBJECTIVES: Mapping[str, Any] = {
    "of": lambda side: side.chin,
    "arguments": lambda side: {"kind": "chin", "key": side.chin.slug},
}
OF_OBJECTIVE: Mapping[str, Any] = {
    "of": lambda side: side.chin,
    "arguments": lambda side: {"pk": side.objective.pk},
}
LIBRARY = {
    "kpis:measure_list": page(),
    "kpis:impact_list": page(),
    "kpis:measure_detail": page(**OF_MEASURE),
    "kpis:value_list": page(**OF_MEASURE),
    "kpis:measure_add": form(Action.KEEP_MEASURES),
    "kpis:measure_edit": form(Action.KEEP_MEASURES, **OF_MEASURE),
    "kpis:define_anew": form(Action.KEEP_MEASURES, **OF_MEASURE),
    "kpis:definition_correct": form(Action.KEEP_MEASURES, **OF_DEFINITION),
    "kpis:definition_owner": form(Action.KEEP_MEASURES, **OF_DEFINITION),
    "kpis:objective_list": page(),
    "kpis:objective_detail": page(**OF_OBJECTIVES),
    "kpis:objective_add": form(Action.KEEP_MEASURES, **OF_OBJECTIVES),
    "kpis:objective_correct": form(Action.KEEP_MEASURES, **OF_OBJECTIVE),
    "kpis:objective_end": form(Action.KEEP_MEASURES, **OF_OBJECTIVE),
}

# Benefits: what initiatives are worth, to be kept by managers and validated by finance.
OF_BENEFIT: dict[str, Any] = {"of": lambda s: s.benefit, "arguments": lambda s: {"slug": s.benefit.slug}}
OF_BENEFIT_YEAR: dict[str, Any] = OF_BENEFIT | {"arguments": lambda s: {"slug": s.benefit.slug, "year": "2017-18"}}
BENEFITS: dict[str, Declared] = {
    **{f"benefits:{name}": page() for name in ("home", "benefit_list", "row_list")},
    "benefits:benefit_add": form(Action.KEEP_BENEFITS),
    "benefits:benefit_detail": page(**OF_BENEFIT),
    "benefits:benefit_edit": form(Action.KEEP_BENEFITS, **OF_BENEFIT),
    "benefits:plan": form(Action.KEEP_BENEFITS, **OF_BENEFIT_YEAR),
    "benefits:forecast": form(Action.KEEP_BENEFITS, **OF_BENEFIT_YEAR),
    "benefits:validate": form(Action.VALIDATE_BENEFIT, **OF_BENEFIT_YEAR),
    "benefits:validation_withdraw": form(
        Action.VALIDATE_BENEFIT, of=lambda s: s.benefit, arguments=lambda s: {"pk": s.validation.pk}
    ),
    "benefits:split": form(
        Action.KEEP_BENEFITS,
        of=lambda s: s.benefit,
        arguments=lambda s: {"slug": s.benefit.slug, "other": s.benefit_beside.slug},
    ),
}

# How practices vary in a measure: known to all who see the register; whose numbers, each value says.
OF_VARIATION: Mapping[str, Any] = {"arguments": lambda side: {"code": side.varying.code}}
VARIATION = {
    f"variation:{name}": page(**OF_VARIATION)
    for name in ("funnel", "intervals", "practice_list", "chins", "compare", "two", "gap", "deprivation")
}

# QISTs: seen with the register, kept by managers; what they did is seen by those it was done for.
OF_QIST: Mapping[str, Any] = {
    "of": lambda side: side.qist,
    "arguments": lambda side: {"slug": side.qist.slug},
}


def of_qist(name: str) -> dict[str, Any]:
    return {"of": lambda side: side.qist, "arguments": lambda side: {"pk": getattr(side, name).pk}}


QISTS = {
    "qists:qist_list": page(),
    "qists:qist_add": form(
        Action.KEEP_QIST,
        of=lambda side: side.commissioner,
        arguments=lambda side: {"ods_code": side.commissioner.ods_code},
    ),
    "qists:qist_detail": page(**OF_QIST),
    "qists:support_list": page(**OF_QIST),
    **{
        f"qists:{act}": form(Action.KEEP_QIST, **OF_QIST)
        for act in ("qist_edit", "qist_end", "serve", "set_staff", "add_target", "review_add")
    },
    "qists:log_support": form(Action.LOG_SUPPORT, **OF_QIST | {"of": lambda side: side.qist_record}),
    "qists:stop_serving": form(Action.KEEP_QIST, **of_qist("serves")),
    "qists:end_target": form(Action.KEEP_QIST, **of_qist("qist_target")),
    "qists:add_result": form(
        Action.LOG_SUPPORT,
        of=lambda side: side.practice,
        seen_with=Action.VIEW_SUPPORT,
        arguments=lambda side: {"pk": side.support.pk},
    ),
}

# Series: of the CHIN, whose measure has no value there yet.


def of_series(what: str = "") -> dict[str, Any]:
    """The series itself; or something that stands on it, by its number."""

    def arguments(side: Side) -> Mapping[str, Any]:
        if what:
            return {"pk": getattr(side, what).pk}
        return {"code": side.tracked_measure.code, "kind": "chin", "key": side.chin.slug}

    return {"of": lambda side: side.chin, "arguments": arguments}


TRACKING = {
    "tracking:grid": page(),
    "tracking:changed": page(),
    "tracking:series": page(**of_series()),
    "tracking:settings_set": form(Action.APPROVE_BASELINE, **of_series()),
    "tracking:rebase_propose": form(Action.JUDGE_SERIES, **of_series()),
    "tracking:rebase_decide": form(Action.APPROVE_BASELINE, **of_series("rebase")),
    "tracking:rebase_take_back": form(Action.APPROVE_BASELINE, **of_series("rebase")),
    "tracking:note_add": form(Action.JUDGE_SERIES, **of_series()),
    "tracking:note_withdraw": form(Action.JUDGE_SERIES, **of_series("series_note")),
    "tracking:target_set": form(Action.SET_TARGETS, **of_series()),
    "tracking:trajectory_set": form(Action.SET_TARGETS, **of_series()),
}

DECLARED: dict[str, Declared] = {
    **LIBRARY,
    **BENEFITS,
    **VARIATION,
    **QISTS,
    **CYCLES,
    **GOVERNANCE,
    **FUNDING,
    **CHINS,
    **PEOPLE,
    **PRACTICES,
    **BOARD,
    **BUDGET,
    **ACTIONS,
    **COMMENTS,
    **IMPORTS,
    **VIEWS,
    **AGREEMENTS,
    **CLAIMS,
    **MONTHS,
    **SERVICES,
    **PAYMENTS,
    **BASELINE,
    **CASES,
    **DECISIONS,
    **ROUTE,
    **TRACKING,
}

# Why an address has no part in the API; those of accounts have none, as no program signs in or makes tokens.
NOT_IN_THE_API: dict[str, str] = {
    "board:home": "what it shows stands at the addresses that it leads to",
    **dict.fromkeys(VIEWS, "a view is an address that a person keeps; a program has the address"),
    "board:dashboards": "the list of commissioners, and their dashboards",
    "lcs:money": "it leads to the money of one’s own practice, or to the claims",
    "months:home": "it leads to the months of the year that the budget opens with",
    "components": "made-up examples of how pages look",
    "governance:calendar": "its dates are those of meetings, and a calendar reads them at an address of its own",
    **dict.fromkeys(
        ("governance:calendar_make", "governance:calendar_withdraw"),
        "no program makes or withdraws an address that is secret",
    ),
    "charts:chart": "a drawing; its numbers are the trend of the dashboard, and a practice's list sizes",
    "route:route_home": "it leads to the route of one’s own commissioner, or names those there are",
    "cases:add_choice": "it leads to the idea of one CHIN",
    "cases:typed": "what a person is typing is the page’s to keep",
}

# What the API answers where a page leads on, or asks for something that its address does not say.
IN_THE_API_OTHERWISE: dict[str, int] = {
    "people:post_add": 400,  # of which role, and whose
    "imports:import_answer": 404,  # the file says its day itself
    "imports:illustrative_remove": 404,  # there is no illustrative programme
}
