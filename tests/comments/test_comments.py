"""Comments: writing, answering, correcting for a day, withdrawing; what a record's page shows; the same by the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from cc2h.accounts.authority import Role
from cc2h.comments import services
from cc2h.comments.models import Comment
from cc2h.kit import history
from tests.delivery.conftest import SINCE, Ground, signed_in
from tests.factories import AttachmentFactory, CommentFactory, PostFactory, PostHoldingFactory


@pytest.fixture
def lead(ground: Ground) -> Client:
    return signed_in(ground.lead)


def write(ground: Ground, said: str = "The lease is signed.", **more: Any) -> Comment:
    record = ground.record(ground.chin, "chin")
    return services.write(by=ground.lead, record=record, said=said, post="CHIN lead, Finchley", **more)


def of(ground: Ground) -> str:
    return f"chin/{ground.chin.slug}/"


def test_is_written_on_a_record_and_stands_on_its_page(ground: Ground, lead: Client) -> None:
    page = f"/chins/{ground.chin.slug}/"
    assertContains(lead.get(page), f'href="/comments/write/{of(ground)}"')
    answer = lead.post(f"/comments/write/{of(ground)}", {"said": "One\r\ntwo <b>", "post": ground.post.pk})
    assertRedirects(answer, f"/comments/of/{of(ground)}")
    comment = Comment.objects.get()
    assert (comment.words, comment.by, comment.post) == ("One\ntwo <b>", ground.lead, "CHIN lead, Finchley")
    assertContains(lead.get(page), "One\ntwo &lt;b&gt;")
    assertContains(lead.get(page), "6 December 2018 at 12:00")


@pytest.mark.parametrize(
    ("said", "told"), [("", "Write something."), (" \n ", "Write something."), ("x" * 4001, "4000")]
)
def test_no_words_or_too_many_are_refused(ground: Ground, lead: Client, said: str, told: str) -> None:
    assertContains(lead.post(f"/comments/write/{of(ground)}", {"said": said, "post": ground.post.pk}), told)
    assert not Comment.objects.exists()


def test_marks_that_turn_the_reading_direction_are_left_out(ground: Ground) -> None:
    assert write(ground, "pay\u202e 001 \u2066now").words == "pay 001 now"


def test_somebody_of_several_posts_says_in_which(ground: Ground, lead: Client) -> None:
    other = PostFactory(role=Role.CLINICAL_LEAD, of=ground.chin, title="Clinical lead, Finchley")
    elsewhere = PostFactory(role=Role.CHIN_LEAD, title="CHIN lead, elsewhere")
    for post in (other, elsewhere):
        PostHoldingFactory(post=post, holder=ground.lead, first=SINCE)
    form = lead.get(f"/comments/write/{of(ground)}")
    assertContains(form, "Clinical lead, Finchley")
    assertNotContains(form, "CHIN lead, elsewhere")
    lead.post(f"/comments/write/{of(ground)}", {"said": "Yes", "post": other.pk})
    assert Comment.objects.get().post == "Clinical lead, Finchley"
    refused = lead.post(f"/comments/write/{of(ground)}", {"said": "No", "post": elsewhere.pk})
    assertContains(refused, "Choose one of your posts.")


class TestAnswers:
    def test_stand_below_the_comment(self, ground: Ground, lead: Client) -> None:
        comment = write(ground, "Who has the key?")
        lead.post(f"/comments/{comment.pk}/answer/", {"said": "I have.", "post": ground.post.pk})
        assert Comment.objects.get(answers=comment).words == "I have."
        page = lead.get(f"/comments/of/{of(ground)}").content.decode()
        assert page.index("Who has the key?") < page.index("I have.")

    def test_an_answer_is_not_answered(self, ground: Ground) -> None:
        answer = write(ground, answers=write(ground))
        with pytest.raises(ValidationError, match="not answered itself"):
            write(ground, answers=answer)

    def test_a_withdrawn_comment_is_not_answered(self, ground: Ground) -> None:
        comment = write(ground)
        services.withdraw(by=ground.lead, what=comment, seen=history.version(comment), reason="Wrong CHIN")
        with pytest.raises(ValidationError, match="withdrawn meanwhile"):
            write(ground, answers=comment)


class TestCorrecting:
    def test_keeps_the_former_words_in_the_history(self, ground: Ground, lead: Client) -> None:
        comment = write(ground, "Signed in May")
        seen = history.version(comment)
        lead.post(f"/comments/{comment.pk}/correct/", {"said": "Signed in June", "seen": seen})
        page = lead.get(f"/comments/{comment.pk}/")
        assertContains(page, '<p class="app-said__words" dir="auto">Signed in June</p>')
        assertContains(page, "<del>Signed in May</del>")
        assertContains(page, "corrected 6 December 2018")

    def test_ends_after_a_day(self, ground: Ground, lead: Client, clock: Any) -> None:
        comment = write(ground)
        assertContains(lead.get(f"/comments/{comment.pk}/"), "/correct/")
        clock.shift(timedelta(hours=24, minutes=1))
        lead = signed_in(ground.lead)
        assertNotContains(lead.get(f"/comments/{comment.pk}/"), "/correct/")
        late = lead.post(f"/comments/{comment.pk}/correct/", {"said": "No", "seen": history.version(comment)})
        assertContains(late, "within a day")

    def test_is_its_authors_alone(self, ground: Ground) -> None:
        comment = write(ground)
        manager = signed_in(ground.manager)
        assert manager.get(f"/comments/{comment.pk}/correct/").status_code == 404
        assert manager.post(f"/comments/{comment.pk}/correct/", {"said": "No", "seen": 1}).status_code == 404

    def test_two_at_one_form_the_second_sees_what_the_first_wrote(self, ground: Ground, lead: Client) -> None:
        comment = write(ground)
        seen = history.version(comment)
        services.correct(by=ground.lead, comment=comment, seen=seen, said="First")
        assertContains(lead.post(f"/comments/{comment.pk}/correct/", {"said": "Second", "seen": seen}), "First")
        comment.refresh_from_db()
        assert comment.words == "First"


class TestWithdrawing:
    def test_takes_the_words_away_and_says_who_when_and_why(self, ground: Ground, lead: Client) -> None:
        comment = write(ground, "Mrs X of 1 High Street")
        said = {"reason": "Names somebody", "seen": history.version(comment)}
        manager = signed_in(ground.manager)
        assertRedirects(manager.post(f"/comments/{comment.pk}/withdraw/", said), f"/comments/of/{of(ground)}")
        member = signed_in(ground.somebody(Role.BOARD_MEMBER))
        for path in (f"/comments/of/{of(ground)}", f"/comments/{comment.pk}/", f"/chins/{ground.chin.slug}/"):
            page = member.get(path)
            assertContains(page, "Withdrawn by Max Manager on 6 December 2018 at 12:00: Names somebody")
            assertNotContains(page, "Mrs X")
        assertContains(manager.get(f"/comments/{comment.pk}/"), "Mrs X of 1 High Street")  # may see who changed what
        assertContains(lead.get(f"/comments/{comment.pk}/"), "Mrs X of 1 High Street")  # wrote it
        told = member.get(f"/api/v1/comments/{comment.pk}/").json()
        assert (told["words"], told["withdrawn_by"], told["history"]) == (None, "Max Manager", None)

    def test_needs_a_reason_and_happens_once(self, ground: Ground, lead: Client) -> None:
        comment = write(ground)
        path = f"/comments/{comment.pk}/withdraw/"
        assertContains(lead.post(path, {"reason": "", "seen": history.version(comment)}), "Say why.")
        lead.post(path, {"reason": "Wrong", "seen": history.version(comment)})
        assertContains(lead.post(path, {"reason": "Once more", "seen": history.version(comment)}), "withdrew it on")
        with pytest.raises(ValidationError, match="withdrew it"):
            services.correct(by=ground.lead, comment=comment, seen=history.version(comment), said="Back again")


def test_becomes_an_action_in_one_step(ground: Ground, lead: Client) -> None:
    comment = write(ground, "Ask for\nthe key & lease")
    link = f"/actions/add/{of(ground)}?what=Ask+for%0Athe+key+%26+lease"
    assertContains(lead.get(f"/comments/{comment.pk}/"), link.replace("&", "&amp;"))
    assertContains(lead.get(link), "Ask for the key &amp; lease</textarea>")


def test_many_are_paged_and_ask_no_more_of_the_database(ground: Ground, lead: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            lead.get(f"/comments/of/{of(ground)}")
            lead.get(f"/chins/{ground.chin.slug}/")
        return len(queries)

    CommentFactory(about=ground.chin, answers=None)
    AttachmentFactory(about=ground.chin)
    asked()
    few = asked()
    for number in range(30):
        comment = CommentFactory(about=ground.chin, words=f"Number {number}.")
        CommentFactory(answers=comment)
        AttachmentFactory(about=ground.chin)
    assert asked() == few
    page = lead.get(f"/comments/of/{of(ground)}?page=2")
    assertContains(page, "Number 0.")
    assertNotContains(page, "Number 29.")
    assert lead.get(f"/api/v1/comments/of/{of(ground)}?page=2").json()["count"] == 31


def test_by_the_api(ground: Ground, lead: Client) -> None:
    done = lead.post(f"/api/v1/comments/write/{of(ground)}", {"said": "By a program"}, content_type="application/json")
    assert done.status_code == 200, done.content
    pk = done.json()["records"][0]["id"]
    lead.post(f"/api/v1/comments/{pk}/answer/", {"said": "Indeed"}, content_type="application/json")
    found = lead.get(f"/api/v1/comments/of/{of(ground)}").json()
    assert [(one["words"], one["post"]) for one in found["comments"]] == [("By a program", "CHIN lead, Finchley")]
    assert [one["words"] for one in found["comments"][0]["answers"]] == ["Indeed"]
