"""Who reads, writes and withdraws what hangs on records: whoever may see the record reads it, and nobody else."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from cc2h.accounts.authority import GRANTS, ROLE_SCOPE, Action, Role, Scope, authority_of
from cc2h.comments import queries
from chins.services import leave_chin
from tests.comments.conftest import upload
from tests.delivery.conftest import NOW, Ground, signed_in
from tests.factories import AttachmentFactory, CommentFactory, FederationFactory, ImportFactory, UserFactory, person


def paths(kind: str, key: str, comment: Any, file: Any) -> list[str]:
    """Every address by which what hangs on a record could be reached."""
    return [
        *(f"/comments/{act}/{kind}/{key}/" for act in ("of", "write", "attach")),
        *(f"/comments/{comment.pk}/{act}" for act in ("", "answer/", "correct/", "withdraw/")),
        *(f"/comments/files/{file.pk}/{act}" for act in ("", "download/", "replace/", "withdraw/")),
    ]


def answers(client: Client, path: str) -> set[int]:
    sent = {"said": "x", "reason": "x", "seen": 1, **upload()}
    return {
        client.get(path).status_code,
        client.get(f"/api/v1{path}").status_code,
        client.post(path, sent).status_code,
    }


def test_what_hangs_on_a_record_that_is_hidden_is_hidden_at_every_address(ground: Ground) -> None:
    """Of a practice in no CHIN, whose name the board may not know."""
    key = ground.unplaced.ods_code
    comment, file = CommentFactory(about=ground.unplaced), AttachmentFactory(about=ground.unplaced)
    member = signed_in(ground.somebody(Role.BOARD_MEMBER))
    manager = signed_in(ground.manager)
    for path in paths("practice", key, comment, file):
        assert answers(member, path) <= {404, 405}, path
    for path in (f"/comments/of/practice/{key}/", f"/comments/{comment.pk}/", f"/comments/files/{file.pk}/download/"):
        assert manager.get(path).status_code == 200, path


@pytest.mark.parametrize("kind", ["chin", "practice", "commissioner", "import", "statement", "nothing"])
def test_a_record_that_is_not_there_is_not_found(ground: Ground, kind: str) -> None:
    manager = signed_in(ground.manager)
    for act in ("of", "write", "attach"):
        assert manager.get(f"/comments/{act}/{kind}/999999/").status_code == 404


def test_somebody_without_a_post_sees_none(ground: Ground) -> None:
    CommentFactory(about=ground.chin)
    AttachmentFactory(about=ground.chin)
    nobody = UserFactory()
    assert not queries.comments(nobody, NOW).exists()
    assert not queries.files(nobody, NOW).exists()


@pytest.mark.parametrize("role", Role)
def test_of_a_chin_every_role_that_sees_it_reads_and_those_of_it_or_above_it_write(ground: Ground, role: Role) -> None:
    comment = CommentFactory(about=ground.chin, words="Read me")
    of = {
        Scope.PORTAL: lambda: None,
        Scope.COMMISSIONER: lambda: ground.commissioner,
        Scope.CHIN: lambda: ground.chin,
        Scope.PRACTICE: lambda: ground.practice,
        Scope.FEDERATION: lambda: FederationFactory(commissioner=ground.commissioner),
    }
    client = signed_in(person(role, of=of[ROLE_SCOPE[role]]()))
    page = client.get(f"/comments/of/chin/{ground.chin.slug}/")
    assertContains(page, "Read me")
    may = Action.ADD_COMMENT in GRANTS[role] and ROLE_SCOPE[role] in (Scope.COMMISSIONER, Scope.CHIN)
    assert ("Write a comment" in page.content.decode()) == may
    assert client.get(f"/comments/{comment.pk}/answer/").status_code == (200 if may else 403)


def test_one_withdraws_ones_own_and_a_manager_anybodys(ground: Ground, elsewhere: Ground) -> None:
    comment = CommentFactory(about=ground.chin, by=ground.lead)
    path = f"/comments/{comment.pk}/withdraw/"
    spoc = signed_in(ground.somebody(Role.SPOC))
    assertContains(spoc.get(path), "by whoever wrote or brought it", status_code=403)
    for user in (ground.lead, ground.manager):
        assert signed_in(user).get(path).status_code == 200
    assert signed_in(elsewhere.manager).get(path).status_code in (403, 404)


def test_whose_post_has_ended_writes_nothing_more(ground: Ground) -> None:
    comment = CommentFactory(about=ground.chin, by=ground.lead)
    member = ground.somebody(Role.BOARD_MEMBER)
    comment_of_member = CommentFactory(about=ground.chin, by=member)
    client = signed_in(member)
    assert client.get(f"/comments/{comment.pk}/withdraw/").status_code == 403
    assert client.get(f"/comments/{comment_of_member.pk}/withdraw/").status_code == 403
    assert client.get(f"/comments/{comment_of_member.pk}/correct/").status_code == 403


def test_on_an_imported_file_only_those_who_see_files(ground: Ground) -> None:
    file = ImportFactory()
    manager, lead = signed_in(ground.manager), signed_in(ground.lead)
    manager.post(f"/comments/write/import/{file.pk}/", {"said": "Looks odd", "post": _post(ground)})
    assertContains(manager.get(f"/imports/{file.pk}/"), "Looks odd")
    comment = queries.comments(ground.manager, NOW).get()
    assert lead.get(f"/comments/of/import/{file.pk}/").status_code == 404
    assert lead.get(f"/comments/{comment.pk}/").status_code == 404
    assert lead.get(f"/api/v1/comments/{comment.pk}/").status_code == 404


def _post(ground: Ground) -> int:
    return authority_of(ground.manager).holdings[0].post_id


def test_a_page_of_a_day_on_which_it_was_seen_shows_nothing_said_since(ground: Ground) -> None:
    """The board saw the practice while it was in a CHIN; it has left, and is talked of in confidence."""
    membership = ground.practice.memberships.get()
    leave_chin(by=None, membership=membership, last=date(2018, 10, 31), reason="Left")
    CommentFactory(about=ground.practice, words="Talked of since")
    member = signed_in(ground.somebody(Role.BOARD_MEMBER))
    page = member.get(f"/practices/{ground.practice.ods_code}/?as_at=2018-09-01")
    assertNotContains(page, "Talked of since", status_code=page.status_code)
