"""Reading agreements and what is signed."""

from datetime import date, datetime
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

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

    def with_practices(self, day: date) -> Self:
        """Annotates practice_ids, which is what authority asks: those of its CHIN on the day, and those on its list."""
        from budget.agreements.models import Party

        return self.annotate(
            member_ids=ArraySubquery(Membership.objects.as_at(day).filter(chin=OuterRef("chin")).values("practice")),
            listed_ids=ArraySubquery(
                Party.objects.on(day).filter(agreement=OuterRef("pk"), practice__isnull=False).values("practice")
            ),
        )

    def with_signatures(self, day: date, known: datetime | None = None) -> Self:
        """Annotates as at the day: number (of the version), asked (how many parties it has), signed (how many of them), to_sign."""
        from budget.agreements.models import Party, Signature, Version

        def one(rows: Any, by: str, value: Any) -> Any:
            return Coalesce(
                Subquery(rows.order_by().values(by).annotate(n=value).values("n"), output_field=IntegerField()), 0
            )

        members = Membership.objects.as_at(day, known).filter(chin=OuterRef("chin"))
        again = Membership.objects.as_at(day, known).filter(
            chin=OuterRef("agreement__chin"), practice=OuterRef("practice")
        )
        listed = Party.objects.on(day).filter(~Exists(again), agreement=OuterRef("pk"))
        versions = Version.objects.by(day, known).filter(agreement=OuterRef("pk"))
        signed = Signature.objects.counting(day, known).filter(version__agreement=OuterRef("pk"))
        return self.annotate(
            number=one(versions, "agreement", Max("number")),
            asked=one(members, "chin", Count("pk")) + one(listed, "agreement", Count("pk")),
            signed=one(signed, "version__agreement", Count(Coalesce(F("practice"), -F("party")), distinct=True)),
            to_sign=F("asked") - F("signed"),
        )

    def to_sign_by(self, practices: Any, day: date) -> Self:
        """Those with words, which go on, and which one of the practices is to sign and has not."""
        from budget.agreements.models import Party, Signature, Version
        from practices.models import Practice

        member = Membership.objects.as_at(day).filter(practice__in=practices, chin=OuterRef(OuterRef("chin")))
        party = Party.objects.on(day).filter(practice__in=practices, agreement=OuterRef(OuterRef("pk")))
        counts = Signature.objects.counting(day).filter(
            practice=OuterRef("pk"), version__agreement=OuterRef(OuterRef("pk"))
        )
        left = Practice.objects.filter(
            Q(Exists(member.filter(practice=OuterRef("pk")))) | Q(Exists(party.filter(practice=OuterRef("pk")))),
            ~Exists(counts),
        )
        return self.filter(goes_on(day), Exists(Version.objects.filter(agreement=OuterRef("pk"))), Exists(left))
