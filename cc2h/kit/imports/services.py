"""What people do with imported files: bring, answer, confirm, discard; and what the worker does in between.

Checking and merging are work to do (cc2h.kit.work, kind `import`): a worker that is killed is followed by one that
starts the step again from the stored bytes. Commands and bulk loads do the same steps at once (`run`).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pghistory
import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Func, JSONField, Q, QuerySet, Value
from django.utils import timezone

from cc2h.kit import days, history, programme, words, work
from cc2h.kit.imports import undoing
from cc2h.kit.imports.files import Rejected, megabytes, opened, sheet_names
from cc2h.kit.imports.jobs import CHANGES, VERDICTS, Job, StoredBytes, one_at_a_time
from cc2h.kit.imports.kinds import Importer, kinds, recognise
from cc2h.kit.models import Import, ImportChunk, ImportProblem
from cc2h.kit.stored import keep
from cc2h.kit.writing import writing

log = structlog.get_logger(__name__)

State = Import.State
UNDECIDED = (State.RECEIVED, State.CHECKING, State.CHECKED)
UNDER_WAY = (State.RECEIVED, State.CHECKING, State.MERGING, State.UNDOING)


# Bringing a file -------------------------------------------------------------------------------------


def receive(*, by: Any, name: str, file: IO[bytes], size: int) -> tuple[Import, bool]:
    """Store a file's bytes and leave it to the worker to check. Memory stays flat whatever its size.

    Returns the import and True; or, where the same bytes are on their way, or already imported as they are with nothing
    held back, that one and False. Bytes of which rows were held back are checked again: those rows may be known now.
    Raises ValidationError for a file above the upload limit (`size` in bytes).
    """
    sha256 = _fingerprint(file, size)
    here = (
        Import.objects.shared_with(by).filter(sha256=sha256).filter(_whole({}) | Q(state__in=(*UNDECIDED, *UNDER_WAY)))
    )
    with _in_the_name_of(by), transaction.atomic():
        with connection.cursor() as cursor:  # two people with one file: the second waits and finds the first's
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [sha256])
        known = here.order_by("pk").last()
        if known is not None:
            return known, False
        stored = _store(by, name, file, size, sha256, kind=_private_kind(file))
        work.leave(kind="import", key=str(stored.pk), from_day=None, reason="check")
    return stored, True


def _whole(options: dict[str, Any]) -> Q:
    """Imported with these options, and no row was held back."""
    return Q(state=State.IMPORTED, options=options) & ~Q(findings__held_back__gt=0)


def _fingerprint(file: IO[bytes], size: int) -> str:
    if size > settings.UPLOAD_LIMIT_BYTES:
        raise ValidationError(
            f"The file has {megabytes(size)}. The portal takes files of up to {megabytes(settings.UPLOAD_LIMIT_BYTES)}; "
            "a CSV can be compressed with gzip first.",
            code="too_large",
        )
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def _private_kind(file: IO[bytes]) -> str:
    """The kind of a file that nobody else may see, told before a worker looks at it; blank for any other."""
    private = [kind for kind in kinds.values() if kind.private]
    names = sheet_names(file) if private else []
    return next((kind.key for kind in private if kind.claims(names)), "")


def _store(by: Any, name: str, file: IO[bytes], size: int, sha256: str, kind: str = "", **options: Any) -> Import:
    stored = Import.objects.create(
        file_name=Path(name).name[-255:], sha256=sha256, size_bytes=size, uploaded_by=by, kind=kind, options=options
    )
    keep(ImportChunk, stored.pk, file)
    return stored


# The worker's part -----------------------------------------------------------------------------------


def _give_up(key: str, attempts: int) -> None:
    """Reject a file that the portal failed at time and again, or that killed its workers; one to be undone stays."""
    if _not_undone(Import.objects.filter(pk=int(key)), "The portal tried and could not finish, so nothing was undone."):
        return
    Import.objects.filter(pk=int(key), state__in=UNDER_WAY).update(
        state=State.REJECTED,
        rejection=f"The portal tried {'once' if attempts == 1 else f'{attempts} times'} and could not finish with this file, so nothing of it was imported. "
        "Bring it again; if that fails too, save it as “CSV UTF-8”, or in several smaller files, or ask whoever looks "
        "after the portal to find the reason.",
    )


def _called_off(key: str) -> bool:
    return Import.objects.filter(pk=int(key), state=State.DISCARDED).exists()


@work.handles("import", give_up=_give_up, called_off=_called_off)
def carry_on(key: str, from_day: date | None = None) -> None:
    """Do the next step of an import; nothing when it was discarded meanwhile."""
    one = Import.objects.filter(pk=int(key)).first()
    if one is None:
        return
    if one.state in (State.RECEIVED, State.CHECKING):
        check(one)
    elif one.state == State.MERGING:
        _merge_confirmed(one)
    elif one.state == State.UNDOING:
        _undo_confirmed(one)


def check(one: Import) -> None:
    """Recognise, stage, check and preview a file that was received; the outcome stands in the import."""
    with _progress(one) as tell, _in_the_name_of(one.uploaded_by):
        job = None
        outcome: dict[str, Any]
        try:
            job = _job([one], tell)
            one.kind = job.kind.key
            job.stage()
            findings = _examined(job)
            outcome = {"state": State.CHECKED, "findings": findings, "rejection": ""}
        except Rejected as refusal:
            counts = job.problem_counts()[one.pk] if job else {}
            outcome = {"state": State.REJECTED, "rejection": str(refusal), "findings": counts}
            _say_where(one, refusal, job)
        if _said_already(one, outcome["findings"]):
            outcome |= {"state": State.DISCARDED, "rejection": SAID_ALREADY}
        done = Import.objects.filter(pk=one.pk, state__in=[State.RECEIVED, State.CHECKING]).update(
            kind=one.kind, rows=one.rows, extract_day=one.extract_day, progress=100, **outcome
        )
        if not done:  # discarded while it was being checked
            ImportProblem.objects.filter(of=one).delete()


def _job(imports: Sequence[Import], tell: Any = None, kind: type[Importer] | None = None) -> Job:
    if kind is None:
        kind = _kind_of(imports[0])
    return Job(kind, imports, today=days.today(), tell=tell)


def _kind_of(one: Import) -> type[Importer]:
    if one.kind:
        return kinds[one.kind]
    with opened(StoredBytes(one.pk), one.file_name) as contents:
        return recognise(contents.head)


def _examined(job: Job) -> dict[str, Any]:
    """Check and plan the one import of a staged job; its findings. Raises Rejected."""
    one = job.imports[0]
    findings: dict[str, Any] = {"asks": job.asks}
    if not job.asks and not job.refused:
        job.check()
        if not job.refused:
            findings |= job.plan().get(one.pk, {})
    job.keep_problems()
    if job.refused:
        raise job.refused[one.pk]
    return findings


def _say_where(one: Import, refusal: Rejected, job: Job | None) -> None:
    """A refusal that names a line is a problem of the file, like those found by the checks."""
    if job is None:
        ImportProblem.objects.filter(of=one).delete()
    if refusal.line is not None:
        ImportProblem.objects.create(
            of=one,
            line=refusal.line,
            column=refusal.column[:100],
            value=refusal.value[:200],
            problem=str(refusal)[:400],
        )


def _merge_confirmed(one: Import) -> None:
    """Merge what somebody confirmed, if it is still what they saw; else show it to them again."""
    with _progress(one) as tell, _in_the_name_of(one.decided_by, one):
        job = _job([one], tell)
        seen = one.findings
        job.stage()
        one_at_a_time()
        try:
            findings = _examined(job)
        except Rejected as refusal:
            _set(one, state=State.REJECTED, rejection=str(refusal), findings=job.problem_counts()[one.pk])
            _say_where(one, refusal, job)
            return
        if _said_already(one, findings):
            _set(one, state=State.DISCARDED, rejection=SAID_ALREADY, findings=findings)
            return
        wrong = job.kind.all_or_nothing and findings["problems"]
        if findings["asks"] or wrong or findings["fingerprint"] != seen.get("fingerprint"):
            _set(one, state=State.CHECKED, decided_by=None, findings=findings | {"changed_since": True})
            return
        try:
            with history.act_of_its_own(act := uuid4()), transaction.atomic():
                job.merge(one.decided_by)
        except ValidationError as refusal:
            _set(one, state=State.REJECTED, rejection=" ".join(refusal.messages))
            return
        _set(one, state=State.IMPORTED, act=act, merged_at=timezone.now(), findings=findings, progress=100)


def _undo_confirmed(one: Import) -> None:
    """Take back what the file wrote, all of it or, if something was built on it meanwhile, nothing."""
    with _progress(one, of=100) as tell, _in_the_name_of(one.undone_by):
        one_at_a_time()
        try:
            with history.act_of_its_own(act := uuid4(), undo=one.pk), writing(one.undone_by):
                undoing.take_back(one, tell)
        except ValidationError as refusal:
            _not_undone(Import.objects.filter(pk=one.pk), " ".join(refusal.messages))
            return
        _set(one, state=State.UNDONE, undo_act=act, undone_at=timezone.now(), progress=100)


def _not_undone(imports: QuerySet[Import], why: str) -> int:
    """Those to be undone count as before, and say why."""
    said = Func(F("findings"), Value(["undo_refused"]), Value(why, JSONField()), function="jsonb_set")
    return imports.filter(state=State.UNDOING).update(
        state=State.IMPORTED, undone_by=None, undo_reason="", progress=100, findings=said
    )


SAID_ALREADY = "Already imported: the same file came in before, and it says nothing new."


def _said_already(one: Import, findings: dict[str, Any]) -> bool:
    """Whether the same bytes were imported before, whatever was said about them, and would change nothing now."""
    if findings.get("asks", True) or any(findings.get(verdict) for verdict in CHANGES):
        return False
    return Import.objects.filter(sha256=one.sha256, kind=one.kind, state=State.IMPORTED).exclude(pk=one.pk).exists()


def _set(one: Import, **changes: Any) -> None:
    Import.objects.filter(pk=one.pk).update(**changes)


HOW_FAR = """
    UPDATE kit_import SET progress = %s, state = CASE state WHEN 'received' THEN 'checking' ELSE state END
    WHERE id = (SELECT id FROM kit_import WHERE id = %s AND state IN ('received', 'checking', 'merging', 'undoing')
                FOR NO KEY UPDATE SKIP LOCKED)
