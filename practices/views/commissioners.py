"""A commissioner's page: its settings, its federations, the release of names."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cc2h.accounts.authority import Action, can, require
from cc2h.accounts.records import Record
from cc2h.kit import history, words
from cc2h.kit.acts import Effect, act, posted, version_of
from cc2h.kit.api.calls import show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import asat_of
from cc2h.kit.links import link
from cc2h.kit.sections import sections
from practices import forms, queries, services, shapes
from practices.models import Commissioner, NamesRelease


def _commissioner(request: HttpRequest, ods_code: str, action: Action | None = None) -> Commissioner:
    seen = queries.commissioners_seen(request.user)
    commissioner: Commissioner = get_object_or_404(seen, ods_code=ods_code.upper())
    if action is not None:
        require(request.user, action, commissioner)
    return commissioner


def _record(commissioner: Commissioner) -> Record:
    return Record("commissioner", commissioner.ods_code, commissioner.name, commissioner.authority_target())


def _of_commissioner(request: HttpRequest, commissioner: Commissioner, **parts: Any) -> HttpResponse:
    asat = asat_of(request)
    address = link(asat, "practices:commissioner_detail", commissioner.ods_code)
    crumbs = [
        {"text": "Commissioners", "href": link(asat, "practices:commissioner_list")},
        {"text": commissioner.short_name, "href": address},
    ]
    return act(request, **{"to": address, "caption": str(commissioner), "breadcrumbs": crumbs} | parts)


@reads(shapes.commissioner)
def commissioner_detail(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A commissioner's words, size band and target, its federations, and whether the names are released."""
    asat, user = asat_of(request), request.user
    commissioner = _commissioner(request, ods_code)
    context = {
        "heading": commissioner.name,
        "commissioner": commissioner,
        "federations": queries.federations(commissioner, asat),
        "releases": queries.names_releases(commissioner, asat),
        "history": queries.commissioner_history(commissioner) if can(user, Action.VIEW_HISTORY, commissioner) else None,
        "may": {action.value: bool(can(user, action, commissioner)) for action in Action},
        "sections": sections(request, "commissioner", commissioner.ods_code, _record(commissioner)),
        "breadcrumbs": [{"text": "Commissioners", "href": link(asat, "practices:commissioner_list")}],
    }
    return show(request, "practices/commissioner.html", context)


@writes(forms.SettingsForm)
def commissioner_settings(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Change a commissioner's name, words, size band and target."""
    commissioner = _commissioner(request, ods_code, Action.CHANGE_COMMISSIONER)
    return _of_commissioner(
        request,
        commissioner,
        form=forms.SettingsForm(
            posted(request), instance=commissioner, initial={"seen": history.version(commissioner)}
        ),
        do=lambda typed: services.change_settings(by=request.user, commissioner=commissioner, **typed),
        done=lambda changed: f"The settings of {changed.short_name} are saved.",
        heading="Name, words, size band and target",
        submit="Save",
    )


@writes(forms.FederationForm)
def federation_add(request: HttpRequest, ods_code: str) -> HttpResponse:
    """A federation of the commissioner's practices."""
    commissioner = _commissioner(request, ods_code, Action.CHANGE_COMMISSIONER)
    return _of_commissioner(
        request,
        commissioner,
        form=forms.FederationForm(posted(request)),
        do=lambda typed: services.add_federation(by=request.user, commissioner=commissioner, **typed),
        done=lambda added: f"{added} is added. Practices join it on their own pages.",
        heading="Add a federation",
        submit="Add",
        fields_of_refusals={"name_taken": "name"},
    )


@writes(forms.RenameFederationForm)
def federation_rename(request: HttpRequest, ods_code: str, slug: str) -> HttpResponse:
    """Call a federation otherwise."""
    commissioner = _commissioner(request, ods_code, Action.CHANGE_COMMISSIONER)
    federation = get_object_or_404(queries.federations_of(commissioner), slug=slug)
    return _of_commissioner(
        request,
        commissioner,
        form=forms.RenameFederationForm(
            posted(request), initial={"name": federation.name, "seen": history.version(federation)}
        ),
        do=lambda typed: services.rename_federation(by=request.user, federation=federation, **typed),
        done=lambda renamed: f"{renamed} is saved.",
        heading="Rename the federation",
        caption=federation.name,
        submit="Save",
        fields_of_refusals={"name_taken": "name"},
    )


@writes(forms.ReleaseForm)
def names_release(request: HttpRequest, ods_code: str) -> HttpResponse:
    """Let the board see which practices are in no CHIN."""
    asat = asat_of(request)
    commissioner = _commissioner(request, ods_code, Action.RELEASE_NAMES)
    count = queries.unplaced_count(commissioner, asat)

    def weigh(typed: dict[str, Any]) -> Effect:
        until = f" until {words.day(typed['last'])}" if typed["last"] else " until somebody ends it"
        return Effect(
            sentences=[
                f"The names and patients of practices of {commissioner.short_name} that are in no CHIN are shown to "
                f"everybody who sees its register, from {words.day(typed['first'])}{until}.",
                f"Today that is {words.plural(count, 'practice')}.",
            ],
            warnings=["What has been read can’t be unread, also when the release ends."],
        )

    return _of_commissioner(
        request,
        commissioner,
        form=forms.ReleaseForm(posted(request), today=asat.today, initial={"first": asat.today}),
        do=lambda typed: services.release_names(by=request.user, commissioner=commissioner, **typed),
        effect=weigh,
        done=lambda release: f"The names are released from {words.day(release.first_day)}.",
        heading="Release the names to the board",
        submit="Release the names",
    )


def _release(request: HttpRequest, commissioner: Commissioner, pk: int) -> NamesRelease:
    release: NamesRelease = version_of(request, queries.names_releases_of(commissioner), pk)
    return release


@writes(forms.EndForm)
def names_end(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The names are shown until a day."""
    commissioner = _commissioner(request, ods_code, Action.RELEASE_NAMES)
    release = _release(request, commissioner, pk)
    return _of_commissioner(
        request,
        commissioner,
        of=release,
        form=forms.EndForm(posted(request), first=release.first_day, initial={"last": asat_of(request).today}),
        do=lambda typed: services.end_names_release(by=request.user, release=release, **typed),
        done=lambda ended: f"The names are shown until {words.day(ended.last_day)}.",
        heading="End the release of names",
        lede=f"Released {words.period(release.period.lower, release.period.upper)}.",
        submit="End it",
        fields_of_refusals={"no_change": "last"},
    )


@writes(forms.VoidForm)
def names_void(request: HttpRequest, ods_code: str, pk: int) -> HttpResponse:
    """The names should never have been released."""
    commissioner = _commissioner(request, ods_code, Action.RELEASE_NAMES)
    release = _release(request, commissioner, pk)
    return _of_commissioner(
        request,
        commissioner,
        of=release,
        form=forms.VoidForm(posted(request)),
        do=lambda typed: services.void_names_release(by=request.user, release=release, **typed),
        done=lambda _: "The release of names is voided.",
        heading="Void the release of names",
        lede=f"Recorded {words.period(release.period.lower, release.period.upper)}.",
        submit="Void it",
        kind="warning",
    )
