"""Pages about agreements: the list, one with who signed it, and what is done with it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from budget.agreements import forms, queries, services, shapes, wording
from budget.agreements.filters import AgreementFilters
from budget.agreements.models import Agreement, Document, Version
from budget.agreements.tables import AgreementTable
from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.kit import contents, scanning, words
from cc2h.kit.acts import act, posted
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.problems import Problem
from cc2h.kit.api.spec import reads, sends_bytes, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.handing import hand_out
from cc2h.kit.links import link
from cc2h.kit.lists import ListPage
from cc2h.kit.sections import sections

KEEP, SIGN = Action.KEEP_AGREEMENT, Action.SIGN_AGREEMENT


# Finding, and being allowed ----------------------------------------------------------------------------


def _seen(request: HttpRequest, slug: str) -> Agreement:
    """The agreement, or 404 for whoever may not see it."""
    found: Agreement = get_object_or_404(queries.agreements(request.user, asat_of(request)), slug=slug)
    return found


def _kept(request: HttpRequest, slug: str) -> Agreement:
    """The same, for somebody who keeps it."""
    agreement = _seen(request, slug)
    require(request.user, KEEP, agreement)
    return agreement


def _page(asat: AsAt, agreement: Agreement) -> str:
    return link(asat, "agreements:agreement_detail", agreement.slug)


def _all(asat: AsAt) -> Mapping[str, str]:
    return {"text": "Agreements", "href": link(asat, "agreements:agreement_list")}


def _on(request: HttpRequest, agreement: Agreement, **parts: Any) -> HttpResponse:
    """An act on an agreement: where it stands, and back to its page."""
    asat = asat_of(request)
    crumbs = [_all(asat), {"text": agreement.title, "href": _page(asat, agreement)}]
    given = {"to": _page(asat, agreement), "caption": agreement.title, "breadcrumbs": crumbs}
    return act(request, **given | parts)


def _files(request: HttpRequest) -> dict[str, Any]:
    """What a form with a file is given besides what was typed. Raises Problem where the API is sent too much."""
    too_large = getattr(request, "upload_too_large", False)  # known once the files have been read
    if too_large and call_of(request):
        raise Problem(413, contents.too_large())
    return {"files": request.FILES if request.method == "POST" else None, "too_large": too_large}


# Reading -----------------------------------------------------------------------------------------------


class AgreementList(ListPage):
    """Agreements the reader may see, with how many of their parties have signed as at the day."""

    title = "Agreements"
    noun = ("agreement", "agreements")
    filterset_class = AgreementFilters
    table_class = AgreementTable
    default_sort = "title"
    shape = shapes.AgreementItem
    template_name = "agreements/list.html"
    csv_columns = {
        "agreement": "slug",
        "title": "title",
        "kind": "kind",
        "commissioner": "commissioner__ods_code",
        "chin": "chin__slug",
        "version": "number",
        "parties": "asked",
        "signed": "signed",
        "to_sign": "to_sign",
        "ended_on": "ended_on",
    }
    empty_title = "No agreement is there"
    empty_text = "A memorandum of information or understanding, or a data-sharing agreement, is added by a manager or a CHIN lead."

    def permit(self) -> None:
        require(self.request.user, Action.VIEW_CLAIM)

    def queryset(self) -> QuerySet[Any]:
        return queries.listed(self.request.user, self.asat)

    def context(self) -> dict[str, Any]:
        return {
            "may_add": bool(can(self.request.user, KEEP)),
            "own": queries.to_sign(self.request.user, self.asat).count() if can(self.request.user, SIGN) else None,
        }


@require_safe
@reads(shapes.to_sign)
def to_sign(request: HttpRequest) -> HttpResponse:
    """What the reader's practices have still to sign, today."""
    require(request.user, SIGN)
    asat = asat_of(request)
    context = {
        "agreements": list(queries.to_sign(request.user, asat)),
        "breadcrumbs": [_all(asat)],
    }
    return show(request, "agreements/to_sign.html", context)


@require_safe
@reads(shapes.agreement)
def agreement_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """An agreement as at the day: its words, who has signed, who has still to, and what no longer counts."""
    asat, user = asat_of(request), request.user
    agreement = _seen(request, slug)
    versions, signers = queries.versions(agreement, asat), queries.signers(agreement, asat)
    going_on = agreement.ended_on is None
    has_words = queries.newest_version(agreement) is not None
    mine = [] if not (going_on and has_words) else queries.own_signers(user, agreement, asat)
    may_see = can(user, Action.VIEW_HISTORY, agreement)
    about = Record("agreement", agreement.slug, agreement.title, agreement.authority_target())
    context = {
        "agreement": agreement,
        "state": wording.state_of(agreement, versions, signers, asat.day),
        "versions": versions,
        "signers": signers,
        "signed": sum(1 for one in signers if one.signature),
        "past": queries.past_signatures(agreement, asat),
        "may_keep": going_on and bool(can(user, KEEP, agreement)),
        "may_sign": any(one.signature is None for one in mine),
        "has_words": has_words,
        "scan": scanning.state_of(versions[0].sha256) if versions and versions[0].document else "",
        "formats": contents.FORMATS,
        "sections": sections(request, "agreement", agreement.slug, about),
        "history": queries.history_of(agreement) if may_see else None,
        "breadcrumbs": [_all(asat)],
    }
    return show(request, "agreements/agreement.html", context)


