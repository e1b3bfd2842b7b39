"""An expression of interest with its practices, the criteria it is scored by, and the scores."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cc2h.accounts.authority import Target
from cc2h.kit.dated import Dated, guards, one_truth
from cc2h.kit.history import governed
from chins.interest.querysets import ExpressionQuerySet, ScoreQuerySet
from chins.interest.route import OVER, ROUTE, ExpressionState
from practices.models import Commissioner, Practice

HIGHEST_MAXIMUM = 10
HIGHEST_WEIGHT = 100
_over = ", ".join(f"'{state}'" for state in OVER)


@governed
class Criterion(Dated):
    """What a commissioner looks for in an expression, from a day, and how much that counts."""

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="criteria")
    name = models.CharField(max_length=100)
    looks_for = models.CharField("what is looked for", max_length=500)
    maximum = models.PositiveSmallIntegerField(
        "highest score", default=5, validators=[MinValueValidator(1), MaxValueValidator(HIGHEST_MAXIMUM)]
    )
    weight = models.DecimalField(
        max_digits=5, decimal_places=2, default=1, validators=[MinValueValidator(0), MaxValueValidator(HIGHEST_WEIGHT)]
    )

    class Meta(Dated.Meta):
        verbose_name_plural = "criteria"
        constraints = [
            *guards("chins_criterion"),
            one_truth(
                "chins_criterion_once",
                "commissioner",
                "name",
                message="There already is a criterion of this name on some of these days.",
            ),
            models.CheckConstraint(
                name="chins_criterion_maximum_possible",
                condition=Q(maximum__gte=1, maximum__lte=HIGHEST_MAXIMUM),
                violation_error_message=f"The highest score is a whole number from 1 to {HIGHEST_MAXIMUM}.",
            ),
            models.CheckConstraint(
                name="chins_criterion_weight_possible",
                condition=Q(weight__gt=0, weight__lte=HIGHEST_WEIGHT),
                violation_error_message=f"A weight is a number above 0, up to {HIGHEST_WEIGHT}.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def authority_target(self) -> Target:
        return Target(commissioner_ids=frozenset({self.commissioner_id}))


@governed
class Expression(models.Model):
    """Practices that want to become a CHIN: what they sent in, and what became of it.

    It is scored by the criteria of the day `evaluating_from`, as they were held at the moment `began_at`: what is
    changed in them afterwards is for others.
    """

    State = ExpressionState

    commissioner = models.ForeignKey(Commissioner, models.PROTECT, related_name="expressions")
    title = models.CharField(max_length=150)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lead applicant"
    )
    lead_name = models.CharField("lead applicant, in words", max_length=150, blank=True)
    received = models.DateField("received on")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey("chins.Post", models.PROTECT, null=True, blank=True, related_name="expressions")
    area = models.CharField("area it would serve", max_length=200, blank=True)
    focus_areas = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    proposal = models.TextField("what they want to do", max_length=10_000)
    practices = models.ManyToManyField(Practice, through="ExpressionPractice", related_name="expressions")
    state = models.CharField(max_length=10, choices=ExpressionState, default=ExpressionState.RECEIVED)
    evaluating_from = models.DateField("under evaluation from", null=True, blank=True)
    began_at = models.DateTimeField("evaluation began", null=True, blank=True, editable=False)
    decided = models.DateField("decided on", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField("reason of the decision", max_length=2000, blank=True)
    chin = models.OneToOneField("chins.Chin", models.PROTECT, null=True, blank=True, related_name="born_from")

    objects = ExpressionQuerySet.as_manager()
    status: str  # its state on a day, by on_day

    class Meta:
        verbose_name = "expression of interest"
        ordering = ["-received", "pk"]
        constraints = [
            models.CheckConstraint(
                name="chins_expression_known_state",
                condition=Q(state__in=ExpressionState.values),
                violation_error_message="That is not a state an expression of interest can be in.",
            ),
            models.CheckConstraint(
                name="chins_expression_one_lead",
                condition=Q(lead__isnull=False, lead_name="") | (Q(lead=None) & ~Q(lead_name="")),
                violation_error_message="The lead applicant is a person of the portal, or is named in words.",
            ),
            models.CheckConstraint(
                name="chins_expression_under_evaluation_from",
                condition=Q(state=ExpressionState.RECEIVED, evaluating_from=None, began_at=None)
                | Q(state=ExpressionState.WITHDRAWN, evaluating_from=None, began_at=None)
                | (~Q(state=ExpressionState.RECEIVED) & Q(evaluating_from__isnull=False, began_at__isnull=False)),
                violation_error_message="An expression that was evaluated has the day on which that began.",
            ),
            models.CheckConstraint(
                name="chins_expression_decided_with_a_day",
                condition=Q(state__in=OVER, decided__isnull=False)
                | (~Q(state__in=OVER) & Q(decided=None, decided_by=None, reason="")),
                violation_error_message="An expression that is decided has the day of the decision, and no other has.",
            ),
            models.CheckConstraint(
                name="chins_expression_decided_with_a_reason",
                condition=~Q(state__in=(ExpressionState.APPROVED, ExpressionState.DECLINED))
                | (~Q(reason="") & Q(decided_by__isnull=False)),
                violation_error_message="Approving and declining have a reason, and somebody who decided.",
            ),
            models.CheckConstraint(
                name="chins_expression_approved_has_a_chin",
                condition=Q(state=ExpressionState.APPROVED, chin__isnull=False)
                | (~Q(state=ExpressionState.APPROVED) & Q(chin=None)),
                violation_error_message="An approved expression has the CHIN born from it, and no other has.",
            ),
            models.CheckConstraint(
                name="chins_expression_days_in_order",
                condition=(Q(evaluating_from=None) | Q(evaluating_from__gte=F("received")))
                & (Q(decided=None) | Q(decided__gte=F("received")))
                & (Q(decided=None) | Q(evaluating_from=None) | Q(decided__gte=F("evaluating_from"))),
                violation_error_message="It is received, then evaluated, then decided.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="follows_the_route",
                field="state",
                transitions=[(before, after) for before, afters in ROUTE.items() for after in afters],
            ),
            pgtrigger.Trigger(
                name="begins_received",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NEW.state <> 'received' THEN
                        RAISE EXCEPTION 'An expression of interest begins as received.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expression_begins_received';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="decided_stays",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=f"""
                    IF OLD.state IN ({_over}) AND NEW IS DISTINCT FROM OLD THEN
                        RAISE EXCEPTION 'An expression of interest stays as it was when it was decided.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expression_decided_stays';
                    END IF;
                    IF NEW.chin_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM chins_chin WHERE id = NEW.chin_id AND commissioner_id = NEW.commissioner_id
                    ) THEN
                        RAISE EXCEPTION 'A CHIN is born from an expression of its own commissioner.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expression_own_chin';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - the list is of the states above
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def led_by(self) -> str:
        return str(self.lead) if self.lead_id else self.lead_name

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    def authority_target(self) -> Target:
        """Its commissioner's, and of the practice or federation whose post sent it in; `post` is to be read with it."""
        post = self.post

        def one(pk: int | None) -> frozenset[int]:
            return frozenset() if pk is None else frozenset({pk})

        if post is None:
            return Target(one(self.commissioner_id))
        return Target(
            one(self.commissioner_id), practice_ids=one(post.practice_id), federation_ids=one(post.federation_id)
        )


