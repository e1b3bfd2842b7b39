"""Commissioners, practices and federations, their dated facts, list sizes, contacts and outlines."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import practices.models


class Migration(migrations.Migration):
    initial = True

    # and the former one of this name, which can’t name itself
    replaces = [
        ("practices", "0002_codes_and_who_was_spoken_to"),
        ("practices", "0003_names_by_trigrams"),
        ("practices", "0004_outlines"),
        ("practices", "0005_practice_split"),
        ("practices", "0006_list_size_ages"),
        ("practices", "0007_trigrams_kept_up_at_once"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("kit", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Commissioner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ods_code",
                    models.CharField(
                        max_length=5,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([0-9A-Z]{3}|[A-Z][0-9][A-Z][0-9][A-Z])$",
                                "The code of a commissioner is three letters and digits, like 07M or QMJ, or five like D9Y0V.",
                            )
                        ],
                        verbose_name="ODS code",
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("short_name", models.CharField(max_length=80)),
                ("opened", models.DateField(blank=True, null=True)),
                ("closed", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("local_word", models.CharField(default="CHIN", max_length=60, verbose_name="word for a CHIN")),
                (
                    "local_word_plural",
                    models.CharField(default="CHINs", max_length=60, verbose_name="word for several CHINs"),
                ),
                ("band_low", models.PositiveIntegerField(blank=True, null=True, verbose_name="size band from")),
                ("band_high", models.PositiveIntegerField(blank=True, null=True, verbose_name="size band to")),
                ("band_source", models.CharField(blank=True, max_length=200, verbose_name="where the band comes from")),
                ("target_day", models.DateField(blank=True, null=True, verbose_name="full coverage due")),
                ("in_programme", models.BooleanField(default=False, verbose_name="takes part in the programme")),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="practices.commissioner",
                    ),
                ),
            ],
            options={
                "ordering": ["short_name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("band_low__isnull", True),
                            ("band_high__isnull", True),
                            ("band_low__lte", models.F("band_high")),
                            _connector="OR",
                        ),
                        name="practices_commissioner_band_in_order",
                        violation_error_message="The size band's lower end must not be above its upper end.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened__isnull", True),
                            ("closed__isnull", True),
                            ("opened__lte", models.F("closed")),
                            _connector="OR",
                        ),
                        name="practices_commissioner_closed_after_opened",
                        violation_error_message="The last day must not be before the day it opened.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ods_code__regex", "^([0-9A-Z]{3}|[A-Z][0-9][A-Z][0-9][A-Z])$")),
                        name="practices_commissioner_ods_code_shape",
                        violation_error_message="The code of a commissioner is three letters and digits, like 07M or QMJ, or five like D9Y0V.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Practice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ods_code",
                    models.CharField(
                        max_length=6,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]\\d{5}$", "An ODS code of a practice is a letter and five digits, like E83035."
                            )
                        ],
                        verbose_name="ODS code",
                    ),
                ),
                ("illustrative", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["ods_code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ods_code__regex", "^[A-Z]\\d{5}$")),
                        name="practices_practice_ods_code_shape",
                        violation_error_message="An ODS code of a practice is a letter and five digits, like E83035.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("illustrative", True), ("ods_code__regex", "^Z99\\d{3}$")),
                            models.Q(
                                ("illustrative", False), models.Q(("ods_code__regex", "^Z99\\d{3}$"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="practices_practice_illustrative_codes",
                        violation_error_message="Codes from Z99000 to Z99999 are for illustrative practices alone.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("illustrative", "<>")],
                        name="practices_practice_never_mixed",
                        violation_error_message="Illustrative and real practices can’t be in one database.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PracticeDetail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, max_length=400, verbose_name="address, without the postcode")),
                ("postcode", models.CharField(blank=True, max_length=8)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("mailbox", models.EmailField(blank=True, max_length=254, verbose_name="shared mailbox")),
                ("borough", models.CharField(blank=True, max_length=60)),
                ("prescribing_setting", models.CharField(default="4", max_length=3)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="details", to="practices.practice"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("held__upper_inf", True)), fields=["name"], name="practices_detail_by_name"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("held__upper_inf", True)),
                        fastupdate=False,
                        fields=["name"],
                        name="practices_detail_trigrams",
                        opclasses=["gin_trgm_ops"],
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="practices_practicedetail_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="practices_practicedetail_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="practices_practicedetail_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("practice", "="), ("period", "&&"), ("held", "&&")],
                        name="practices_practicedetail_one_a_day",
                        violation_error_message="The practice already has a name and address for some of these days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PracticeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "ods_code",
                    models.CharField(
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]\\d{5}$", "An ODS code of a practice is a letter and five digits, like E83035."
                            )
                        ],
                        verbose_name="ODS code",
                    ),
                ),
                ("illustrative", models.BooleanField(default=False, editable=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                        to="practices.practice",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PracticeStanding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("closed", "Closed"),
                            ("proposed", "Proposed"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="standings", to="practices.practice"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("held__upper_inf", True)),
                        fields=["commissioner", "practice"],
                        include=("status", "period"),
                        name="practices_standing_held",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="practices_practicestanding_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="practices_practicestanding_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="practices_practicestanding_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("practice", "="), ("period", "&&"), ("held", "&&")],
                        name="practices_practicestanding_one_a_day",
                        violation_error_message="The practice already has a status and a commissioner for some of these days.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "dormant", "closed", "proposed"])),
                        name="practices_practicestanding_known_status",
                        violation_error_message="A practice is active, dormant, closed or proposed.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="successions", to="practices.practice"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions_from",
                        to="practices.practice",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("merger", "Merger"), ("split", "Split")],
                        db_default="merger",
                        default="merger",
                        max_length=6,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="practices_succession_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="practices_succession_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="practices_succession_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("predecessor", models.F("successor")), _negated=True),
                        name="practices_succession_not_itself",
                        violation_error_message="A practice can’t merge into itself.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("predecessor", "="),
                            ("successor", "="),
                            ("kind", "="),
                            ("period", "&&"),
                            ("held", "&&"),
                        ],
                        name="practices_succession_once",
                        violation_error_message="This is already recorded.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["merger", "split"])),
                        name="practices_succession_known_kind",
                        violation_error_message="Practices merge, or one splits.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("kind", "split")),
                        expressions=[("successor", "="), ("period", "&&"), ("held", "&&")],
                        name="practices_succession_split_off_one",
                        violation_error_message="It has already split off from a practice.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommissionerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "ods_code",
                    models.CharField(
                        max_length=5,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^([0-9A-Z]{3}|[A-Z][0-9][A-Z][0-9][A-Z])$",
                                "The code of a commissioner is three letters and digits, like 07M or QMJ, or five like D9Y0V.",
                            )
                        ],
                        verbose_name="ODS code",
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("short_name", models.CharField(max_length=80)),
                ("opened", models.DateField(blank=True, null=True)),
                ("closed", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("local_word", models.CharField(default="CHIN", max_length=60, verbose_name="word for a CHIN")),
                (
                    "local_word_plural",
                    models.CharField(default="CHINs", max_length=60, verbose_name="word for several CHINs"),
                ),
                ("band_low", models.PositiveIntegerField(blank=True, null=True, verbose_name="size band from")),
                ("band_high", models.PositiveIntegerField(blank=True, null=True, verbose_name="size band to")),
                ("band_source", models.CharField(blank=True, max_length=200, verbose_name="where the band comes from")),
                ("target_day", models.DateField(blank=True, null=True, verbose_name="full coverage due")),
                ("in_programme", models.BooleanField(default=False, verbose_name="takes part in the programme")),
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
                        to="practices.commissioner",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.commissioner",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("outcome", models.CharField(max_length=300)),
                ("next_step", models.CharField(blank=True, max_length=300)),
                ("next_day", models.DateField(blank=True, null=True, verbose_name="next step by")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="practices.practice"
                    ),
                ),
                ("spoke_to", models.CharField(blank=True, max_length=100, verbose_name="spoke to")),
            ],
            options={
                "ordering": ["-day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Federation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=150)),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="federations",
                        to="practices.commissioner",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NamesRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names_releases",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="practices_namesrelease_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="practices_namesrelease_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="practices_namesrelease_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("commissioner", "="), ("period", "&&"), ("held", "&&")],
                        name="practices_namesrelease_one_a_day",
                        violation_error_message="The names are already released.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListSize",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="extract day")),
                ("patients", models.IntegerField()),
                ("row_number", models.IntegerField(verbose_name="row in the file")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_sizes",
                        to="kit.import",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="list_sizes",
                        to="practices.practice",
                    ),
                ),
                (
                    "ages",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=18),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=["day", "practice"],
                        include=("patients",),
                        name="practices_listsize_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("ages__isnull", False)),
                        fields=["practice", "day"],
                        name="practices_listsize_with_ages",
                    ),
                    models.Index(
                        condition=models.Q(("ages__isnull", False)),
                        fields=["day", "practice"],
                        name="practices_listsize_ages_by_day",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("practice", "day"),
                        include=("patients",),
                        name="practices_listsize_one_a_day",
                        violation_error_message="The practice already has a list size for this day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("patients__gte", 0), ("patients__lte", 200000)),
                        name="practices_listsize_possible",
                        violation_error_message="A list size is a whole number from 0 to 200,000.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ages__isnull", True),
                            practices.models.AddUp(models.F("ages"), models.F("patients")),
                            _connector="OR",
                        ),
                        name="practices_listsize_ages_add_up",
                        violation_error_message="The patients of all ages are as many as the list has.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PracticeDetailEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, max_length=400, verbose_name="address, without the postcode")),
                ("postcode", models.CharField(blank=True, max_length=8)),
                ("telephone", models.CharField(blank=True, max_length=40)),
                ("mailbox", models.EmailField(blank=True, max_length=254, verbose_name="shared mailbox")),
                ("borough", models.CharField(blank=True, max_length=60)),
                ("prescribing_setting", models.CharField(default="4", max_length=3)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        to="practices.practicedetail",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.practice",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PracticeStandingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("dormant", "Dormant"),
                            ("closed", "Closed"),
                            ("proposed", "Proposed"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        to="practices.practicestanding",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.practice",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SuccessionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        to="practices.succession",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.practice",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.practice",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("merger", "Merger"), ("split", "Split")],
                        db_default="merger",
                        default="merger",
                        max_length=6,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FederationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("slug", models.SlugField(db_index=False, max_length=60)),
                ("name", models.CharField(max_length=150)),
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
                        to="practices.federation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FederationMembership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "federation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="practices.federation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="federation_memberships",
                        to="practices.practice",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="practices_federationmembership_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="practices_federationmembership_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="practices_federationmembership_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("practice", "="), ("period", "&&"), ("held", "&&")],
                        name="practices_federationmembership_one_a_day",
                        violation_error_message="The practice is already in a federation for some of these days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NamesReleaseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        to="practices.namesrelease",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContactEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("outcome", models.CharField(max_length=300)),
                ("next_step", models.CharField(blank=True, max_length=300)),
                ("next_day", models.DateField(blank=True, null=True, verbose_name="next step by")),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, editable=False, max_length=300)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        to="practices.contact",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.practice",
                    ),
                ),
                ("spoke_to", models.CharField(blank=True, max_length=100, verbose_name="spoke to")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FederationMembershipEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="record")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="from and to")),
                ("held", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, verbose_name="held")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "closed_act",
                    models.CharField(
                        blank=True,
                        choices=[("ended", "Ended"), ("corrected", "Corrected"), ("voided", "Voided: never true")],
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("closed_reason", models.TextField(blank=True, editable=False)),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "federation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.federation",
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
                        to="practices.federationmembership",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.practice",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Outline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("borough", "Borough"), ("ward", "Ward")], max_length=7)),
                ("code", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=100)),
                ("shape", models.JSONField()),
                ("west", models.FloatField()),
                ("south", models.FloatField()),
                ("east", models.FloatField()),
                ("north", models.FloatField()),
                (
                    "source",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="outlines", to="kit.import"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "code"),
                        name="practices_outline_once",
                        violation_error_message="This area already has an outline.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["borough", "ward"])),
                        name="practices_outline_known_kind",
                        violation_error_message="An outline is one of a borough or a ward.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="commissioner",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_commissionerevent" ("band_high", "band_low", "band_source", "closed", "id", "in_programme", "local_word", "local_word_plural", "name", "ods_code", "opened", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "successor_id", "target_day") SELECT new_values."band_high", new_values."band_low", new_values."band_source", new_values."closed", new_values."id", new_values."in_programme", new_values."local_word", new_values."local_word_plural", new_values."name", new_values."ods_code", new_values."opened", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."short_name", new_values."successor_id", new_values."target_day" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="aeeb98f7052fa173068a3318385d188dc1a46f1b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7d785",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_commissioner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="commissioner",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_commissionerevent" ("band_high", "band_low", "band_source", "closed", "id", "in_programme", "local_word", "local_word_plural", "name", "ods_code", "opened", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "successor_id", "target_day") SELECT new_values."band_high", new_values."band_low", new_values."band_source", new_values."closed", new_values."id", new_values."in_programme", new_values."local_word", new_values."local_word_plural", new_values."name", new_values."ods_code", new_values."opened", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."short_name", new_values."successor_id", new_values."target_day" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="68e33a03154382e944a4491264624e225b7ecbb4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f4d30",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_commissioner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practice",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_practiceevent" ("created_at", "id", "illustrative", "ods_code", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."id", new_values."illustrative", new_values."ods_code", _pgh_attached_context.value, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7d41fc0fde6a3909f91a63663e9856f07aa2ba5f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e4133",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_practice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practice",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_practiceevent" ("created_at", "id", "illustrative", "ods_code", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."created_at", new_values."id", new_values."illustrative", new_values."ods_code", _pgh_attached_context.value, NOW(), \'update\', new_values."id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="8b83b326cc5301b9d2f7f52cbbb10dbcf221668b",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_26eae",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_practice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicedetail",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="0c4d137728ba4508037117065dd027f7a4ce6945",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_c926f",
                    table="practices_practicedetail",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicedetail",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="cfba6e50da429490d3cf255957992259186c2487",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_6b55d",
                    table="practices_practicedetail",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicedetail",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_practicedetailevent" ("address", "borough", "closed_act", "closed_by_id", "closed_reason", "held", "id", "latitude", "longitude", "mailbox", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "practice_id", "prescribing_setting", "reason", "recorded_by_id", "telephone", "thread") SELECT new_values."address", new_values."borough", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."latitude", new_values."longitude", new_values."mailbox", new_values."name", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."postcode", new_values."practice_id", new_values."prescribing_setting", new_values."reason", new_values."recorded_by_id", new_values."telephone", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1724487f711a4920928cb04b3237dd85b7a8943f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c7494",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_practicedetail",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicedetail",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_practicedetailevent" ("address", "borough", "closed_act", "closed_by_id", "closed_reason", "held", "id", "latitude", "longitude", "mailbox", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "practice_id", "prescribing_setting", "reason", "recorded_by_id", "telephone", "thread") SELECT new_values."address", new_values."borough", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."latitude", new_values."longitude", new_values."mailbox", new_values."name", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."postcode", new_values."practice_id", new_values."prescribing_setting", new_values."reason", new_values."recorded_by_id", new_values."telephone", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9ac9f7988f66737a4f0f57a8d21771daa4666d33",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a0b24",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_practicedetail",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practiceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="45cd0ce1286ba2239e9c40f2a0715d8bbaf892a8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_729ec",
                    table="practices_practiceevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicestanding",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8053762423d5d773767aa1231dfa7b2ca346db0b",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_58b85",
                    table="practices_practicestanding",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicestanding",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="d2f486e4c16fca118bd5727c0dc68636964a98e4",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_8a779",
                    table="practices_practicestanding",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicestanding",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_practicestandingevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "reason", "recorded_by_id", "status", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."practice_id", new_values."reason", new_values."recorded_by_id", new_values."status", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="0d28eb3374bd2661ecb0e365ae7a7aef56e5690d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_360c6",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_practicestanding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicestanding",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_practicestandingevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "reason", "recorded_by_id", "status", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."practice_id", new_values."reason", new_values."recorded_by_id", new_values."status", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fc9df7ff71293b65b2fbf4fd2fe7af84bc59ea36",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8210d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_practicestanding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="e4adabff335496589cf9bb45153079b4f4cb58c8",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_28263",
                    table="practices_succession",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="7dae925a6a6ef706e8422fb5daafb7ea07f5580e",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_a39e3",
                    table="practices_succession",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="splits_off_on_its_first_day",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"kind\" = 'split')",
                    func="\n                    IF lower(NEW.period) IS DISTINCT FROM (\n                        SELECT min(lower(s.period)) FROM practices_practicestanding s\n                        WHERE s.practice_id = NEW.successor_id AND upper_inf(s.held)\n                    ) OR NOT EXISTS (\n                        SELECT FROM practices_practicestanding s\n                        WHERE s.practice_id = NEW.predecessor_id AND upper_inf(s.held)\n                          AND s.period @> lower(NEW.period) - 1 AND s.status IN ('active', 'dormant')\n                    ) THEN\n                        RAISE EXCEPTION 'A practice splits while it is open, and what splits off begins with that day.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'practices_succession_split_off_first_day';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="8eca4e0922894aba453287c1957061eca9a27ad5",
                    operation="INSERT",
                    pgid="pgtrigger_splits_off_on_its_first_day_c6777",
                    table="practices_succession",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="no_circle",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"kind\" = 'merger')",
                    func="\n                    PERFORM pg_advisory_xact_lock(hashtext('practices_succession'));\n                    IF EXISTS (\n                        WITH RECURSIVE after(practice_id) AS (\n                            SELECT NEW.successor_id\n                            UNION\n                            SELECT s.successor_id FROM practices_succession s JOIN after a\n                                ON s.predecessor_id = a.practice_id AND upper_inf(s.held) AND s.kind = 'merger'\n                        )\n                        SELECT FROM after WHERE practice_id = NEW.predecessor_id\n                    ) THEN\n                        RAISE EXCEPTION 'Practices can''t merge in a circle.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'practices_succession_no_circle';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="121d0316311b9572b3dba6d91d1cdc3018dd93ec",
                    operation="INSERT",
                    pgid="pgtrigger_no_circle_f751a",
                    table="practices_succession",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_successionevent" ("closed_act", "closed_by_id", "closed_reason", "held", "id", "kind", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "predecessor_id", "reason", "recorded_by_id", "successor_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."kind", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."predecessor_id", new_values."reason", new_values."recorded_by_id", new_values."successor_id", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9000a2af2d303b11b9c8c593be51402df5c61be8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_967ac",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_succession",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="succession",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_successionevent" ("closed_act", "closed_by_id", "closed_reason", "held", "id", "kind", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "predecessor_id", "reason", "recorded_by_id", "successor_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."kind", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."predecessor_id", new_values."reason", new_values."recorded_by_id", new_values."successor_id", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="825084b6a0c3884165fafa57419a30063a43f368",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_92b4c",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_succession",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="commissionerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="de6b719ed95df32bf2df44fe4821cce185a36ab8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_68d1c",
                    table="practices_commissionerevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="7e5b2e01b0d715050d3f0b52c74d1a703f9fdb19",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_6e54d",
                    table="practices_contact",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_contactevent" ("day", "id", "made_by_id", "next_day", "next_step", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "recorded_at", "spoke_to", "withdrawn_at", "withdrawn_reason") SELECT new_values."day", new_values."id", new_values."made_by_id", new_values."next_day", new_values."next_step", new_values."outcome", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."practice_id", new_values."recorded_at", new_values."spoke_to", new_values."withdrawn_at", new_values."withdrawn_reason" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="89af5ff82c61038c8cff2cb66885768a0bcf0a83",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_99619",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_contactevent" ("day", "id", "made_by_id", "next_day", "next_step", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "recorded_at", "spoke_to", "withdrawn_at", "withdrawn_reason") SELECT new_values."day", new_values."id", new_values."made_by_id", new_values."next_day", new_values."next_step", new_values."outcome", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."practice_id", new_values."recorded_at", new_values."spoke_to", new_values."withdrawn_at", new_values."withdrawn_reason" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1377c1a58c86ea34c04bbc737a83e3f2d3f62889",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0b627",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_federationevent" ("commissioner_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") SELECT new_values."commissioner_id", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."slug" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="802a1ce5af606b9eb999d6380c104d4db8dd666a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0edaa",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_federation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_federationevent" ("commissioner_id", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") SELECT new_values."commissioner_id", new_values."id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."slug" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="01d16f74d74ab5903af2b5b85772cf596464c655",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4ac59",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_federation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="namesrelease",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="7be3670250f852f66e3a7fb4dc2bb8d4178d6ea4",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_2971f",
                    table="practices_namesrelease",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="namesrelease",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="96067fb4229920022973996f1f500480cae9ac37",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_ef86c",
                    table="practices_namesrelease",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="namesrelease",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_namesreleaseevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="96d6cc40aa5883e5e95bceabb1a23e72a14555b0",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f1c78",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_namesrelease",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="namesrelease",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_namesreleaseevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="5edfbf7f222bf89f7c68dbedbbe1beed26a1e196",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_994d1",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_namesrelease",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listsize",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="cf6ab98c7ca0b86322520e40c96c828bd2905da6",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_b0792",
                    table="practices_listsize",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listsize",
            trigger=pgtrigger.compiler.Trigger(
                name="only_superseded_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL\n                       OR (NEW.practice_id, NEW.day, NEW.patients, NEW.ages, NEW.source_id, NEW.row_number, NEW.recorded_at)\n                          IS DISTINCT FROM\n                          (OLD.practice_id, OLD.day, OLD.patients, OLD.ages, OLD.source_id, OLD.row_number, OLD.recorded_at)\n                    THEN\n                        RAISE EXCEPTION 'A list size is superseded once and never changed.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'practices_listsize_only_superseded';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="205762f401f8265ea6cb0746a6c4eb3cebf5fb54",
                    operation="UPDATE",
                    pgid="pgtrigger_only_superseded_once_927a0",
                    table="practices_listsize",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicedetailevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cedc5b564fee4d9872704dcdd56f3ba8886a447f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bf7b3",
                    table="practices_practicedetailevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="practicestandingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c024d7190ff9949d31ff27bc1cc11b5415ee092a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6e26d",
                    table="practices_practicestandingevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="successionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="050c34236c3804634265c3c2234cc8b2da3f8a13",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b9fb4",
                    table="practices_successionevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="60a24bcf04240d14ce321735ade164f405f81f1f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9c1e5",
                    table="practices_federationevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federationmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="074f11a74b311afe3dd8bbf886932fd9d15244ee",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_cb39b",
                    table="practices_federationmembership",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federationmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="968b71777421f5d6a06c1cc4b0133cbfc8c58c7e",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_8e706",
                    table="practices_federationmembership",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federationmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_federationmembershipevent" ("closed_act", "closed_by_id", "closed_reason", "federation_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."federation_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."practice_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3af6293fe0edda11d8e2097bf5f09450d23090db",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_04194",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="practices_federationmembership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federationmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "practices_federationmembershipevent" ("closed_act", "closed_by_id", "closed_reason", "federation_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."federation_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."practice_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f4ec29aa332742f0a21620e752653b95843ed299",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0b3e1",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="practices_federationmembership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="namesreleaseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="240de1971585e315ccb39989a762de1212c4c490",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a2825",
                    table="practices_namesreleaseevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contactevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="431fc0412c3d52c1107daec845638699a630c09b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_20cd8",
                    table="practices_contactevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="federationmembershipevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cb78286b0e9fb7046cef4c65814c232bba2d0970",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3f81b",
                    table="practices_federationmembershipevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