@require_safe
@sends_bytes
def version_download(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """The words of a version as a file: what was brought, or the text."""
    agreement = _seen(request, slug)
    version: Version = get_object_or_404(agreement.versions.select_related("document"), number=number)
    if version.document is not None:
        return _document(request, version.document)
    data = version.text.encode()
    return hand_out([data], f"{agreement.slug}-version-{number}.txt", "text/plain; charset=utf-8", len(data))


@require_safe
@sends_bytes
def signature_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The scan of what was signed on paper."""
    signature = get_object_or_404(queries.signatures(request.user, asat_of(request)).filter(scan__isnull=False), pk=pk)
    return _document(request, signature.scan)


def _document(request: HttpRequest, document: Document) -> HttpResponseBase:
    scanning.require_open(request.user, document.sha256, document.by_id)
    kind = contents.FORMATS[document.format].content_type
    return hand_out(queries.pieces(document), document.file_name, kind, document.size_bytes)


# Keeping -----------------------------------------------------------------------------------------------


@writes(forms.AgreementForm)
def agreement_add(request: HttpRequest) -> HttpResponse:
    """An agreement, of a CHIN or of a commissioner."""
    require(request.user, KEEP)
    asat = asat_of(request)
    whose = {one.key: one for one in queries.whose(request.user)}

    def do(typed: dict[str, Any]) -> Agreement:
        of = whose[typed["whose"]]
        return services.add(
            by=request.user, commissioner=of.commissioner, chin=of.chin, kind=typed["kind"], title=typed["title"]
        )

    return act(
        request,
        form=forms.AgreementForm(
            posted(request),
            whose=[(key, one.name) for key, one in whose.items()],
            initial={"whose": request.GET.get("whose", "")},
        ),
        do=do,
        done=lambda agreement: f"“{agreement}” is there. Bring its text next: then it can be signed.",
        to=lambda agreement: _page(asat, agreement),
        cancel=link(asat, "agreements:agreement_list"),
        heading="Add an agreement",
        submit="Add it",
        breadcrumbs=[_all(asat)],
    )


@writes(forms.VersionForm, files=True)
def version_add(request: HttpRequest, slug: str) -> HttpResponse:
    """The words of an agreement, or other words from a day."""
    asat, agreement = asat_of(request), _kept(request, slug)
    before, sent = queries.newest_version(agreement), posted(request)

    def do(typed: dict[str, Any]) -> Version:
        file = typed.pop("file")
        brought = {"name": file.name, "file": file.file} if file else {}
        return services.add_version(by=request.user, agreement=agreement, **typed, **brought)

    return _on(
        request,
        agreement,
        form=forms.VersionForm(
            sent,
            **_files(request),
            first=before.from_day if before else None,
            today=asat.today,
            initial={"from_day": asat.today, "after": before.number if before else 0, "anew": "yes"},
        ),
        do=do,
        done=lambda version: f"Version {version.number} is there, and can be signed.",
        heading="Bring a new version" if before else "Bring its text",
        lede=f"Version {before.number} stays, with who signed it." if before else "",
        submit="Bring it",
        fields_of_refusals={"file": "file", "text_or_file": "text"},
    )


@writes(forms.RecordForm, files=True)
def signature_record(request: HttpRequest, slug: str) -> HttpResponse:
    """What a party signed on paper is entered for it, with a scan."""
    asat, agreement = asat_of(request), _kept(request, slug)
    today = AsAt(asat.today, None, asat.today)
    versions = {one.number: one for one in queries.versions(agreement, today)}
    left = {one.key: one for one in queries.signers(agreement, today)}

    def do(typed: dict[str, Any]) -> queries.Signer:
        file, signer = typed.pop("file"), left[typed.pop("who")]
        of = {"practice": queries.practice_by_code(signer.ods_code)} if signer.ods_code else {"party": signer.party}
        version = versions[typed.pop("version")]
        services.record(by=request.user, version=version, file_name=file.name, file=file.file, **typed, **of)
        return signer

    return _on(
        request,
        agreement,
        form=forms.RecordForm(
            posted(request),
            **_files(request),
            who=[(key, one.name) for key, one in left.items()],
            versions=[(str(number), f"Version {number}") for number in versions],
            today=asat.today,
            initial={"who": request.GET.get("who", "")},
        ),
        do=do,
        done=lambda signer: f"{signer.name} has signed.",
        heading="Enter what was signed on paper",
        lede="It counts as a signature in the portal does, and says that you entered it.",
        submit="Enter it",
        fields_of_refusals={"file": "file"},
    )


@writes(forms.PartyForm)
def party_add(request: HttpRequest, slug: str) -> HttpResponse:
    """A practice or another organisation besides the practices of the CHIN."""
    asat, agreement = asat_of(request), _kept(request, slug)
    present = queries.signers(agreement, AsAt(asat.today, None, asat.today))

    def do(typed: dict[str, Any]) -> str:
        practice = queries.practice_by_code(typed["practice"]) if typed["practice"] else None
        party = services.add_party(
            by=request.user,
            agreement=agreement,
            practice=practice,
            organisation=typed["organisation"],
            joined_on=typed["joined_on"],
        )
        return str(party)

    return _on(
        request,
        agreement,
        form=forms.PartyForm(
            posted(request),
            practices=queries.practices_to_add(agreement, present, asat),
            today=asat.today,
            initial={"joined_on": asat.today},
        ),
        do=do,
        done=lambda name: f"{name} is a party.",
        heading="Add a party",
        lede=f"The practices of {agreement.chin} are parties already." if agreement.chin else "",
        submit="Add it",
    )


@writes(forms.LastDayForm)
def party_end(request: HttpRequest, pk: int) -> HttpResponse:
    """A party on the list is one no more."""
    asat = asat_of(request)
    party = get_object_or_404(queries.parties(request.user, asat), pk=pk)
    agreement = queries.agreement_by_number(request.user, asat, party.agreement_id)
    require(request.user, KEEP, agreement)
    return _on(
        request,
        agreement,
        form=forms.LastDayForm(posted(request), first=party.joined_on, today=asat.today, initial={"day": asat.today}),
        do=lambda typed: services.end_party(by=request.user, party=party, left_on=typed["day"]),
        done=lambda left: f"{left} is a party until {words.day(left.left_on)}.",
        heading=f"{party} is a party no more",
        submit="Save",
        kind="warning",
    )


@writes(forms.WithdrawForm)
def signature_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A signature does not count any more; its row stays."""
    asat = asat_of(request)
    signature = get_object_or_404(queries.signatures(request.user, asat), pk=pk)
    agreement = queries.agreement_by_number(request.user, asat, signature.version.agreement_id)
    require(request.user, KEEP, agreement)
    who = signature.practice or signature.party
    return _on(
        request,
        agreement,
        form=forms.WithdrawForm(posted(request), first=signature.day, today=asat.today, initial={"day": asat.today}),
        do=lambda typed: services.withdraw(by=request.user, signature=signature, **typed),
        done=lambda withdrawn: f"The signature of {who} does not count from {words.day(withdrawn.day)}.",
        heading="Withdraw a signature",
        lede=f"{signature.name}, {signature.role}, signed for {who} on {words.day(signature.day)}. That stays on record.",
        submit="Withdraw it",
        kind="warning",
    )


@writes(forms.EndForm)
def agreement_end(request: HttpRequest, slug: str) -> HttpResponse:
    """It holds until a day."""
    asat, agreement = asat_of(request), _kept(request, slug)
    newest = queries.newest_version(agreement)
    first = newest.from_day if newest else asat.today
    return _on(
        request,
        agreement,
        form=forms.EndForm(posted(request), first=first, today=asat.today, initial={"day": asat.today}),
        do=lambda typed: services.end(by=request.user, agreement=agreement, ended_on=typed["day"], why=typed["why"]),
        done=lambda ended: f"It ended on {words.day(ended.ended_on)}.",
        heading="End the agreement",
        lede="Nobody can sign it afterwards, and what was signed counts until that day.",
        submit="End it",
        kind="warning",
    )


# Signing -----------------------------------------------------------------------------------------------


@writes(forms.SignForm)
def agreement_sign(request: HttpRequest, slug: str) -> HttpResponse:
    """A practice signs the words on this page."""
    asat, agreement = asat_of(request), _seen(request, slug)
    require(request.user, SIGN, agreement)
    version = queries.newest_version(agreement)
    mine = queries.own_signers(request.user, agreement, asat)
    if not mine:
        raise PermissionDenied("You sign for practices of your own that are parties to the agreement.")
    if version is None:
        raise Http404("There is nothing to sign yet.")
    if version.document is not None:  # nobody signs what they can't read
        scanning.require_open(request.user, version.document.sha256, None)
    own = {one.ods_code: one for one in mine}

    def do(typed: dict[str, Any]) -> queries.Signer:
        signer = own[typed["practice"]]
        services.sign(
            by=request.user,
            version=version,
            practice=queries.practice_by_code(signer.ods_code),
            name=typed["name"],
            role=typed["role"],
            sha256=typed["sha256"],
            today=asat.today,
        )
        return signer

    return _on(
        request,
        agreement,
        form=forms.SignForm(
            posted(request),
            practices=[(code, f"{one.name} ({code})") for code, one in own.items()],
            initial={"sha256": version.sha256, "name": str(request.user)},
        ),
        do=do,
        done=lambda signer: f"{signer.name} has signed “{agreement}”, version {version.number}.",
        heading="Sign it",
        lede="It is signed already." if all(one.signature for one in mine) else "",
        submit="Sign it",
        template="agreements/sign.html",
        version=version,
        signer=mine[0] if len(mine) == 1 else None,
        file_kind=contents.FORMATS[version.document.format].label if version.document else "",
    )
