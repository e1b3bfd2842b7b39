"""Corrections by a spreadsheet: the list that was taken out (practices.corrections) comes back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from cc2h.accounts.authority import Action, authority_of
from cc2h.kit import words
from cc2h.kit.dated import StaleRecord
from cc2h.kit.days import LONDON, today
from cc2h.kit.exports import as_typed
from cc2h.kit.history import changes_between, event_table
from cc2h.kit.imports.files import Rejected
from cc2h.kit.imports.kinds import DAY_EXPECTED, Column, importer, read_day, rule_out
from cc2h.kit.sql import Sql
from practices.corrections import FACTS
from practices.forms import DetailsForm
from practices.importers.shared import CODE_EXPECTED, CODE_RULE, CODE_RULES, NOT_HELD_BACK, PracticeFile
from practices.models import PracticeDetail
from practices.services import change_details

MOST_CHANGES = 2_000  # of one file: each is what a person would do on a practice's own page
COLUMN_OF = {"day": "from", "when": "from"}  # field of the form → column of the file


@importer
class PracticeCorrections(PracticeFile):
    """Every row that differs from the version it was taken out with is what a person would type into the form of the

    practice's page: the same form looks at it, the same service records it. A row whose version somebody has changed
    since is a conflict. One wrong row, and none of the file is taken.
    """

    key = "practice_corrections"
    label = "Corrections of practices (the list taken out here)"
    what = (
        "The list under Practices, “Take out to correct”: change names, addresses, telephones, mailboxes, boroughs or "
        "positions; give “from” (the day it changed, or nothing if what is recorded was always wrong) and a “reason”."
    )
    rows_are = ("correction", "corrections")
    changes_shown = MOST_CHANGES
    columns = (
        Column("code", ("ods_code",), CODE_EXPECTED),
        Column("version", ("version",), "the number that the list was taken out with"),
        *(Column(fact, (fact,), "as in the list that was taken out, or what it should be") for fact in FACTS),
        Column("from_text", ("from",), f"the day it changed, {DAY_EXPECTED}; empty if it was always so"),
        Column("reason", ("reason",), "why"),
        Column("holds_from", ("holds_from",), "a day", False, used=False),
        Column("holds_until", ("holds_until",), "a day", False, used=False),
    )

    extra_staging = {"number": "bigint"}

    def __init__(self, imports: Sequence[Any]) -> None:
        super().__init__(imports)
        self.wanted: dict[int, tuple[PracticeDetail, dict[str, Any]]] = {}  # by line

    def row(self, cells: list[str]) -> Sequence[str]:
        code, version, *others = cells
        number = version if version.isascii() and version.isdecimal() and len(version) < 19 else ""
        return (code.upper(), version, *map(as_typed, others), number)

    def check(self, sql: Sql) -> None:
        rule_out(
            self,
            sql,
            f"""CASE {CODE_RULE} WHEN number IS NULL THEN 'no version'
                WHEN NOT EXISTS (SELECT FROM practices_practicedetail v JOIN practices_practice p ON p.id = v.practice_id
                                 WHERE v.id = s.number AND p.ods_code = s.code) THEN 'other version' END""",
            CODE_RULES
            | {
                "no version": ("version", "The version is missing. Expected: the number from the list taken out."),
                "other version": ("version", "This is no version of this practice. Take the list out again."),
            },
        )
        self.hold_back_duplicates(sql)
        changed = self._changed(sql)
        if len(changed) > MOST_CHANGES:
            raise Rejected(
                f"The file changes {words.number(len(changed))} practices. Expected: {words.number(MOST_CHANGES)} at the "
                "most. Leave rows out, and bring them in a second file."
            )
        versions = PracticeDetail.objects.select_related("practice", "closed_by").in_bulk(
            {int(v) for _, v, *_ in changed}
        )
        of_versions = [detail.practice_id for detail in versions.values()]
        not_theirs = not_theirs_of(sql, of_versions, self.imports[0].uploaded_by)
        for line, number, said in changed:
            detail = versions[number]
            if detail.practice_id in not_theirs:
                self._problem(sql, line, "ods_code", detail.practice.ods_code, "You may not change this practice.")
            elif detail.held.upper is not None:
                self._conflict(sql, line, detail, said)
            else:
                self._read(sql, line, detail, said)
        wrong = sql.value("SELECT count(DISTINCT line) FROM problem WHERE held_back")
        if wrong:
            raise Rejected(
                f"{words.plural(wrong, 'row')} can’t be used, so none of the file is taken. The problems below say what "
                "was found and what is expected. Correct the file and bring it again."
            )

    def _changed(self, sql: Sql) -> list[tuple[int, int, dict[str, str]]]:
        """The rows that say otherwise than the version they were taken out with: line, version, facts and the rest.

        A spreadsheet drops the 0 that a telephone number begins with; that is no change.
        """
        differs = " OR ".join(
            f"coalesce(s.{fact}, '') <> coalesce(v.{fact}::text, '')" for fact in FACTS if fact != "telephone"
        )
        found = sql.rows(
            f"""
            SELECT s.line, s.number, {", ".join(f"coalesce(s.{fact}, '')" for fact in FACTS)},
                   coalesce(s.from_text, ''), coalesce(s.reason, ''), v.telephone
            FROM staged s JOIN practices_practicedetail v ON v.id = s.number
            WHERE {NOT_HELD_BACK} AND ({differs} OR ltrim(coalesce(s.telephone, ''), '0') <> ltrim(v.telephone, '0'))
            ORDER BY s.line
            """
        )
        changed = []
        for line, number, *cells, telephone in found:
            said = dict(zip((*FACTS, "from", "reason"), cells, strict=True))
            if said["telephone"].lstrip("0") == telephone.lstrip("0"):
                said["telephone"] = telephone
            changed.append((line, number, said))
        return changed

    def _conflict(self, sql: Sql, line: int, detail: PracticeDetail, said: Mapping[str, str]) -> None:
        """Somebody was first: who, when, and to what. Never overwritten, unless they did what the row says."""
        versions = PracticeDetail.objects.held().filter(practice=detail.practice)
        held = versions.open_on(sql.parameters["today"]).first() or versions.order_by("-pk").first()
        if held and all(said[fact] == _text(getattr(held, fact)) for fact in FACTS):
            return
        theirs = (
            [f"{change.field}: {change.after or words.DASH}" for change in changes_between(detail, held)]
            if held
            else []
        )
        when = words.moment(detail.held.upper.astimezone(LONDON))
        now = f" It is now: {'; '.join(theirs)}." if theirs else ""
        sentence = (
            f"{detail.closed_by or 'The portal'} changed this practice on {when}, after the list was taken out.{now}"
        )
        self._problem(sql, line, "version", str(detail.pk), f"{sentence} Take the list out again.")

    def _read(self, sql: Sql, line: int, detail: PracticeDetail, said: Mapping[str, str]) -> None:
        """What the form of the practice's page makes of the row; its errors by column."""
        day = read_day(said["from"])
        if said["from"] and not day:
            self._problem(sql, line, "from", said["from"], f"This is no day. Expected: {DAY_EXPECTED}.")
            return
        when = DetailsForm.FROM_A_DAY if day else DetailsForm.ALWAYS
        form = DetailsForm({**said, "when": when, "day": day, "reason": said["reason"]}, detail=detail)
        if form.is_valid():
            typed = {name: form.cleaned_data[name] for name in (*DetailsForm.DETAILS, "day", "reason")}
            if any(typed[fact] != getattr(detail, fact) for fact in FACTS):
                self.wanted[line] = detail, typed
            return
        for field, errors in form.errors.items():
            column = COLUMN_OF.get(field, field)
            self._problem(sql, line, column, said.get(column, ""), " ".join(map(str, errors)))

    def _problem(self, sql: Sql, line: int, column: str, value: str, sentence: str) -> None:
        sql.run(
            "INSERT INTO problem VALUES (%(id)s, %(line)s, %(column)s, %(value)s, %(sentence)s, 'correction', true)",
            id=self.imports[0].pk,
            line=line,
            column=column,
            value=value,
            sentence=sentence,
        )

    def plan(self, sql: Sql) -> str:
        lines, before, after = [], [], []
        for line, (detail, typed) in self.wanted.items():
            changed = [fact for fact in FACTS if typed[fact] != getattr(detail, fact)]
            lines.append(line)
            before.append("; ".join(f"{fact}: {_text(getattr(detail, fact)) or words.DASH}" for fact in changed))
            since = f"from {words.day(typed['day'])}" if typed["day"] else "as if always recorded so"
            after.append("; ".join(f"{fact}: {_text(typed[fact]) or words.DASH}" for fact in changed) + f" ({since})")
        sql.table(
            "correction",
            "SELECT * FROM unnest(%(lines)s::int[], %(before)s::text[], %(after)s::text[]) AS c(line, before, after)",
            lines=lines,
            before=before,
            after=after,
        )
        return f"""
            SELECT s.import_id, s.line, v.name || ' (' || s.code || ')' AS key,
                   CASE WHEN c.line IS NULL THEN 'unchanged' ELSE 'changed' END AS verdict, c.before, c.after
            FROM staged s JOIN practices_practicedetail v ON v.id = s.number LEFT JOIN correction c USING (line)
            WHERE {NOT_HELD_BACK}
        """

    def merge(self, sql: Sql, by: Any) -> None:
        """One by one through the service of the form; if somebody is first even now, none of the file is taken."""
        if not_theirs_of(sql, [detail.practice_id for detail, _ in self.wanted.values()], by):
            raise ValidationError("The file corrects practices that you may not change.", code="not_theirs")
        for line, (detail, typed) in self.wanted.items():
            day: date | None = typed.pop("day")
            reason = typed.pop("reason") or f"From the file {self.imports[0].file_name}"
            try:
                change_details(by=by, detail=detail, day=day, reason=reason, **typed)
            except StaleRecord as stale:
                who = stale.found.closed_by or "The portal"
                raise ValidationError(
                    f"Line {line}: {who} changed {detail.practice} meanwhile, so nothing of the file was imported. Take "
                    "the list out again.",
                    code="overtaken",
                ) from stale

    def describe(self, sql: Sql) -> dict[str, Any]:
        """What whoever confirms it must be allowed: a token for files alone corrects no practice."""
        return {"needs": [str(Action.CHANGE_PRACTICE)]}

    @classmethod
    def may_undo(cls, sql: Sql, by: Any) -> bool:
        """Whoever undoes it changes its practices, so they must be theirs."""
        events = event_table(PracticeDetail)
        corrected = f"SELECT DISTINCT practice_id FROM {events} WHERE pgh_context_id = %(act)s"
        return not not_theirs_of(sql, [practice for (practice,) in sql.rows(corrected)], by)


def not_theirs_of(sql: Sql, practices: Sequence[int], person: Any) -> set[int]:
    """Those of the practices that the person may not change as by the form: whose they are today, or were last.

    A command is nobody's, and may change all.
    """
    if person is None:
        return set()
    theirs = authority_of(person).commissioner_ids(Action.CHANGE_PRACTICE)
    rows = sql.rows(
        """
        SELECT DISTINCT ON (practice_id) practice_id, commissioner_id FROM practices_practicestanding
        WHERE practice_id = ANY(%(practices)s) AND upper_inf(held) AND lower(period) <= %(on)s
        ORDER BY practice_id, period DESC
        """,
        practices=list(practices),
        on=today(),
    )
    return set(practices) - {practice for practice, commissioner in rows if commissioner in theirs}


def _text(fact: Any) -> str:
    return "" if fact is None else str(fact)
