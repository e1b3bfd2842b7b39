"""Keeping services: what they ask for, who is eligible, their approval, opening and end. Claims are budget.lcs.claims'."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from budget import ledger
from budget.lcs import opening
from budget.lcs.models import Eligible, Output, Service, Stage, Tariff
from budget.lcs.service_states import LISTED, ServiceState, may_become
from budget.models import Line
from cc2h.kit import history, words
from cc2h.kit.problems import check
from cc2h.kit.writing import writing
from practices.models import ListSize, Practice

WORDS_OF_ADDRESSES = {"add", "claims", "practices", "stages", "outputs", "eligible"}


# What it asks for --------------------------------------------------------------------------------------


def add_service(*, by: Any, line: Line, **facts: Any) -> Service:
    """A draft. facts: fields of Service. Raises ValidationError."""
    with writing(by):
        service = Service(line=line, slug=_free_slug(facts["name"]), **facts)
        check(service)
        service.save(force_insert=True)
    return service


def change_service(*, by: Any, service: Service, seen: int, **facts: Any) -> Service:
    """What it is, while it is a draft. Raises history.ChangedMeanwhile when somebody saved since `seen`."""
    with writing(by):
        current = _locked(service)
        history.unchanged_since(current, seen)
        _drafted(current)
        line: Line = facts.get("line", current.line)
        if line.commissioner_id != current.line.commissioner_id:
            raise ValidationError({"line": "That line is another commissioner’s."})
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def add_stage(*, by: Any, service: Service, **facts: Any) -> Stage:
    """The last one so far. facts: fields of Stage."""
    with writing(by):
        current = _locked(service)
        _drafted(current)
        stage = Stage(service=current, number=_next(current.stages.all()), **facts)
        check(stage)
        stage.save(force_insert=True)
    return stage


def change_stage(*, by: Any, stage: Stage, seen: int, **facts: Any) -> Stage:
    with writing(by):
        _drafted(_locked(stage.service))
        current: Stage = Stage.objects.select_for_update(no_key=True).get(pk=stage.pk)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def remove_stage(*, by: Any, stage: Stage) -> Stage:
    """With what it asks for."""
    with writing(by):
        _drafted(_locked(stage.service))
        Output.objects.filter(stage=stage).delete()
        Stage.objects.filter(pk=stage.pk).delete()
    return stage


def add_output(*, by: Any, stage: Stage, **facts: Any) -> Output:
    with writing(by):
        _drafted(_locked(stage.service))
        output = Output(stage=stage, number=_next(stage.outputs.all()), **facts)
        check(output)
        output.save(force_insert=True)
    return output


def change_output(*, by: Any, output: Output, seen: int, **facts: Any) -> Output:
    with writing(by):
        _drafted(_locked(output.stage.service))
        current: Output = Output.objects.select_for_update(no_key=True).get(pk=output.pk)
        history.unchanged_since(current, seen)
        for name, value in facts.items():
            setattr(current, name, value)
        check(current)
        current.save()
    return current


def remove_output(*, by: Any, output: Output) -> Output:
    with writing(by):
        _drafted(_locked(output.stage.service))
        Output.objects.filter(pk=output.pk).delete()
    return output


# Its life ----------------------------------------------------------------------------------------------


def approve(*, by: Any, service: Service, body: str, day: date, where: str, interests: str) -> Service:
    """A body approved what the service asks for. From now on that does not change."""
    with writing(by):
        current = _going_to(service, ServiceState.APPROVED)
        current.approved_by, current.approved_on = " ".join(body.split()), day
        current.approved_where, current.interests = " ".join(where.split()), " ".join(interests.split())
        check(current)
        current.save()
    return current


def take_back(*, by: Any, service: Service) -> Service:
    """The approval does not hold any more: it is a draft again."""
    with writing(by):
        current = _going_to(service, ServiceState.DRAFT)
        current.approved_on, current.approved_by, current.approved_where, current.interests = None, "", "", ""
        current.save()
    return current


def withdraw(*, by: Any, service: Service) -> Service:
    """It comes to nothing, before it opened."""
    with writing(by):
        current = _going_to(service, ServiceState.WITHDRAWN)
        current.save()
    return current


def open_service(*, by: Any, service: Service, day: date) -> Service:
    """Earmark what it can come to, and open the claims of the stages that have begun. Raises ValidationError."""
    with writing(by):
        current = _going_to(service, ServiceState.OPEN)
        _ready(current, day)
        current.save()
        _earmark(by, current, opening.price(current, day), day)
    return current


def what_opening_does(*, by: Any, service: Service, day: date) -> list[opening.OfStage]:
    """What would be earmarked by stage: done, and undone again. Raises as open_service does, but for the line."""
    with transaction.atomic():
        current = _going_to(service, ServiceState.OPEN)
        _ready(current, day)
        found = opening.price(current, day)
        transaction.set_rollback(True)
    return found


def set_rate(
    *, by: Any, service: Service, day: date, rate: Decimal, list_day: date | None = None, shares: Mapping[int, Decimal]
) -> Service:
    """State, once, the rate that an open service did not; shares: by the number of the stage. Then it is earmarked."""
    with writing(by):
        current = _locked(service)
        if current.state != ServiceState.OPEN or current.rate is not None:
            raise ValidationError("The rate of an open service is stated once, where it was not.", code="rate")
        stages = list(current.stages.all())
        for stage in stages:
            if stage.share is None:
                stage.share = shares.get(stage.number, Decimal(100) if len(stages) == 1 else None)
                stage.save()
        _shares_come_to_all(stages)
        if any(stage.share is None for stage in stages):
            raise ValidationError("Give each stage its share: without it no amount can be worked out.", code="shares")
        current.rate = rate
        current.list_day = list_day if current.tariff == Tariff.PER_HEAD else None
        _sizes_known(current)
        check(current)
        current.save()
        _earmark(by, current, opening.price(current, day), day)
    return current


def end_service(*, by: Any, service: Service, day: date, why: str) -> Service:
    """Nothing more comes of it: open claims are closed, and what is still earmarked is released."""
    with writing(by):
        current = _going_to(service, ServiceState.ENDED)
        if day < current.opens_on:
            raise ValidationError(
                {"day": f"It opened on {words.day(current.opens_on)}. Choose that day or a later one."}
            )
        current.ended_on, current.why_ended = day, " ".join(why.split())
        check(current)
        opening.hold(current)
        _release(by, current, opening.earmarked(current), day, current.why_ended)
        _close(by, current, day, f"The service ended: {current.why_ended}")
        current.save()
    return current


# Who is eligible -----------------------------------------------------------------------------------------


def freeze(
    *, by: Any, service: Service, day: date, why: str = "", chin: int | None = None, federation: int | None = None
) -> int:
    """Make the open practices of the day the list, in place of the one before; returns how many they are."""
    with writing(by):
        current = _locked(service)
        if current.state not in LISTED:
            raise ValidationError("The list of eligible practices is made before a service opens.", code="listed")
        current.eligible.all().delete()
        number = opening.fill(current, day, why or f"Open on {words.day(day)}", chin, federation)
        if not number:
            raise ValidationError(f"No practice is open on {words.day(day)} that this asks for.", code="none_found")
        current.frozen_on = day
        current.save()
    return number


def add_practice(*, by: Any, service: Service, practice: Practice, day: date, why: str) -> Eligible:
    """Put a practice on the list; where the service is open, what it can come to is earmarked and its claims open.

    Of one that comes back the claims go on that were closed because it was taken off.
    """
    with writing(by):
        current = _locked(service)
        if current.frozen_on is None:
            raise ValidationError("Make the list of eligible practices first.", code="no_list")
        place = Eligible(service=current, practice=practice, added_on=day, why_added=" ".join(why.split()))
        check(place)
        was = current.eligible.filter(practice=practice).exclude(removed_on=None).order_by("pk").last()
        if was is not None and was.removed_on is not None and day < was.removed_on:
            off = f"{practice} was taken off on {words.day(was.removed_on)}"
            raise ValidationError(f"{off}: it comes back on that day or later.", code="was_there")
        place.save(force_insert=True)
        if current.state == ServiceState.OPEN:
            if was is not None:
                opening.reopen(current, day, f"Back on the list: {place.why_added}", was=was, by=by and by.pk)
            _earmark(by, current, opening.price(current, day, places=[place.pk]), day, f"{practice} was added")
    return place


def take_off(*, by: Any, place: Eligible, day: date, why: str) -> Eligible:
    """Take a practice off the list: its claims are closed, and what is earmarked for them is released."""
    with writing(by):
        service = _locked(place.service)
        current: Eligible = Eligible.objects.select_for_update(no_key=True).get(pk=place.pk)
        if current.removed_on is not None:
            raise ValidationError("The practice has been taken off already.", code="taken_off")
        reason = " ".join(why.split())
        if service.state == ServiceState.OPEN:
            opening.hold(service, current.practice_id)
            held = opening.earmarked(service, [current.pk])
            _release(by, service, held, day, f"{current.practice} was taken off the list: {reason}")
            _close(by, service, day, opening.taken_off(reason), current.practice_id)
        current.removed_on, current.why_removed = day, reason
        check(current)
        current.save()
    return current


def price_anew(*, day: date, service: int | None = None) -> int:
    """Practices whose list size has come since are priced, and that is earmarked; returns how many. In nobody's name.

    Of one service, by its number, or of all. Where the line has too little left nothing is done, those who keep the
    service are told of it (budget.lcs.queries.not_priced), and it is tried again the next night.
    """
    found = 0
    asked = Service.objects.filter(state=ServiceState.OPEN, tariff=Tariff.PER_HEAD).exclude(rate=None)
    for one in asked if service is None else asked.filter(pk=service):
        waiting = opening.to_price(one)
        if not waiting:
            continue
        with suppress(ValidationError), writing(None):
            current = _locked(one)
            what = f"list sizes of {words.day(current.list_day)} that came since"
            _earmark(None, current, opening.price(current, day, places=waiting), day, what)
            found += len(waiting)
    return found


def open_begun(*, day: date) -> int:
    """Open the claims of stages that have begun since; nobody does it, so it is in nobody's name."""
    with writing(None):
        going_on = Service.objects.filter(state=ServiceState.OPEN).order_by("pk")
        list(going_on.select_for_update(no_key=True).values_list("pk"))  # none of them ends meanwhile
        return opening.open_begun(day)


