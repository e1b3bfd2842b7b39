"""Writing a case: a page for each section, what is typed and not saved, versions beside each other, the portal's figures."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_safe

from cc2h.accounts.authority import Action
from cc2h.cases import differences, drafting, figures, forms, kinds, plans, queries, shapes
from cc2h.cases.answers import missing, to_type
from cc2h.cases.drafting import Collided
from cc2h.cases.sections import BY_KEY, SECTIONS, Section
from cc2h.cases.views.finding import crumbs, find, on_case, page
from cc2h.kit import words
from cc2h.kit.acts import posted
from cc2h.kit.api.calls import call_of, show
from cc2h.kit.api.spec import reads, writes
from cc2h.kit.asat import AsAt, asat_of
from cc2h.kit.days import LONDON
from cc2h.kit.history import Change, ChangedMeanwhile, Entry
from cc2h.kit.links import link
from cc2h.kit.sections import sections
from kpis import queries as kpis

WRITE = Action.WRITE_CASE


def _crumbs(asat: AsAt, case: Any, section: Section) -> list[Mapping[str, str]]:
    address = link(asat, f"cases:write_{section.key}", case.number)
    return [*crumbs(asat, case), {"text": section.title, "href": address}]


def _section(request: HttpRequest, number: str, section: Section) -> HttpResponse:
    """A section of a case: what is saved of it, or what one has typed and not saved, in its form."""
    asat, user = asat_of(request), request.user
    case = find(request, number, WRITE)
    here = link(asat, f"cases:write_{section.key}", case.number)
    newest = queries.newest(case, section)
    saved: Mapping[str, Any] = newest.answers if newest else _begun(case, section)
    kept = queries.typed_by(user, case, section) if call_of(request) is None else None
    shown = kept.answers if kept else to_type(section, saved)
    base = kept.base if kept else newest.number if newest else 0
    files = plans.choices(case) if section.key == plans.SECTION else []
    form: forms.SectionForm = forms.form_of(section)(posted(request), files=files, initial={**shown, "seen": base})
    if "drop" in request.POST and call_of(request) is None:
        drafting.drop_typed(by=user, case=case, section=section)
        return HttpResponseRedirect(here)
    refused = ""
    if "more" in request.POST and call_of(request) is None:
        try:
            drafting.keep_typed(by=user, case=case, section=section, typed=form.typed, base=_seen(request))
            return HttpResponseRedirect(f"{here}#id_{request.POST['more'][:20]}")
        except ValidationError as refusal:
            refused = " ".join(refusal.messages)
    collisions: list[drafting.Collision] = []
    context: dict[str, Any] = {"collided": None}

    def do(typed: dict[str, Any]) -> Any:
        answers = form.read.answers
        if (frozen := saved.get("figures")) and newest is not None:
            answers = {**answers, "figures": frozen}
        try:
            return drafting.save_section(
                by=user,
                case=case,
                section=section,
                answers=answers,
                base=typed.get("seen") or 0,
                day=asat.today,
                post=queries.post_of(user, WRITE, case),
            )
        except Collided as collided:
            raise _both(request, form, section, collided, context, collisions) from collided

    library = [(code, one.name) for code, one in kpis.to_choose(asat).items()] if section.key == "predict" else []
    lacks = [] if newest is None else missing(section, saved)
    return on_case(
        request,
        case,
        form=form,
        do=do,
        done=lambda done: (
            f"“{section.title}” is saved, version {done.number}."
            + (" Some formatting came with the text from a word processor: its words are kept." if _word(form) else "")
        ),
        to=f"{page(asat, case)}#tasks",
        heading=section.title,
        lede=section.help,
        submit="Save",
        template="cases/section.html",
        section=section,
        newest=newest,
        kept=kept,
        refused=refused,
        others=queries.others_typing(user, case, section),
        lacks=lacks if kept is None else [],
        frozen=saved.get("figures"),
        closed=section.key not in drafting.may_change(case),
        collisions=collisions,
        context=context,
        typed_address=link(asat, "cases:typed", case.number, section.key),
        library=library,
        local_key=f"case/{case.number}/{section.key}/{user.pk}",
        about=sections(request, "case-section", f"{case.number}.{section.key}") if newest else (),
    )


def _begun(case: Any, section: Section) -> dict[str, Any]:
    """What the first version of a section begins with: the problem as the idea had it."""
    return {"problem": case.problem} if section.key == "problem" else {}


def _seen(request: HttpRequest) -> int:
    said = request.POST.get("seen", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 9 else 0


def _word(form: forms.SectionForm) -> bool:
    return any(isinstance(said, str) and kinds.from_word(said) for said in form.typed.values())


def _both(
    request: HttpRequest,
    form: forms.SectionForm,
    section: Section,
    collided: Collided,
    context: dict[str, Any],
    collisions: list[drafting.Collision],
) -> Exception:
    """Both changed the same: the form takes on what does not collide, and goes to the version that now holds."""
    latest, merged = collided.latest, collided.merged
    who = latest.by.name if latest.by else "Somebody"
    if call_of(request) is not None:
        changes = tuple(Change(one.label, one.mine, one.theirs) for one in merged.collisions)
        return ChangedMeanwhile(latest.case, [Entry(latest.at, who, "saved", changes)], latest.number)
    data = cast(QueryDict, form.data).copy()
    for name in [name for name in data if "-" in name]:  # cells of rows
        del data[name]
    data.update(forms.flattened(to_type(section, merged.answers)))
    data["seen"] = str(latest.number)
    form.data = data
    collisions += merged.collisions
    context["collided"] = {"by": who, "at": latest.at}
    same = words.listed(dict.fromkeys(one.label for one in merged.collisions))
    return ValidationError(
        f"{who} saved this section while you were writing, and you both changed: {same}. Both stand below; nothing "
        "is saved yet. What the other changed elsewhere is taken into the form.".replace("%", "%%"),
        code="collided",
    )


def _of(section: Section) -> Callable[..., HttpResponse]:
    @writes(forms.form_of(section))
    def view(request: HttpRequest, number: str) -> HttpResponse:
        return _section(request, number, section)

    view.__name__ = f"write_{section.key.replace('-', '_')}"
    view.__doc__ = f"{section.title}: the answers to this section, saved as a new version."
    return view


SECTION_VIEWS: dict[str, Callable[..., HttpResponse]] = {section.key: _of(section) for section in SECTIONS}


def typed(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """Keep what is being typed, as it is, until it is saved: asked by the page every few seconds."""
    case = find(request, number, WRITE)
    if section not in BY_KEY:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(link(asat_of(request), f"cases:write_{section}", case.number))
    form = forms.form_of(BY_KEY[section])(request.POST)
    try:
        kept = drafting.keep_typed(
            by=request.user, case=case, section=BY_KEY[section], typed=form.typed, base=_seen(request)
        )
    except ValidationError as refusal:
        return JsonResponse({"refused": " ".join(refusal.messages)}, status=422)
    return JsonResponse({"saved": f"{timezone.localtime(kept.at, LONDON):%H:%M}"})


# The portal's figures ---------------------------------------------------------------------------------


@writes(forms.FiguresForm)
def attach_figures(request: HttpRequest, number: str) -> HttpResponse:
    """Put the portal's figures of the CHIN into the case, frozen as at a day."""
    asat = asat_of(request)
    case = find(request, number, WRITE)
    back = link(asat, "cases:write_problem", case.number)
    return on_case(
        request,
        case,
        form=forms.FiguresForm(posted(request), today=asat.today, initial={"day": asat.today}),
        do=lambda typed: drafting.attach_figures(
            by=request.user,
            case=case,
            figures=figures.frozen(case, AsAt(typed["day"], None, asat.today)),
            day=asat.today,
        ),
        done=lambda saved: "The figures stand in the case, as they were on that day.",
        to=back,
        heading="Put the portal’s figures into the case",
        lede=f"Registered patients, practices and share of {case.chin.name}, and its measures: nothing is retyped.",
        submit="Put them in",
        breadcrumbs=_crumbs(asat, case, BY_KEY["problem"]),
    )


# Versions ---------------------------------------------------------------------------------------------


@require_safe
@reads(
    shapes.versions, of="The version that is shown; the newest if left out.", against="The version it is compared with."
)
def versions(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """Every version of a section, and what differs between two of them, word by word."""
    asat = asat_of(request)
    case = find(request, number)
    if section not in BY_KEY:
        raise Http404
    found = queries.versions_of(case, BY_KEY[section])
    numbers = {str(one.number): one for one in found}
    new = numbers.get(request.GET.get("of", ""), found[0] if found else None)
    before = str(new.number - 1) if new else ""
    old = numbers.get(request.GET.get("against", before))
    context = {
        "case": case,
        "section": BY_KEY[section],
        "versions": found,
        "new": new,
        "old": old,
        "differences": differences.between(BY_KEY[section], old.answers if old else {}, new.answers) if new else [],
        "sections": sections(request, "case-section", f"{case.number}.{section}") if new else (),
        "breadcrumbs": crumbs(asat, case),
    }
    return show(request, "cases/versions.html", context)