"""


@contextmanager
def _progress(one: Import, of: int | None = None) -> Iterator[Any]:
    """Tells how far it is, of all the file’s bytes or of so many steps, on a connection of its own so that the page sees it."""
    side = connection.copy()

    def tell(done: int) -> None:
        percent = min(99, 100 * done // max(1, of or one.size_bytes))
        try:
            with side.cursor() as cursor:
                # the work itself may hold a table that this would wait for
                cursor.execute("SET lock_timeout = '300ms'")
                try:
                    cursor.execute(HOW_FAR, [percent, one.pk])
                finally:  # the pool lends the connection to others later
                    cursor.execute("RESET lock_timeout")
        except DatabaseError as problem:  # how far it is, is a comfort; the work goes on without
            log.info("progress could not be told", problem=str(problem))

    try:
        yield tell
    finally:
        side.close()


@contextmanager
def _in_the_name_of(by: Any, one: Import | None = None) -> Iterator[None]:
    """History made inside names the person and the import."""
    who = {"user": by.pk} if by is not None else {}
    with pghistory.context(**who, **({"import": one.pk} if one else {})):
        yield


# A person's decisions --------------------------------------------------------------------------------


def confirm(*, by: Any, one: Import) -> None:
    """Let what was previewed be merged. Raises ValidationError when somebody else decided first."""
    with _in_the_name_of(by, one), transaction.atomic():
        held = Import.objects.select_for_update().get(pk=one.pk)
        if held.state != State.CHECKED:
            raise ValidationError(_decided(held), code="decided")
        if held.findings.get("asks"):
            raise ValidationError("Answer the question on the page first.", code="asks")
        if _blocked(held):
            raise ValidationError(BLOCKED, code="blocked")
        for action in held.findings.get("needs", []):  # a token may be for less than the posts of its owner grant
            if not by.authority.may(action):
                raise ValidationError("You may not do all that is in this file.", code="needs")
        _set(held, state=State.MERGING, decided_by=by, progress=0)
        work.leave(kind="import", key=str(one.pk), from_day=None, reason="merge")


BLOCKED = "Nothing of it is imported while a row is wrong. Put the rows right, and bring the file again."


def _blocked(one: Import) -> bool:
    kind = kinds.get(one.kind)
    return bool(kind and kind.all_or_nothing and one.findings.get("problems"))


def check_again(*, by: Any, one: Import) -> None:
    """Look at a previewed file anew: what it names may be in the register by now. Raises as `answer` does."""
    answer(by=by, one=one)


def discard(*, by: Any, one: Import) -> None:
    """Nothing of the file is imported; the file and its problems stay readable. Raises ValidationError when too late."""
    with _in_the_name_of(by, one), transaction.atomic():
        held = Import.objects.select_for_update().get(pk=one.pk)
        if held.state not in UNDECIDED:
            raise ValidationError(_decided(held), code="decided")
        _set(held, state=State.DISCARDED, decided_by=by, findings={})


def undo(*, by: Any, one: Import, reason: str) -> None:
    """Have an import taken back by the worker. Raises ValidationError when somebody was first, or built on it."""
    if not reason.strip():
        raise ValidationError("Say why it is undone.", code="reason_required")
    with _in_the_name_of(by, one), transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
        if held.state != State.IMPORTED:
            raise ValidationError(_decided(held), code="decided")
        undoing.refuse_to_others(held, by)
        undoing.refuse_if_built_on(held)
        findings = {name: found for name, found in held.findings.items() if name != "undo_refused"}
        _set(held, state=State.UNDOING, undone_by=by, undo_reason=reason.strip(), progress=0, findings=findings)
        work.leave(kind="import", key=str(one.pk), from_day=None, reason="undo")


def answer(*, by: Any, one: Import, kind: str | None = None, **options: Any) -> None:
    """Say what the file itself does not say (`day`, `only`), or its kind, and have it checked again.

    Raises ValidationError when somebody else decided first.
    """
    with _in_the_name_of(by, one), transaction.atomic():
        held = Import.objects.select_for_update().get(pk=one.pk)
        if held.state != State.CHECKED:
            raise ValidationError(_decided(held), code="decided")
        kind = kind or held.kind
        if held.kind in kinds and kinds[held.kind].private and kind != held.kind:
            label = kinds[held.kind].label
            raise ValidationError(
                f"It is read as “{label}”, which whoever brought it sees alone. As another kind everybody who sees imports would "
                "see what is in it. Discard it, and bring a file that holds only what others may see.",
                code="private",
            )
        said = {"options": held.options | options, "kind": kind}
        _set(held, state=State.RECEIVED, progress=0, findings={}, **said)
        work.leave(kind="import", key=str(one.pk), from_day=None, reason="check")


def replace_illustrative(*, by: Any, one: Import) -> list[str]:
    """Remove the illustrative programme, so that this real file can be imported, and check the file again.

    Returns what the person must know now, in sentences.
    """
    with transaction.atomic():
        said = programme.remove_illustrative(by=by)
        answer(by=by, one=one)
    return said


def _decided(one: Import) -> str:
    person = one.undone_by or one.decided_by
    who = f" by {person}" if person else ""
    what = {
        State.MERGING: "is being imported",
        State.IMPORTED: "has been imported",
        State.REJECTED: "was rejected",
        State.DISCARDED: "was discarded",
        State.UNDOING: "is being undone",
        State.UNDONE: "was undone",
    }.get(State(one.state), "is being checked again")
    return f"This file {what}{who}. Nothing more was done."


# At once, for commands and bulk loads -----------------------------------------------------------------


JSON_KEYS = ("file", "sha256", "status", "rows", "new", "changed", "unchanged", "closed", "problems")


@dataclass
class Result:
    """What became of one file, as commands print it."""

    file: str
    sha256: str = ""
    status: str = "rejected"
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    problem_count: int = 0  # all of them; `problems` has the first thousands
    notes: list[str] = field(default_factory=list)
    import_id: int | None = None

    @property
    def fine(self) -> bool:
        return self.status != "rejected" and not self.problem_count

    def as_json(self) -> dict[str, Any]:
        """As scripts read it. Where there are more problems than are kept, the last one says how many are left out."""
        shown = {name: value for name, value in asdict(self).items() if name in JSON_KEYS}
        if left_out := self.problem_count - len(self.problems):
            shown["problems"].append(
                _problem(None, "", "", f"{words.plural(left_out, 'more problem')}: left out here.")
            )
        return shown


class _Undo(Exception):
    """Leaves a transaction without keeping anything."""


def run(
    paths: Iterable[Path],
    *,
    by: Any = None,
    group: str | None = None,
    dry_run: bool = False,
    day: date | None = None,
    only: Sequence[str] = (),
    replace: bool = False,
    kind: str = "",
) -> list[Result]:
    """Import files at once, in the order given, each checked and merged; a rejected one does not stop the others.

    Neighbours of a kind that can be merged together (list sizes) are: one staging, one merge, one transaction.
    group: the kinds that are welcome. kind: what the files are, if not told by content. day, only: what a person would be asked. replace: remove an illustrative
    programme that stands in the way of a file that can be imported. With `dry_run` nothing is kept. Raises OSError for
    a file that can't be read.
    """
    options: dict[str, Any] = {"day": day.isoformat()} if day else {}
    options |= {"only": sorted(set(only))} if only else {}
    how = _How(by, dry_run, replace, kind)
    results: list[Result] = []
    try:
        with _in_the_name_of(by), transaction.atomic():
            one_at_a_time()
            waiting: list[tuple[Import, Result]] = []
            for path in paths:
                results.append(Result(str(path)))
                _bring(path, results[-1], options, group, waiting, how)
            _import(waiting, how)
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return results


Waiting = list[tuple[Import, Result]]


@dataclass(frozen=True)
class _How:
    """What is the same for all files of one go."""

    by: Any
    dry_run: bool
    replace: bool
    kind: str = ""


def _bring(path: Path, result: Result, options: dict[str, Any], group: str | None, waiting: Waiting, how: _How) -> None:
    """Store a file from disk, say what kind it is, and let it wait for its neighbours; or say what became of it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            result.sha256 = _fingerprint(file, size)
        except ValidationError as refusal:
            result.problems, result.problem_count = [_problem(None, "", "", refusal.messages[0])], 1
            return
        if result.sha256 in (one.sha256 for one, _ in waiting):  # the same file twice in one go
            _import(waiting, how)
        earlier = Import.objects.filter(_whole(options), sha256=result.sha256).first()
        if earlier is not None:
            result.status, result.rows, result.import_id = "already-imported", earlier.rows, earlier.pk
            result.unchanged = sum(earlier.findings.get(verdict, 0) for verdict in VERDICTS)
            return
        one = _store(how.by, path.name, file, size, result.sha256, kind=how.kind, **options)
    try:
        kind = _kind_of(one)
        one.kind = kind.key
        if group is not None and group not in kind.groups():
            raise Rejected(f"This is “{kind.label}”. Import it with import_{kind.group}.")
    except Rejected as refusal:
        _reject(one, refusal, None, result)
        return
    if waiting and (waiting[0][0].kind != one.kind or not kind.many_at_once):
        _import(waiting, how)
    waiting.append((one, result))