# Of each ------------------------------------------------------------------------------------------------


def _locked(service: Service) -> Service:
    current: Service = Service.objects.select_for_update(no_key=True).get(pk=service.pk)
    return current


def _going_to(service: Service, state: ServiceState) -> Service:
    current = _locked(service)
    if not may_become(current.state, state):
        was = current.get_state_display().lower()
        raise ValidationError(f"{current} is {was}: it can’t become {state.label.lower()}.", code="route")
    current.state = state
    return current


def _drafted(service: Service) -> None:
    if service.state != ServiceState.DRAFT:
        raise ValidationError("What a service asks for is changed while it is a draft.", code="not_a_draft")


def _ready(service: Service, day: date) -> None:
    """Raise ValidationError, naming everything that is missing before it can open."""
    missing = []
    stages = list(service.stages.prefetch_related("outputs"))
    if not stages:
        missing.append("Add a stage.")
    missing += [f"Say what {stage} asks for." for stage in stages if not stage.outputs.all()]
    if service.frozen_on is None:
        missing.append("Make the list of eligible practices.")
    if day < service.opens_on:
        missing.append(f"Its window begins on {words.day(service.opens_on)}.")
    if missing:
        raise ValidationError(missing, code="not_ready")
    _shares_come_to_all(stages)
    _sizes_known(service)


