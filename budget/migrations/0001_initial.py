"""Money: sources, lines of the budget, and the ledger that keeps them within what is allocated."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("chins", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("practices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=150)),
                (
                    "funder",
                    models.CharField(
                        choices=[("nhs_england", "NHS England"), ("ccg", "CCG"), ("council", "Council")], max_length=11
                    ),
                ),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("own", "Own allocation"),
                            ("section_75", "Section 75, pooled"),
                            ("section_256", "Section 256, transfer to the council"),
                            ("section_76", "Section 76, transfer from the council"),
                        ],
                        default="own",
                        max_length=11,
                        verbose_name="legal basis",
                    ),
                ),
                ("agreement", models.CharField(blank=True, max_length=300, verbose_name="agreement")),
                ("agreed_from", models.DateField(blank=True, null=True, verbose_name="agreement from")),
                ("agreed_to", models.DateField(blank=True, null=True, verbose_name="agreement to")),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_sources",
                        to="practices.commissioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("commissioner", "name"),
                        name="budget_source_name_once",
                        violation_error_message="This commissioner already has a source of that name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("funder__in", ["nhs_england", "ccg", "council"])),
                        name="budget_source_known_funder",
                        violation_error_message="A funder is NHS England, a CCG or a council.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("legal_basis__in", ["own", "section_75", "section_256", "section_76"])),
                        name="budget_source_known_basis",
                        violation_error_message="The legal basis is an own allocation, or section 75, 76 or 256.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_from", None),
                            ("agreed_to", None),
                            ("agreed_to__gte", models.F("agreed_from")),
                            _connector="OR",
                        ),
                        name="budget_source_agreement_in_order",
                        violation_error_message="An agreement ends on or after the day it begins.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("party", models.CharField(max_length=150)),
                ("year", models.PositiveSmallIntegerField(verbose_name="financial year")),
                ("amount", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contributions", to="budget.source"
                    ),
                ),
            ],
            options={
                "ordering": ["year", "party", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "party", "year"),
                        name="budget_contribution_once",
                        violation_error_message="What this party puts in for that year is recorded already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gt", 0), _connector="OR"),
                        name="budget_contribution_possible",
                        violation_error_message="A contribution is more than £0.00, or not stated.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__isnull", True), ("year__range", (1948, 2099)), _connector="OR"),
                        name="budget_contribution_year",
                        violation_error_message="That financial year is none the portal knows.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=150)),
                (
                    "kind",
                    models.CharField(
                        choices=[("recurrent", "Recurrent"), ("non-recurrent", "Non-recurrent")],
                        max_length=13,
                        verbose_name="type",
                    ),
                ),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="first financial year")),
                (
                    "last_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="last financial year"),
                ),
                ("inside", models.BooleanField(default=True, verbose_name="part of the programme budget")),
                ("cost_centre", models.CharField(blank=True, max_length=20, verbose_name="cost centre")),
                ("subjective_code", models.CharField(blank=True, max_length=20, verbose_name="subjective code")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("place", models.PositiveSmallIntegerField(default=100, verbose_name="place in the table")),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_lines",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_lines",
                        to="chins.post",
                        verbose_name="owner’s post",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="budget.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "budget line",
                "ordering": ["place", "name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("commissioner", "name", "first_year"),
                        name="budget_line_name_once",
                        violation_error_message="This commissioner already has a line of that name from that year.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["recurrent", "non-recurrent"])),
                        name="budget_line_known_kind",
                        violation_error_message="A line is recurrent or non-recurrent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_year", None), ("last_year__gte", models.F("first_year")), _connector="OR"
                        ),
                        name="budget_line_years_in_order",
                        violation_error_message="A line’s last year must not be before its first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "non-recurrent"), _negated=True),
                            ("last_year__isnull", False),
                            _connector="OR",
                        ),
                        name="budget_line_non_recurrent_is_one_year",
                        violation_error_message="A non-recurrent line has a last year.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("first_year__isnull", True), ("first_year__range", (1948, 2099)), _connector="OR"
                            ),
                            models.Q(("last_year__isnull", True), ("last_year__range", (1948, 2099)), _connector="OR"),
                        ),
                        name="budget_line_years",
                        violation_error_message="That financial year is none the portal knows.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Growth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="financial year")),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, null=True, verbose_name="growth on the year before, percent"
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="growth", to="budget.line"
                    ),
                ),
            ],
            options={
                "verbose_name": "growth assumption",
                "ordering": ["year", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "year"),
                        name="budget_growth_once",
                        violation_error_message="This line’s growth into that year is recorded already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent", None), ("percent__range", (-100, 500)), _connector="OR"),
                        name="budget_growth_possible",
                        violation_error_message="Growth is between −100% and 500%.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__isnull", True), ("year__range", (1948, 2099)), _connector="OR"),
                        name="budget_growth_year",
                        violation_error_message="That financial year is none the portal knows.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GrowthEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField(verbose_name="financial year")),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, null=True, verbose_name="growth on the year before, percent"
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="budget.growth",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budget.line",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year charged")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("allocation", "Allocation"),
                            ("allocation_cut", "Allocation cut"),
                            ("virement_in", "Virement in"),
                            ("virement_out", "Virement out"),
                            ("delegated_in", "Delegated to the CHIN"),
                            ("delegated_out", "Delegated to a CHIN"),
                            ("carried_in", "Carried forward from the year before"),
                            ("carried_out", "Carried forward to the next year"),
                            ("returned", "Returned to the funder"),
                            ("earmark", "Earmark"),
                            ("earmark_released", "Earmark released"),
                            ("commitment", "Commitment"),
                            ("commitment_reduced", "Commitment reduced"),
                            ("payment", "Payment"),
                            ("payment_reversed", "Payment reversed"),
                        ],
                        max_length=18,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("day", models.DateField(verbose_name="day")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="recorded"),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("document", models.CharField(blank=True, max_length=300, verbose_name="document")),
                ("transfer", models.UUIDField(blank=True, null=True, verbose_name="transfer")),
                (
                    "agreed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="agreed by",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "chin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="chins.chin",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="budget.entry",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="budget.line"
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        fields=["line", "year", "chin", "kind", "day"],
                        include=("amount", "recorded_at"),
                        name="budget_entry_sums",
                    ),
                    models.Index(
                        condition=models.Q(("transfer__isnull", False)),
                        fields=["transfer"],
                        name="budget_entry_transfer",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "allocation",
                                    "allocation_cut",
                                    "virement_in",
                                    "virement_out",
                                    "delegated_in",
                                    "delegated_out",
                                    "carried_in",
                                    "carried_out",
                                    "returned",
                                    "earmark",
                                    "earmark_released",
                                    "commitment",
                                    "commitment_reduced",
                                    "payment",
                                    "payment_reversed",
                                ],
                            )
                        ),
                        name="budget_entry_known_kind",
                        violation_error_message="That is no kind of entry.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="budget_entry_amount",
                        violation_error_message="An entry is of more than £0.00.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="budget_entry_says_why",
                        violation_error_message="Say why.",
                    ),
                    models.UniqueConstraint(
                        fields=("reverses",),
                        name="budget_entry_reversed_once",
                        violation_error_message="That entry has been reversed already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("allocation_cut", "virement_in", "virement_out")), _negated=True),
                            models.Q(
                                ("agreed_by__isnull", False),
                                ("by__isnull", False),
                                models.Q(("agreed_by", models.F("by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="budget_entry_of_two",
                        violation_error_message="A virement and a cut are asked for by one person and agreed by another.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "kind__in",
                                    [
                                        "virement_out",
                                        "virement_in",
                                        "delegated_out",
                                        "delegated_in",
                                        "carried_out",
                                        "carried_in",
                                    ],
                                ),
                                ("transfer__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "virement_out",
                                            "virement_in",
                                            "delegated_out",
                                            "delegated_in",
                                            "carried_out",
                                            "carried_in",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("transfer", None),
                            ),
                            _connector="OR",
                        ),
                        name="budget_entry_moves_have_two_sides",
                        violation_error_message="Money that moves has two sides, written together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("kind", "delegated_in"), _negated=True),
                                ("chin__isnull", False),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("kind", "delegated_out"), _negated=True), ("chin", None), _connector="OR"
                            ),
                        ),
                        name="budget_entry_delegated_to_a_chin",
                        violation_error_message="Money is delegated from a line to a CHIN.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__isnull", True), ("year__range", (1948, 2099)), _connector="OR"),
                        name="budget_entry_year",
                        violation_error_message="That financial year is none the portal knows.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="financial year")),
                ("allocated", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("earmarked", models.DecimalField(db_default=0, decimal_places=2, max_digits=14)),
                ("committed", models.DecimalField(db_default=0, decimal_places=2, max_digits=14)),
                ("paid", models.DecimalField(db_default=0, decimal_places=2, max_digits=14)),
                ("overcommitted", models.BooleanField(db_default=False)),
                (
                    "chin",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="balances", to="chins.chin"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="balances", to="budget.line"
                    ),
                ),
            ],
            options={
                "ordering": ["line", "year", "chin", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "year", "chin"),
                        name="budget_balance_once",
                        nulls_distinct=False,
                        violation_error_message="There is one balance for a line, a year and a CHIN.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("allocated", None), ("allocated__gte", 0), _connector="OR"),
                        name="budget_balance_allocation_left",
                        violation_error_message="That is more than the line has.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated__isnull", False),
                            models.Q(("committed", 0), ("earmarked", 0), ("paid", 0)),
                            _connector="OR",
                        ),
                        name="budget_balance_stated",
                        violation_error_message="No allocation is stated for this line and year, so nothing can be committed on it. Enter the allocation first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("overcommitted", True),
                            ("allocated", None),
                            (
                                "allocated__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("earmarked"), "+", models.F("committed")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="budget_balance_within_allocation",
                        violation_error_message="That is more than is left of the line’s allocation.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paid__lte", models.F("committed"))),
                        name="budget_balance_within_commitment",
                        violation_error_message="That would be more paid than is committed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("committed__gte", 0), ("earmarked__gte", 0), ("paid__gte", 0)),
                        name="budget_balance_none_below_nothing",
                        violation_error_message="That takes off more than there is.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LineEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("slug", models.SlugField(db_index=False, max_length=80)),
                ("name", models.CharField(max_length=150)),
                (
                    "kind",
                    models.CharField(
                        choices=[("recurrent", "Recurrent"), ("non-recurrent", "Non-recurrent")],
                        max_length=13,
                        verbose_name="type",
                    ),
                ),
                ("first_year", models.PositiveSmallIntegerField(verbose_name="first financial year")),
                (
                    "last_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="last financial year"),
                ),
                ("inside", models.BooleanField(default=True, verbose_name="part of the programme budget")),
                ("cost_centre", models.CharField(blank=True, max_length=20, verbose_name="cost centre")),
                ("subjective_code", models.CharField(blank=True, max_length=20, verbose_name="subjective code")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("place", models.PositiveSmallIntegerField(default=100, verbose_name="place in the table")),
                (
                    "commissioner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.post",
                        verbose_name="owner’s post",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="budget.line",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budget.source",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContributionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("party", models.CharField(max_length=150)),
                ("year", models.PositiveSmallIntegerField(verbose_name="financial year")),
                ("amount", models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="budget.contribution",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="budget.source",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SourceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=150)),
                (
                    "funder",
                    models.CharField(
                        choices=[("nhs_england", "NHS England"), ("ccg", "CCG"), ("council", "Council")], max_length=11
                    ),
                ),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("own", "Own allocation"),
                            ("section_75", "Section 75, pooled"),
                            ("section_256", "Section 256, transfer to the council"),
                            ("section_76", "Section 76, transfer from the council"),
                        ],
                        default="own",
                        max_length=11,
                        verbose_name="legal basis",
                    ),
                ),
                ("agreement", models.CharField(blank=True, max_length=300, verbose_name="agreement")),
                ("agreed_from", models.DateField(blank=True, null=True, verbose_name="agreement from")),
                ("agreed_to", models.DateField(blank=True, null=True, verbose_name="agreement to")),
                (
                    "commissioner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="budget.source",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="source",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_sourceevent" ("agreed_from", "agreed_to", "agreement", "commissioner_id", "funder", "id", "legal_basis", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."agreed_from", new_values."agreed_to", new_values."agreement", new_values."commissioner_id", new_values."funder", new_values."id", new_values."legal_basis", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3c042dcf2ccfaafe906c8ff727203366844c81f3",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5364e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="budget_source",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="source",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_sourceevent" ("agreed_from", "agreed_to", "agreement", "commissioner_id", "funder", "id", "legal_basis", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."agreed_from", new_values."agreed_to", new_values."agreement", new_values."commissioner_id", new_values."funder", new_values."id", new_values."legal_basis", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="0b6725e5d03af5ffce867ee688276e8b4d02dbdd",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bf758",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="budget_source",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contribution",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_contributionevent" ("amount", "id", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "year") SELECT new_values."amount", new_values."id", new_values."party", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."source_id", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="483faf454db1ee964c8a92af5c4a44fd071428ce",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a2505",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="budget_contribution",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contribution",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_contributionevent" ("amount", "id", "party", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "year") SELECT new_values."amount", new_values."id", new_values."party", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."source_id", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="55b0c0e1c4ccde717c23bf0c7cffff2562c1a31b",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9b0e7",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="budget_contribution",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="line",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="693ae3705589cf80668b0690496f2a781bf0f1c8",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_be842",
                    table="budget_line",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="line",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_lineevent" ("commissioner_id", "cost_centre", "first_year", "id", "inside", "kind", "last_year", "name", "note", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "slug", "source_id", "subjective_code") SELECT new_values."commissioner_id", new_values."cost_centre", new_values."first_year", new_values."id", new_values."inside", new_values."kind", new_values."last_year", new_values."name", new_values."note", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."place", new_values."slug", new_values."source_id", new_values."subjective_code" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b0672878b09f455d0757adc612ac89f4298bf438",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d896e",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="budget_line",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="line",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_lineevent" ("commissioner_id", "cost_centre", "first_year", "id", "inside", "kind", "last_year", "name", "note", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "slug", "source_id", "subjective_code") SELECT new_values."commissioner_id", new_values."cost_centre", new_values."first_year", new_values."id", new_values."inside", new_values."kind", new_values."last_year", new_values."name", new_values."note", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."place", new_values."slug", new_values."source_id", new_values."subjective_code" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fc26006f5d37621f68665aa7f311875f8d1266ff",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c42af",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="budget_line",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="growth",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_growthevent" ("basis", "id", "line_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") SELECT new_values."basis", new_values."id", new_values."line_id", new_values."percent", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."year" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="dc5f72921a54e8087b204004e1d45ba49738b0e9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_78aa7",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="budget_growth",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="growth",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "budget_growthevent" ("basis", "id", "line_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "year") SELECT new_values."basis", new_values."id", new_values."line_id", new_values."percent", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."year" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="075a1820062fc12cc6eefb124dbf684d8d021356",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b6a2c",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="budget_growth",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="growthevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1b6db11153497c7ca216379a86b4023ea27abdca",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_129d7",
                    table="budget_growthevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5eb56480379ad8d5c2bfe3ee39fb73c293c4c924",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_never_changed_b3e01",
                    table="budget_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="fits",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    DECLARE\n        its budget_line%ROWTYPE;\n        undone budget_entry%ROWTYPE;\n    BEGIN\n        SELECT * INTO its FROM budget_line WHERE id = NEW.line_id FOR KEY SHARE;\n        IF NEW.day > (clock_timestamp() AT TIME ZONE 'Europe/London')::date THEN\n            RAISE EXCEPTION 'An entry is of today or an earlier day.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_not_to_come';\n        END IF;\n        IF NEW.kind IN ('allocation', 'allocation_cut', 'virement_in', 'virement_out', 'delegated_in', 'delegated_out', 'carried_in', 'carried_out', 'returned') AND NEW.kind <> 'carried_in'\n           AND (NEW.year < its.first_year OR NEW.year > its.last_year) THEN\n            RAISE EXCEPTION 'The line does not run in that financial year.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_while_the_line_runs';\n        END IF;\n        IF NEW.chin_id IS NOT NULL AND NOT EXISTS (\n            SELECT FROM chins_chin WHERE id = NEW.chin_id AND commissioner_id = its.commissioner_id\n        ) THEN\n            RAISE EXCEPTION 'The CHIN is of another commissioner than the line.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_own_chin';\n        END IF;\n        IF (NEW.kind = 'payment_reversed') AND NEW.reverses_id IS NULL THEN\n            RAISE EXCEPTION 'A payment that is reversed is named.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_names_what_it_reverses';\n        END IF;\n        IF NEW.reverses_id IS NOT NULL THEN\n            SELECT * INTO undone FROM budget_entry WHERE id = NEW.reverses_id;\n            IF (undone.line_id, undone.year, undone.chin_id, undone.amount)\n               IS DISTINCT FROM (NEW.line_id, NEW.year, NEW.chin_id, NEW.amount)\n               OR (undone.kind, NEW.kind) NOT IN (\n                   ('payment', 'payment_reversed'),\n                   ('commitment', 'commitment_reduced'),\n                   ('earmark', 'earmark_released')\n               ) THEN\n                RAISE EXCEPTION 'An entry is reversed whole, on its own line, for its own year.'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_reversed_whole';\n            END IF;\n        END IF;\n        RETURN NEW;\n    END;\n",
                    hash="f10e4bf345f1bc6017fbc773953ce24c679fac70",
                    operation="INSERT",
                    pgid="pgtrigger_fits_0e845",
                    table="budget_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="balances_follow",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE refused text;",
                    func="\n    IF EXISTS (\n        SELECT FROM entered WHERE transfer IS NOT NULL GROUP BY transfer\n        HAVING coalesce(sum(CASE WHEN kind IN ('allocation', 'virement_in', 'delegated_in', 'carried_in') THEN amount WHEN kind IN ('allocation_cut', 'virement_out', 'delegated_out', 'carried_out', 'returned') THEN -amount END), 0) <> 0\n    ) THEN\n        RAISE EXCEPTION 'Money that moves has two sides of the same sum, written together.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_entry_sides_agree';\n    END IF;\n    INSERT INTO budget_balance (line_id, year, chin_id)\n        SELECT DISTINCT line_id, year, chin_id FROM entered ORDER BY line_id, year, chin_id\n        ON CONFLICT DO NOTHING;\n    PERFORM FROM budget_balance b\n        WHERE EXISTS (\n            SELECT FROM entered e\n            WHERE e.line_id = b.line_id AND e.year = b.year AND e.chin_id IS NOT DISTINCT FROM b.chin_id\n        )\n        ORDER BY b.line_id, b.year, b.chin_id FOR NO KEY UPDATE;\n    SELECT l.name INTO refused\n        FROM entered e\n        JOIN budget_balance b ON b.line_id = e.line_id AND b.year = e.year AND b.chin_id IS NOT DISTINCT FROM e.chin_id\n        JOIN budget_line l ON l.id = e.line_id\n        WHERE b.overcommitted AND e.kind IN ('earmark', 'commitment') LIMIT 1;\n    IF refused IS NOT NULL THEN\n        RAISE EXCEPTION '% is overcommitted since its allocation was cut: it takes no new commitment.', refused\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_balance_overcommitted';\n    END IF;\n    UPDATE budget_balance b SET\n        allocated = now_is.allocated, earmarked = now_is.earmarked, committed = now_is.committed, paid = now_is.paid,\n        overcommitted = (now_is.cut OR b.overcommitted) AND now_is.allocated < now_is.earmarked + now_is.committed\n    FROM (\n        SELECT was.id,\n               CASE WHEN more.stated THEN coalesce(was.allocated, 0) + more.allocated ELSE was.allocated END AS allocated,\n               was.earmarked + more.earmarked AS earmarked,\n               was.committed + more.committed AS committed,\n               was.paid + more.paid AS paid,\n               more.cut\n        FROM budget_balance was\n        JOIN (\n            SELECT line_id, year, chin_id, bool_or(kind IN ('allocation', 'allocation_cut', 'virement_in', 'virement_out', 'delegated_in', 'delegated_out', 'carried_in', 'carried_out', 'returned')) AS stated,\n                   bool_or(kind = 'allocation_cut') AS cut,\n                   coalesce(sum(CASE WHEN kind IN ('allocation', 'virement_in', 'delegated_in', 'carried_in') THEN amount WHEN kind IN ('allocation_cut', 'virement_out', 'delegated_out', 'carried_out', 'returned') THEN -amount END), 0) AS allocated, coalesce(sum(CASE WHEN kind IN ('earmark') THEN amount WHEN kind IN ('earmark_released') THEN -amount END), 0) AS earmarked,\n                   coalesce(sum(CASE WHEN kind IN ('commitment') THEN amount WHEN kind IN ('commitment_reduced') THEN -amount END), 0) AS committed, coalesce(sum(CASE WHEN kind IN ('payment') THEN amount WHEN kind IN ('payment_reversed') THEN -amount END), 0) AS paid\n            FROM entered GROUP BY line_id, year, chin_id\n        ) more ON more.line_id = was.line_id AND more.year = was.year AND more.chin_id IS NOT DISTINCT FROM was.chin_id\n    ) now_is\n    WHERE now_is.id = b.id;\n    RETURN NULL;\n",
                    hash="f318a2936b3118c09d34af8b3cc8ce9ec894a7a8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_balances_follow_8b903",
                    referencing="REFERENCING NEW TABLE AS entered ",
                    table="budget_entry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="balance",
            trigger=pgtrigger.compiler.Trigger(
                name="only_by_entries",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (pg_trigger_depth() = 0)",
                    func="\n    RAISE EXCEPTION 'A balance is what its entries come to, and nothing else writes it.'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_balance_only_by_entries';\n",
                    hash="4d550f1bd5553eb9ec390b70d18f28260133f93e",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_only_by_entries_13139",
                    table="budget_balance",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lineevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7e41a42b660d4d6ef4377f90feb6f67581cbb8a8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ae3ed",
                    table="budget_lineevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contributionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d1b34e08c5399c8fb8ab50db15c6ed62afbab60e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_59f86",
                    table="budget_contributionevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sourceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cf3ea58acce7898c8918f3826cc183968c6437bd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a824b",
                    table="budget_sourceevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