def _import(waiting: Waiting, how: _How) -> None:
    """Import what waits, files of one kind, and wait for no one."""
    if not waiting:
        return
    pairs, imports = waiting[:], [one for one, _ in waiting]
    waiting.clear()
    job = _job(imports, kind=kinds[imports[0].kind])
    job.stage()
    try:
        with transaction.atomic():
            _settle(job, pairs, how)
    except _Undo:  # nothing of the files can be used: the illustrative programme stays, and they are rejected
        for one, result in pairs:
            result.notes = ["The illustrative programme was not removed."]
            result.import_id = one.pk
            _set(one, kind=one.kind, state=State.REJECTED, rows=one.rows, rejection=result.problems[0]["problem"])
            found = [{**problem, "quarantined": True} for problem in result.problems if problem["line"] is not None]
            ImportProblem.objects.bulk_create(ImportProblem(of=one, **problem) for problem in found)


def _settle(job: Job, pairs: Waiting, how: _How) -> None:
    """Check, plan and merge what is staged, and say what became of each file.

    Removes the illustrative programme where it was told to and the files need it; raises _Undo when they then turn
    out to be of no use.
    """
    said: list[str] = []
    if replaces := set(job.asks) == {"remove_illustrative"} and how.replace:
        said = programme.remove_illustrative(by=how.by)
        job.asks.clear()
    if job.asks:
        hint = "Say it with --day YYYY-MM-DD." if "day" in job.asks else "Add --replace-illustrative to do so."
        question = " ".join(job.asks.values())
        job.refused |= {one.pk: Rejected(f"{question} {hint}") for one in job.accepted}
    if job.accepted:
        job.check()
    if len({one.extract_day for one in job.accepted}) < len(job.accepted):  # the later of one day supersedes
        for pair in pairs:
            _import([pair], how)
        if replaces:
            _needs_one_of_use(pairs, said)
        return
    findings = job.plan() if job.accepted else {}
    if job.kind.all_or_nothing:
        job.refused |= {one.pk: Rejected(BLOCKED) for one in job.accepted if findings[one.pk]["problems"]}
    job.keep_problems()
    act = uuid4()
    for one, result in pairs:
        if one.pk in job.refused:
            _reject(one, job.refused[one.pk], job, result)
            continue
        result.status = "checked" if how.dry_run else "imported"
        result.rows, result.import_id = one.rows, one.pk
        result.notes = findings[one.pk].get("notes", [])
        for name in VERDICTS:
            setattr(result, name, findings[one.pk][name])
        result.problems, result.problem_count = _problems(one), findings[one.pk]["problems"]
        if _said_already(one, {"asks": {}} | findings[one.pk]):
            result.status, result.import_id = "already-imported", None
            Import.objects.filter(pk=one.pk).delete()
            continue
        _set(
            one,
            kind=one.kind,
            state=State.IMPORTED,
            rows=one.rows,
            extract_day=one.extract_day,
            decided_by=how.by,
            act=act,
            merged_at=timezone.now(),
            progress=100,
            findings=findings[one.pk],
        )
    if replaces:
        _needs_one_of_use(pairs, said)
    if not how.dry_run and any(
        result.status == "imported" for _, result in pairs
    ):  # last: it leaves a long queue of keys to check, which slows what comes after
        with history.act_of_its_own(act, **{"import": [one.pk for one in job.accepted]}):
            job.merge(how.by)