def _shares_come_to_all(stages: Iterable[Stage]) -> None:
    shares = [stage.share for stage in stages]
    stated = [share for share in shares if share is not None]
    if stated and (len(stated) < len(shares) or sum(stated) != 100):
        total = words.number(sum(stated), 2)
        left_out = len(shares) - len(stated)
        also = f", and {words.plural(left_out, 'stage')} without one" if left_out else ""
        raise ValidationError(
            f"The shares of the stages come to {total}%{also}; they must come to 100%.", code="shares"
        )


def _sizes_known(service: Service) -> None:
    """Raise ValidationError where a rate for each patient counts the lists of a day of which there are none."""
    day = service.list_day
    if service.tariff != Tariff.PER_HEAD or service.rate is None or day is None:
        return
    if not ListSize.objects.held().filter(day=day).exists():
        raise ValidationError(f"The portal holds no list sizes of {words.day(day)}.", code="no_sizes")


def _earmark(by: Any, service: Service, stages: Iterable[opening.OfStage], day: date, what: str = "") -> None:
    for one in stages:
        if one.amount:
            many = what or words.plural(one.priced, "eligible practice")
            reason = f"{service}, {one.name}: {many}"
            ledger.earmark(by=by, line=service.line, year=one.year, amount=one.amount, day=day, reason=reason[:500])


def _release(by: Any, service: Service, stages: Iterable[opening.OfStage], day: date, why: str) -> None:
    for one in stages:
        if one.amount:
            reason = f"{service}, {one.name}: {why}"
            ledger.release_earmark(
                by=by, line=service.line, year=one.year, amount=one.amount, day=day, reason=reason[:500]
            )


def _close(by: Any, service: Service, day: date, why: str, practice: int | None = None) -> None:
    opening.close(service, day, why, by=by.pk if by is not None else None, practice=practice)


def _next(several: Any) -> int:
    return int(several.aggregate(last=Max("number"))["last"] or 0) + 1


def _free_slug(name: str) -> str:
    """The name as it stands in an address, with a number where that is taken."""
    base = slugify(name)[:70] or "service"
    taken = {*WORDS_OF_ADDRESSES, *Service.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in tries if slug not in taken)
