"""CHINs at a terminal, through the same services as the pages."""

import json
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from datetime import date
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

from cc2h.accounts.models import User
from cc2h.kit import words
from cc2h.kit.asat import AsAt
from cc2h.kit.dated import StaleRecord
from cc2h.kit.days import NotADay, parse_day, today
from cc2h.kit.problems import errors_of
from chins import queries, services
from chins.models import Chin, Membership
from chins.workflow import ChinStatus
from practices.models import Commissioner, Practice

DESCRIPTION = """\
CHINs, their states, and which practice is in which, from a day.

  chin create 07M "North Locality" --day 2018-03-01      propose one
  chin join north-locality E83003 E83005 --day 2018-05-01
  chin move finchley E83003 --day 2018-09-01             leave the one they are in, and join this one
  chin leave E83003 --day 2019-03-31                     the last day they are in it
  chin status north-locality                             what it is, as at --day
  chin status north-locality approved --day 2018-06-01   what it becomes, from --day

A day to come makes it a plan. Nothing is overwritten: what was recorded before stays readable as known then.
"""
EPILOGUE = """\
Exit code: 0 done, 1 refused (what stands in the way is said, and nothing is changed), 2 wrong use (also a code
or a name that nothing has).
With --json, one JSON object goes to standard output, also for a refusal: {"status": "refused", "problems": [...]}.
"""
UNKNOWN = "unknown"


class Command(BaseCommand):
    help = "Creates CHINs, lets practices join, leave and move, and changes states; each from a day."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = super().create_parser(prog_name, subcommand, epilog=EPILOGUE, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.description = DESCRIPTION
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="create|join|leave|move|status")

        def act(name: str, text: str, day: str) -> Any:
            sub = acts.add_parser(name, help=text, description=text)
            sub.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help=f"{day} (today if not given)")
            sub.add_argument("--reason", default="", metavar="TEXT", help="why; kept beside the change")
            sub.add_argument("--by", type=_person, metavar="E-MAIL", help="who does it, for the history")
            sub.add_argument("--json", action="store_true", help="print one JSON object")
            return sub

        create = act("create", "Propose a CHIN, or record a primary care network.", "the day it is proposed")
        create.add_argument("commissioner", help="ODS code of the commissioner, like 07M")
        create.add_argument("name")
        create.add_argument("--kind", choices=Chin.Kind.values, default=Chin.Kind.CHIN, help="a pcn starts operational")
        create.add_argument("--code", default="", help="ODS code of a primary care network, like U40115")
        create.add_argument("--area", default="", help="the area it serves")
        create.add_argument(
            "--focus", action="append", default=[], metavar="TEXT", help="a focus area; may be repeated"
        )
        create.add_argument("--practices", nargs="+", default=[], metavar="CODE", help="practices in it from the day")

        join = act("join", "Let practices join a CHIN.", "the first day they are in it")
        move = act("move", "Move practices to a CHIN from whichever they are in.", "the first day they are in it")
        for sub in (join, move):
            sub.add_argument("chin", help="the last part of its address, like north-locality")
            sub.add_argument("practices", nargs="+", metavar="practice", help="ODS code, like E83003")
        join.add_argument("--last", type=_day, metavar="YYYY-MM-DD", help="the last day, where that is known already")

        leave = act("leave", "Let a practice leave the CHIN it is in.", "the last day it is in it")
        leave.add_argument("practice", help="ODS code, like E83003")

        status = act("status", "Say what a CHIN is, or change its state.", "the day it is asked of, or changes on")
        status.add_argument("chin", help="the last part of its address, like north-locality")
        status.add_argument("state", nargs="?", choices=ChinStatus.values, help="the state it goes to")
        status.add_argument("--into", metavar="chin", help="the CHIN it merges into, when the state is merged")
        status.add_argument("--known", type=_day, metavar="YYYY-MM-DD", help="as known on an earlier day; only to ask")

    def handle(self, *args: Any, **options: Any) -> None:
        now = today()
        options["day"] = options["day"] or now
        doing: Callable[..., dict[str, Any]] = getattr(self, f"_{options['act']}")
        who = {"user": options["by"].pk} if options["by"] else {}
        try:
            with pghistory.context(command=f"chin {options['act']}", **who):
                said = doing(now=now, **options)
        except ValidationError as refusal:
            unknown = all(error.code == UNKNOWN for _, error in errors_of(refusal))
            self._refuse(refusal.messages, options["json"], 2 if unknown else 1)
        except StaleRecord as stale:
            self._refuse([str(stale)], options["json"], 1)
        if options["json"]:
            self.stdout.write(json.dumps({"status": "done", **said}, ensure_ascii=False, default=str))
        else:
            self.stdout.write(_text(said))

    def _refuse(self, problems: list[str], as_json: bool, code: int) -> None:
        if as_json:
            self.stdout.write(json.dumps({"status": "refused", "problems": problems}, ensure_ascii=False))
        raise CommandError("\n".join(problems), returncode=code)

    # Each returns what was done, as a JSON object ------------------------------------------------------
    def _create(
        self, *, commissioner: str, name: str, day: date, practices: list[str], by: Any, reason: str, **rest: Any
    ) -> dict[str, Any]:
        of = Commissioner.objects.filter(ods_code=commissioner.upper()).first()
        if of is None:
            raise ValidationError(f"No commissioner has the code {commissioner}.", code=UNKNOWN)
        chin = services.propose_chin(
            by=by,
            commissioner=of,
            name=name,
            day=day,
            kind=rest["kind"],
            code=rest["code"],
            footprint=rest["area"],
            focus_areas=rest["focus"],
            practices=_practices(practices),
            reason=reason,
        )
        return _chin_said(chin, AsAt(day, None, day))

    def _join(
        self, *, chin: str, practices: list[str], day: date, last: date | None, by: Any, reason: str, **rest: Any
    ) -> dict[str, Any]:
        joined = services.join_practices(
            by=by, chin=_chin(chin), practices=_practices(practices), first=day, last=last, reason=reason
        )
        return {"memberships": [_membership_said(membership) for membership in joined]}

    def _move(self, *, chin: str, practices: list[str], day: date, by: Any, reason: str, **rest: Any) -> dict[str, Any]:
        moved = services.move_practices(
            by=by, chin=_chin(chin), practices=_practices(practices), first=day, reason=reason
        )
        return {"memberships": [_membership_said(membership) for membership in moved]}

    def _leave(self, *, practice: str, day: date, by: Any, reason: str, **rest: Any) -> dict[str, Any]:
        (leaving,) = _practices([practice])
        membership = queries.membership_to_end(leaving, day)
        if membership is None:
            raise ValidationError(f"{leaving.ods_code} is in no CHIN on {words.day(day)}.")
        left = services.leave_chin(by=by, membership=membership, last=day, reason=reason)
        return {"memberships": [_membership_said(left)]}

    def _status(
        self,
        *,
        chin: str,
        state: str | None,
        into: str | None,
        day: date,
        known: date | None,
        now: date,
        by: Any,
        reason: str,
        **rest: Any,
    ) -> dict[str, Any]:
        shown = _chin(chin)
        if state is not None:
            target = _chin(into) if into else None
            services.change_state(by=by, chin=shown, status=state, day=day, reason=reason, into=target)
        return _chin_said(shown, AsAt(day, known if known and known < now else None, now))


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except NotADay as problem:
        raise ArgumentTypeError(str(problem)) from None