def _needs_one_of_use(pairs: Waiting, said: Sequence[str]) -> None:
    """The illustrative programme has gone for these files: one of them is imported and says so, or it has not gone."""
    first = next((result for _, result in pairs if result.status != "rejected"), None)
    if first is None:
        raise _Undo
    first.notes = [*first.notes, "The illustrative programme was removed.", *said]


def _reject(one: Import, refusal: Rejected, job: Job | None, result: Result) -> None:
    counts = job.problem_counts()[one.pk] if job else {}
    _set(one, kind=one.kind, state=State.REJECTED, rows=one.rows, rejection=str(refusal), findings=counts)
    _say_where(one, refusal, job)
    result.status, result.rows, result.import_id = "rejected", one.rows, one.pk
    result.problems = _problems(one)
    result.problem_count = max(counts.get("problems", 0), len(result.problems))
    if refusal.line is None:
        result.problems.insert(0, _problem(None, refusal.column, refusal.value, str(refusal)))
        result.problem_count += 1


def _problems(one: Import) -> list[dict[str, Any]]:
    stored = ImportProblem.objects.filter(of=one).order_by("line", "pk")
    return [_problem(*row) for row in stored.values_list("line", "column", "value", "problem")]


def _problem(line: int | None, column: str, value: str, problem: str) -> dict[str, Any]:
    return {"line": line, "column": column, "value": value, "problem": problem}
