"""What the database refuses of comments and files, asked by SQL."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cc2h.comments.models import AttachmentPiece
from tests.delivery.conftest import Ground
from tests.factories import AttachmentFactory, CommentFactory

WITHDRAWN = "withdrawn_at = now(), withdrawn_by_id = {user}, withdrawn_because = 'why'"


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("words = ''", "says_something"),
        ("words = E' \\n '", "says_something"),
        ("withdrawn_at = now()", "withdrawn_whole"),
        ("withdrawn_because = 'why'", "withdrawn_whole"),
        ("withdrawn_at = now(), withdrawn_by_id = {user}, withdrawn_because = ' '", "withdrawn_whole"),
        ("key = 'another'", "never change"),
        ("by_id = {user}", "never change"),
        ("post = 'Prime minister'", "never change"),
        ("at = now()", "never change"),
    ],
)
def test_a_comment_that_makes_no_sense_is_refused(ground: Ground, change: str, refused: str) -> None:
    comment = CommentFactory(about=ground.chin)
    with pytest.raises(IntegrityError, match=refused):
        run(f"UPDATE comments_comment SET {change.format(user=ground.lead.pk)} WHERE id = %s", comment.pk)


def test_what_is_withdrawn_stays_withdrawn(ground: Ground) -> None:
    for table, one in (
        ("comment", CommentFactory(about=ground.chin)),
        ("attachment", AttachmentFactory(about=ground.chin)),
    ):
        run(f"UPDATE comments_{table} SET {WITHDRAWN.format(user=ground.lead.pk)} WHERE id = %s", one.pk)
        with pytest.raises(IntegrityError, match="has been withdrawn, and stays"):
            run(
                f"UPDATE comments_{table} SET withdrawn_at = NULL, withdrawn_by_id = NULL, withdrawn_because = '' "
                "WHERE id = %s",
                one.pk,
            )


@pytest.mark.parametrize("of", ["another record", "an answer"])
def test_an_answer_is_of_the_same_record_and_one_level_deep(ground: Ground, of: str) -> None:
    comment = CommentFactory(about=ground.chin)
    answered = CommentFactory(answers=comment) if of == "an answer" else comment
    with pytest.raises(IntegrityError, match="not answered itself"), transaction.atomic():
        CommentFactory(answers=answered, about=ground.practice if of == "another record" else ground.chin)


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"size_bytes": 0}, "not_empty"),
        ({"sha256": "x" * 64}, "fingerprint"),
        ({"sha256": "AB" * 32}, "fingerprint"),
        ({"format": "exe"}, "known_format"),
        ({"title": " "}, "has_a_title"),
        ({"sha256": "ab" * 32}, "did not arrive whole"),
        ({"size_bytes": 3}, "did not arrive whole"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(ground: Ground, facts: dict[str, Any], refused: str) -> None:
    file = AttachmentFactory(about=ground.chin)
    columns = "kind, key, by_id, post, at, withdrawn_because, version, title, file_name, format, size_bytes, sha256"
    said = {name: f"'{value}'" for name, value in facts.items()}
    chosen = ", ".join(said.get(name, name) for name in columns.replace("kind,", "'practice',").split(", "))
    with pytest.raises(IntegrityError, match=refused):
        run(
            f"INSERT INTO comments_attachment ({columns}, thread) SELECT {chosen}, gen_random_uuid() "
            "FROM comments_attachment WHERE id = %s",
            file.pk,
        )


def test_a_file_and_its_bytes_are_never_changed_or_deleted(ground: Ground) -> None:
    file = AttachmentFactory(about=ground.chin)
    for statement in (
        "DELETE FROM comments_attachment WHERE id = %s",
        "DELETE FROM comments_attachmentpiece WHERE of_id = %s",
        "UPDATE comments_attachmentpiece SET data = 'other' WHERE of_id = %s",
        "UPDATE comments_attachment SET sha256 = repeat('ab', 32) WHERE id = %s",
        "UPDATE comments_attachment SET file_name = 'other.pdf' WHERE id = %s",
    ):
        with pytest.raises(DatabaseError, match=r"Cannot|never change"):
            run(statement, file.pk)
    assert AttachmentPiece.objects.filter(of=file).exists()


def test_a_comment_is_never_deleted(ground: Ground) -> None:
    comment = CommentFactory(about=ground.chin)
    with pytest.raises(DatabaseError, match="Cannot delete"):
        run("DELETE FROM comments_comment WHERE id = %s", comment.pk)