def _person(text: str) -> User:
    user = User.objects.filter(email__iexact=text, is_active=True).first()
    if user is None:
        raise ArgumentTypeError(f"nobody signs in as {text}")
    return user


def _chin(slug: str) -> Chin:
    chin = Chin.objects.select_related("commissioner").filter(slug=slug).first()
    if chin is None:
        near = Chin.objects.filter(slug__contains=slugify(slug)[:6]).values_list("slug", flat=True)[:3]
        hint = f" Do you mean {words.listed(near, 'or')}?" if near else ""
        raise ValidationError(f"No CHIN is called {slug}.{hint}", code=UNKNOWN)
    return chin


def _practices(codes: list[str]) -> list[Practice]:
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    found = {practice.ods_code: practice for practice in Practice.objects.filter(ods_code__in=wanted)}
    if missing := [code for code in wanted if code not in found]:
        raise ValidationError([ValidationError(f"No practice has the code {c}.", code=UNKNOWN) for c in missing])
    return [found[code] for code in wanted]


def _membership_said(membership: Membership) -> dict[str, Any]:
    return {
        "ods_code": membership.practice.ods_code,
        "chin": membership.chin.slug,
        "first": membership.first_day,
        "last": membership.last_day,
    }


def _chin_said(chin: Chin, asat: AsAt) -> dict[str, Any]:
    state = queries.state_on(chin, asat)
    members = queries.members(chin, asat)
    counted = [member for member in members if member.status == "active"]
    return {
        "chin": chin.slug,
        "name": chin.name,
        "commissioner": chin.commissioner.ods_code,
        "as_at": asat.day,
        "state": state.status if state else None,
        "since": state.first_day if state else None,
        "practices": len(counted),
        "patients": sum(member.patients or 0 for member in counted),
        "members": [{"ods_code": m.ods_code, "name": m.name, "patients": m.patients} for m in members],
    }


def _text(said: dict[str, Any]) -> str:
    if "memberships" in said:
        return "\n".join(
            f"{m['ods_code']} is in {m['chin']} from {m['first']}" + (f" to {m['last']}" if m["last"] else "")
            for m in said["memberships"]
        )
    state = f"{said['state']} since {said['since']}" if said["state"] else "not yet proposed"
    head = f"{said['name']} ({said['chin']}), {said['commissioner']}, as at {said['as_at']}: {state}; " + ", ".join(
        [words.plural(said["practices"], "practice"), words.plural(said["patients"], "patient")]
    )
    rows = [f"  {m['ods_code']}  {words.number(m['patients']):>7}  {m['name']}" for m in said["members"]]
    return "\n".join([head, *rows])
