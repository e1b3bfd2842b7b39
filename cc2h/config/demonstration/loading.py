"""Writes a story into an empty database, in one transaction and in few statements."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from budget import shipped as budget
from cc2h.accounts.authority import Role
from cc2h.accounts.models import User
from cc2h.board.models import Choice, Settlement, Statement
from cc2h.board.statements import record_statements
from cc2h.comments.models import Attachment, AttachmentPiece, Comment
from cc2h.config.demonstration import (
    agreements,
    assessments,
    benefits,
    case_stories,
    governance,
    interests,
    local_services,
    measures,
    money,
    months,
    objectives,
    qists,
    routes,
    tracking,
)
from cc2h.config.demonstration.ages import quarterly
from cc2h.config.demonstration.barnet import FEDERATION
from cc2h.config.demonstration.ground import outline
from cc2h.config.demonstration.ledger import Version, moment
from cc2h.config.demonstration.lists import ListFile, files
from cc2h.config.demonstration.places import BARNET, COMMISSIONERS_SINCE, PLACES
from cc2h.config.demonstration.story import Story
from cc2h.delivery.models import Action
from cc2h.kit.dated import Dated
from cc2h.kit.geometry import box_of
from cc2h.kit.imports.jobs import VERDICTS
from cc2h.kit.models import Import, ImportChunk
from chins.interest.models import Criterion, Expression, ExpressionPractice, Score
from chins.interest.route import ExpressionState
from chins.interest.shipped import SHIPPED
from chins.models import Chin, Post
from practices.models import Commissioner, Contact, Federation, Outline, OutlineKind, Practice

SETTLED = "roadmap-2018-federation-practices"
Ids = dict[type[models.Model], dict[Any, int]]


def write(story: Story, password: str) -> None:
    """The whole story; the caller holds the transaction and has seen that the database is empty.

    password: everybody's, as nobody is anybody in a demonstration.
    """
    ids: Ids = {Commissioner: commissioners()}
    ids[User] = _people(story, password)
    ids[Practice] = _practices(story)
    ids[Federation] = _federations(story, ids)
    ids[Chin] = _chins(story, ids)
    ids[Post] = _posts(story, ids)
    _dated(story.ledger, ids)
    _expressions(story, ids)
    _contacts(story, ids)
    _actions(story, ids)
    _comments(story, ids)
    _files(story, ids)
    _outlines()
    monthly = [*files(story)]
    _list_sizes(sorted([*monthly, *quarterly(monthly, story.today)], key=lambda file: file.published), ids)
    measures.write(story, monthly, ids[Practice], ids[User][BARNET.manager])
    tracking.write(story.today)
    record_statements()
    _settle(ids)
    budget.load(recorded_at=moment)
    money.write(story.today, ids[User], ids[Chin])
    agreements.write(story.today, ids[Chin])
    local_services.write(story.today, ids[User])
    assessments.write(story, ids[Commissioner], ids[Practice], ids[User])
    governance.write(story.today)
    routes.write()
    interests.write(story.today)
    qists.write(story.today)
    objectives.write(story.today)
    case_stories.write(story.today)
    governance.hold_all(story.today)  # what comes before bodies is put on their agendas before this
    benefits.write(story.today, {user.email: user for user in User.objects.all()})
    months.write(story.today, ids[User])  # last: a closed month takes no entry


def commissioners() -> dict[Any, int]:
    """The five commissioners, made or brought up to date; their ids by ODS code."""
    facts = [
        Commissioner(
            ods_code=place.code,
            name=place.name,
            short_name=place.borough,
            opened=COMMISSIONERS_SINCE,
            local_word=place.word,
            local_word_plural=place.words,
            band_low=place.band[0],
            band_high=place.band[1],
            band_source=place.band[2],
            target_day=place.target,
            in_programme=True,
        )
        for place in PLACES
    ]
    changing = [f.name for f in Commissioner._meta.concrete_fields if f.name not in ("id", "ods_code")]
    Commissioner.objects.bulk_create(facts, update_conflicts=True, unique_fields=["ods_code"], update_fields=changing)
    return dict(Commissioner.objects.values_list("ods_code", "pk"))


def _people(story: Story, password: str) -> dict[Any, int]:
    hashed = make_password(password)  # once: it is the same for all, and slow by intent
    users = [User(email=email, name=name, password=hashed) for email, name in story.people.items()]
    return {user.email: user.pk for user in User.objects.bulk_create(users)}


def _practices(story: Story) -> dict[Any, int]:
    first_known = {v.facts["practice"]: v.known for v in reversed([*story.ledger]) if "practice" in v.facts}
    rows = [Practice(ods_code=code, illustrative=True, created_at=first_known[code]) for code in story.practices]
    return {practice.ods_code: practice.pk for practice in Practice.objects.bulk_create(rows)}


def _federations(story: Story, ids: Ids) -> dict[Any, int]:
    rows = [
        Federation(slug=slug, name=name, commissioner_id=ids[Commissioner][place.code])
        for slug, (name, place) in story.federations.items()
    ]
    return {federation.slug: federation.pk for federation in Federation.objects.bulk_create(rows)}


def _chins(story: Story, ids: Ids) -> dict[Any, int]:
    rows = [
        Chin(
            slug=chin.slug,
            commissioner_id=ids[Commissioner][chin.place.code],
            name=chin.name,
            footprint=chin.footprint,
            focus_areas=list(chin.focus),
        )
        for chin in story.chins.values()
    ]
    by_slug = {chin.slug: chin.pk for chin in Chin.objects.bulk_create(rows)}
    for slug, into in story.merged_chins.items():
        Chin.objects.filter(slug=slug).update(merged_into_id=by_slug[into])
    return by_slug


def _posts(story: Story, ids: Ids) -> dict[Any, int]:
    def of(what: type[models.Model], name: str) -> int | None:
        return ids[what][name] if name else None

    rows = [
        Post(
            role=post.role,
            title=post.title,
            commissioner_id=of(Commissioner, post.place.code if post.place else ""),
            chin_id=of(Chin, post.chin),
            practice_id=of(Practice, post.practice),
            federation_id=of(Federation, post.federation),
        )
        for post in story.posts.values()
    ]
    return {post.title: post.pk for post in Post.objects.bulk_create(rows)}


def _dated(versions: Iterable[Version], ids: Ids) -> None:
    """Every version, model by model."""
    by_model = sorted(versions, key=lambda version: version.model.__name__)
    for model, rows in groupby(by_model, key=lambda version: version.model):
        model.objects.bulk_create([_row(version, ids) for version in rows])


def _row(version: Version, ids: Ids) -> Dated:
    after_last = None if version.last is None else version.last + timedelta(days=1)
    return version.model(
        thread=version.thread,
        period=DateRange(version.first, after_last),
        held=DateTimeTZRange(version.known, version.known_until),
        reason=version.reason,
        recorded_by_id=ids[User].get(version.by),
        closed_by_id=ids[User].get(version.closed_by),
        closed_act=version.closed_act,
        closed_reason=version.closed_reason,
        **_resolved(version.model, version.facts, ids),
    )


def _resolved(model: type[models.Model], facts: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """The facts with ids in place of the names of other records."""
    found = {}
    for name, value in facts.items():
        field = model._meta.get_field(name)
        related = field.related_model
        if isinstance(field, models.ForeignKey) and isinstance(related, type):
            found[field.attname] = ids[related][value]
        else:
            found[name] = value
    return found


def _expressions(story: Story, ids: Ids) -> None:
    """What practices sent in, scored and decided, step by step as the database asks."""
    post = f"{Role.FEDERATION_MANAGER.label}, {story.federations[FEDERATION][0]}"
    made = Expression.objects.bulk_create(
        Expression(
            commissioner_id=ids[Commissioner][one.place.code],
            title=one.title,
            lead_name=one.lead,
            received=one.received,
            submitted_by_id=ids[User][one.by],
            post_id=ids[Post][post],
            area=one.area,
            focus_areas=list(one.focus),
            proposal=one.proposal,
        )
        for one in story.expressions
    )
    both = list(zip(made, story.expressions, strict=True))
    ExpressionPractice.objects.bulk_create(
        ExpressionPractice(expression=row, practice_id=ids[Practice][code])
        for row, one in both
        for code in one.practices
    )
    for row, one in both:
        row.state, row.evaluating_from = ExpressionState.EVALUATING, one.evaluating_from
        row.began_at = moment(one.evaluating_from)
    Expression.objects.bulk_update(made, ["state", "evaluating_from", "began_at"])
    criteria = {(c.commissioner_id, c.name): c for c in Criterion.objects.all()}
    Score.objects.bulk_create(
        Score(
            expression=row,
            criterion=criteria[row.commissioner_id, shipped.name],
            evaluator_id=ids[User][email],
            score=score,
        )
        for row, one in both
        for email, scores in one.scores.items()
        for shipped, score in zip(SHIPPED, scores, strict=True)
    )
    for row, one in both:
        row.state, row.decided, row.reason = one.state, one.decided, one.reason
        row.decided_by_id = ids[User][one.place.manager]
        row.chin_id = ids[Chin][one.chin] if one.chin else None
    Expression.objects.bulk_update(made, ["state", "decided", "decided_by", "reason", "chin"])


def _contacts(story: Story, ids: Ids) -> None:
    Contact.objects.bulk_create(
        Contact(
            practice_id=ids[Practice][contact.practice],
            day=contact.day,
            made_by_id=ids[User][contact.by],
            outcome=contact.outcome,
            next_step=contact.next_step,
            next_day=contact.next_day,
            recorded_at=moment(contact.day),
        )
        for contact in story.contacts
    )


def _actions(story: Story, ids: Ids) -> None:
    rows = []
    for one in story.actions:
        before: dict[str, Any] = {}
        if one.before is not None:
            facts = one.before.facts
            before = {
                "event_kind": "board_day",
                "event": one.before.thread,
                "event_name": f"the {facts['title']}",
                "event_day": facts["day"],
            }
        rows.append(
            Action(
                kind=one.kind,
                key=one.key,
                what=one.what,
                owner_id=ids[Post][one.owner],
                due_day=one.due,
                raised_by_id=ids[User][one.by],
                raised_on=one.raised,
                state=one.state,
                closed_on=one.closed,
                closed_by_id=ids[User].get(one.closed_by),
                evidence=one.evidence,
                reason=one.reason,
                **before,
            )
        )
    Action.objects.bulk_create(rows)


def _comments(story: Story, ids: Ids) -> None:
    """Comments first, then their answers, which the database holds against them."""
    rows = []
    for one in story.comments:
        by = ids[User][one.by]
        gone: dict[str, Any] = {}
        if one.withdrawn:
            gone = {"withdrawn_at": moment(one.day + timedelta(days=1)), "withdrawn_by_id": by}
            gone |= {"withdrawn_because": one.withdrawn}
        on = {"kind": one.kind, "key": one.key}
        rows.append(Comment(**on, words=one.words, by_id=by, post=one.post, at=moment(one.day), **gone))
    made = Comment.objects.bulk_create(rows)
    answers = []
    for comment, one in zip(made, story.comments, strict=True):
        if one.answer is not None:
            words, answered_by, post, day = one.answer
            by = ids[User][answered_by]
            on = {"kind": one.kind, "key": one.key}
            answers.append(Comment(**on, answers=comment, words=words, by_id=by, post=post, at=moment(day)))
    Comment.objects.bulk_create(answers)


def _files(story: Story, ids: Ids) -> None:
    for one in story.files:
        data = one.text.encode()
        made = Attachment.objects.create(
            kind=one.kind,
            key=one.key,
            by_id=ids[User][one.by],
            post=one.post,
            at=moment(one.day),
            title=one.title,
            file_name=one.name,
            format="txt",
            size_bytes=len(data),
            sha256=sha256(data).hexdigest(),
        )
        AttachmentPiece.objects.create(of=made, number=0, data=data)


def _outlines() -> None:
    made = []
    for number, place in enumerate(PLACES, 1):
        shape = outline(place.borough)
        west, south, east, north = box_of(shape)
        made.append(
            Outline(
                kind=OutlineKind.BOROUGH,
                code=f"Z99{number:06d}",
                name=place.borough,
                shape=shape,
                west=west,
                south=south,
                east=east,
                north=north,
            )
        )
    Outline.objects.bulk_create(made)


@dataclass
class _Size:
    """A list size to be stored; `file` is the position of the file it came in."""

    practice_id: int
    day: date
    patients: int
    ages: tuple[int, ...] | None
    file: int
    row_number: int
    recorded_at: datetime
    superseded_at: datetime | None = None


def _list_sizes(published: Iterable[ListFile], ids: Ids) -> None:
    """The files as imports, byte for byte, and a list size for every line that said something new."""
    brought_by = ids[User][BARNET.manager]
    imports: list[Import] = []
    contents: list[bytes] = []
    sizes: list[_Size] = []
    newest: dict[tuple[str, date], _Size] = {}
    for file in published:
        found = Counter({**dict.fromkeys(VERDICTS, 0), "missing": file.missing, "problems": 0, "held_back": 0})
        for row_number, line in enumerate(file.lines, 2):
            before = newest.get((line.code, file.extract))
            if before is not None and before.patients == line.patients:
                found["unchanged"] += 1
                continue
            found["changed" if before else "new"] += 1
            if before is not None:
                before.superseded_at = file.published
            practice_id = ids[Practice][line.code]
            size = _Size(practice_id, file.extract, line.patients, line.ages, len(imports), row_number, file.published)
            newest[line.code, file.extract] = size
            sizes.append(size)
        data = file.data
        contents.append(data)
        imports.append(
            Import(
                kind=file.kind,
                file_name=file.name,
                sha256=sha256(data).hexdigest(),
                size_bytes=len(data),
                state=Import.State.IMPORTED,
                uploaded_by_id=brought_by,
                uploaded_at=file.published - timedelta(minutes=2),
                decided_by_id=brought_by,
                merged_at=file.published,
                extract_day=file.extract,
                rows=len(file.lines),
                progress=100,
                act=uuid4(),  # nothing but its list sizes was written for it
                findings={**found, "unknown": 0, "totals": [], "changes": [], "notes": []},
            )
        )
    import_ids = [one.pk for one in Import.objects.bulk_create(imports)]
    ImportChunk.objects.bulk_create(
        ImportChunk(of_id=pk, number=0, data=data) for pk, data in zip(import_ids, contents, strict=True)
    )
    columns = "practice_id, day, patients, ages, source_id, row_number, recorded_at, superseded_at"
    with connection.cursor() as cursor, cursor.copy(f"COPY practices_listsize ({columns}) FROM STDIN") as copy:
        for s in sizes:
            source = (import_ids[s.file], s.row_number, s.recorded_at, s.superseded_at)
            copy.write_row((s.practice_id, s.day, s.patients, s.ages and [*s.ages], *source))


def _settle(ids: Ids) -> None:
    """One disagreement that somebody has settled already, to show what that looks like."""
    statement = Statement.objects.get(reference=SETTLED)
    Settlement.objects.create(
        statement=statement,
        choice=Choice.RECORDS,
        reason="A practice merged into another in July 2018; the federation’s list had not been brought up to date.",
        settled_by_id=ids[User][BARNET.manager],
        settled_at=moment(statement.as_at),
    )