@governed
class ExpressionPractice(models.Model):
    """A practice that takes part in an expression of interest."""

    expression = models.ForeignKey(Expression, models.PROTECT, related_name="takes_part")
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "practice of an expression"
        constraints = [
            models.UniqueConstraint(
                fields=["expression", "practice"],
                name="chins_expressionpractice_once",
                violation_error_message="The expression names this practice already.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="as_received",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM chins_expression
                        WHERE id = coalesce(NEW.expression_id, OLD.expression_id) AND state = 'received'
                        FOR NO KEY UPDATE
                    ) THEN
                        RAISE EXCEPTION 'The practices of an expression stay as they are once it is evaluated.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expressionpractice_as_received';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.practice)


# Those of the commissioner on the day the evaluation began, as they were held then.
CRITERIA_OF = """
    FROM chins_criterion c JOIN chins_expression e ON e.commissioner_id = c.commissioner_id
    WHERE e.id = NEW.expression_id AND c.period @> e.evaluating_from
      AND c.held @> e.began_at - interval '1 microsecond'
"""


@governed
class Score(models.Model):
    """What an evaluator gives an expression for a criterion. Theirs stand once they have scored every criterion."""

    expression = models.ForeignKey(Expression, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    evaluator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(max_length=1000, blank=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["expression", "criterion", "evaluator"],
                name="chins_score_once",
                violation_error_message="This evaluator has already scored this criterion.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="fits",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=f"""
                    IF NOT EXISTS (
                        SELECT FROM chins_expression WHERE id = NEW.expression_id AND state = 'evaluating' FOR SHARE
                    ) THEN
                        RAISE EXCEPTION 'Scores are given while an expression is under evaluation.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_score_under_evaluation';
                    END IF;
                    IF NOT EXISTS (
                        SELECT {CRITERIA_OF} AND c.id = NEW.criterion_id AND NEW.score BETWEEN 0 AND c.maximum
                    ) THEN
                        RAISE EXCEPTION 'A score is a whole number, up to the highest of one of the criteria in force '
                            'when the evaluation began.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_score_fits_its_criterion';
                    END IF;
                    IF TG_OP = 'UPDATE' AND (
                        SELECT count(*) FROM chins_score s
                        WHERE s.expression_id = OLD.expression_id AND s.evaluator_id = OLD.evaluator_id
                    ) >= (SELECT count(*) {CRITERIA_OF}) THEN
                        RAISE EXCEPTION 'An evaluation that is complete stays as it is.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_score_complete_stays';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - the condition is the constant above
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.score}"
