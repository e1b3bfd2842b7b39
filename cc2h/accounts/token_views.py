"""Pages about one's own tokens of the API. They take no part in it: no token makes or withdraws a token."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cc2h.accounts import second_factor, tokens
from cc2h.accounts.forms import NothingForm, TokenForm
from cc2h.kit import words
from cc2h.kit.acts import Effect, act, add_refusal, posted

CRUMBS = [{"text": "What may I do?", "href": "/people/me/"}, {"text": "Your tokens", "href": "/account/tokens/"}]


@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """The person's tokens that still open something."""
    user: Any = request.user
    context = {"tokens": tokens.shown(user), "may_make": bool(tokens.may_be_granted(user))}
    return render(request, "account/tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # it stays when the sign-in has ended
def token_make(request: HttpRequest) -> HttpResponse:
    """Make a token, and show it, this once."""
    user: Any = request.user
    if second_factor.missing(user):
        return redirect("mfa_index")
    form = TokenForm(posted(request), may=tokens.may_be_granted(user))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                token, text = tokens.make(by=user, **form.cleaned_data)
                get_adapter().send_notification_mail("account/email/token_made", user, {"user": user, "token": token})
        except ValidationError as refusal:
            add_refusal(form, refusal, {"name_taken": "name"})
        else:
            context = {"token": token, "text": text, "breadcrumbs": CRUMBS}
            response = render(request, "account/token_made.html", context)
            response.headers["Cache-Control"] = "no-store"
            return response
    return render(request, "account/token_make.html", {"form": form, "breadcrumbs": CRUMBS})


@require_http_methods(["GET", "HEAD", "POST"])
def token_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """It opens nothing any more."""
    user: Any = request.user
    token = get_object_or_404(tokens.of(user), pk=pk)
    used = f"It was last used {words.moment(token.last_used_at)}." if token.last_used_at else "It was never used."
    sentences = ["Whatever program has it is refused from its next request on. This can’t be undone.", used]
    return act(
        request,
        form=NothingForm(posted(request)),
        do=lambda typed: tokens.withdraw(by=user, token=token),
        effect=lambda typed: Effect(sentences=sentences),
        done=lambda withdrawn: f"“{withdrawn}” is withdrawn.",
        to=reverse("token_list"),
        heading="Withdraw a token",
        caption=token.name,
        submit="Withdraw it",
        kind="warning",
        breadcrumbs=CRUMBS,
    )
