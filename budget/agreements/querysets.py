"""Reading agreements and what is signed."""

from datetime import date, datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from cc2h.accounts.authority import Action, Scope, authority_of
from chins.models import Membership


def recorded_by(known: datetime | None, field: str = "recorded_at") -> Q:
    """Recorded before the moment as known on which a page is read; everything where it is read as known now."""
    return Q() if known is None else Q(**{f"{field}__lt": known})


def goes_on(day: date, prefix: str = "") -> Q:
    """An agreement that has not ended by the day."""
    return Q(**{f"{prefix}ended_on": None}) | Q(**{f"{prefix}ended_on__gte": day})


class PartyQuerySet(QuerySet[Any]):
    def on(self, day: date) -> Self:
        """Those that are parties on the day."""
        return self.filter(Q(left_on=None) | Q(left_on__gte=day), joined_on__lte=day)


class VersionQuerySet(QuerySet[Any]):
    def by(self, day: date, known: datetime | None = None) -> Self:
        """Those that had begun by the day."""
        return self.filter(recorded_by(known), from_day__lte=day)


class SignatureQuerySet(QuerySet[Any]):
    def given(self, day: date, known: datetime | None = None) -> Self:
        """Those given by the day and not withdrawn by it."""
        from budget.agreements.models import Withdrawal

        withdrawn = Withdrawal.objects.filter(recorded_by(known), signature=OuterRef("pk"), day__lte=day)
        return self.filter(recorded_by(known), ~Exists(withdrawn), day__lte=day)

    def counting(self, day: date, known: datetime | None = None) -> Self:
        """Those that count on the day: given by a party of that day, of a version that nobody has to sign anew since.

        The agreement goes on that day. A practice that has left the CHIN is no party any more.
        """
        from budget.agreements.models import Party, Version

        newer = Version.objects.by(day, known).filter(
            agreement=OuterRef("version__agreement"), number__gt=OuterRef("version__number"), anew=True
        )
        member = Membership.objects.as_at(day, known).filter(
            practice=OuterRef("practice"), chin=OuterRef("version__agreement__chin")
        )
        party = Party.objects.on(day).filter(
            Q(pk=OuterRef("party")) | Q(practice=OuterRef("practice")), agreement=OuterRef("version__agreement")
        )
        return self.given(day, known).filter(
            Q(Exists(member)) | Q(Exists(party)),
            goes_on(day, "version__agreement__"),
            ~Exists(newer),
            version__from_day__lte=day,
        )


class AgreementQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, day: date) -> Self:
        """Those of the commissioners and CHINs whose claims this person may see, and those of their own practices."""
        held = authority_of(user)
        if held.everywhere(Action.VIEW_CLAIM):
            return self
        seen = Q(commissioner__in=held.commissioner_ids(Action.VIEW_CLAIM)) | Q(
            chin__in=held.own_ids(Action.VIEW_CLAIM, Scope.CHIN)
        )
        if own := held.own_ids(Action.VIEW_CLAIM, Scope.PRACTICE):
            seen |= self.of_practices(own, day)
        return self.filter(seen)

    @staticmethod
    def of_practices(practices: Any, day: date) -> Q:
        """To which any of the practices is a party on the day, or which it has signed."""
        from budget.agreements.models import Party, Signature

        member = Membership.objects.as_at(day).filter(practice__in=practices, chin=OuterRef("chin"))
        party = Party.objects.on(day).filter(practice__in=practices, agreement=OuterRef("pk"))
        signed = Signature.objects.filter(practice__in=practices, version__agreement=OuterRef("pk"))
        return Q(Exists(member)) | Q(Exists(party)) | Q(Exists(signed))
