import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("kit", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("practices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Chin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("chin", "CHIN"), ("pcn", "Primary care network")], default="chin", max_length=4
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=6, verbose_name="ODS code of the network")),
                ("name", models.CharField(max_length=150)),
                ("footprint", models.CharField(blank=True, max_length=200, verbose_name="area it serves")),
                (
                    "focus_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="chins", to="practices.commissioner"
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_from",
                        to="chins.chin",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("code",),
                        name="chins_chin_code_once",
                        violation_error_message="Another network has this code.",
                    ),
                    models.UniqueConstraint(
                        fields=("commissioner", "name"),
                        name="chins_chin_name_once",
                        violation_error_message="This commissioner already has a CHIN of that name.",
                    ),
                ],
                "verbose_name": "CHIN",
            },
        ),
        migrations.CreateModel(
            name="CoverageRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("computed_at", models.DateTimeField()),
                ("from_day", models.DateField(null=True)),
                ("milliseconds", models.IntegerField()),
                (
                    "commissioner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="coverage_run",
                        to="practices.commissioner",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChinEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("slug", models.SlugField(db_index=False, max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("chin", "CHIN"), ("pcn", "Primary care network")], default="chin", max_length=4
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=6, verbose_name="ODS code of the network")),
                ("name", models.CharField(max_length=150)),
                ("footprint", models.CharField(blank=True, max_length=200, verbose_name="area it serves")),
                (
                    "focus_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
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
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.chin",
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
                        to="chins.chin",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChinState",
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
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("operational", "Operational"),
                            ("merged", "Merged"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "chin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="states", to="chins.chin"
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
                        name="chins_chinstate_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="chins_chinstate_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="chins_chinstate_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("chin", "="), ("period", "&&"), ("held", "&&")],
                        name="chins_chinstate_one_a_day",
                        violation_error_message="The CHIN already has a state for some of these days.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["proposed", "approved", "operational", "merged", "closed", "declined", "withdrawn"],
                            )
                        ),
                        name="chins_chinstate_known_status",
                        violation_error_message="That is not a state a CHIN can be in.",
                    ),
                ],
                "verbose_name": "CHIN state",
            },
        ),
        migrations.CreateModel(
            name="CoverageSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("status", models.CharField(blank=True, max_length=11)),
                ("practices", models.IntegerField()),
                ("patients", models.BigIntegerField()),
                ("covered_practices", models.IntegerField()),
                ("covered_patients", models.BigIntegerField()),
                ("operational_practices", models.IntegerField()),
                ("operational_patients", models.BigIntegerField()),
                ("approved_practices", models.IntegerField()),
                ("approved_patients", models.BigIntegerField()),
                ("proposed_practices", models.IntegerField()),
                ("proposed_patients", models.BigIntegerField()),
                ("carried_forward", models.IntegerField()),
                ("without_list", models.IntegerField()),
                ("extract_day", models.DateField(null=True)),
                ("computed_at", models.DateTimeField()),
                (
                    "chin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="chins.chin",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="practices.commissioner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("commissioner", "day", "chin"), name="chins_coveragesnapshot_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                    "chin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="chins.chin"
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
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="practices.practice"
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
                        fields=["chin", "practice"],
                        name="chins_membership_held",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="chins_membership_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="chins_membership_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="chins_membership_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("practice", "="), ("period", "&&"), ("held", "&&")],
                        name="chins_membership_one_chin_a_day",
                        violation_error_message="The practice is already in a CHIN for some of these days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
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
                ("organisation", models.CharField(max_length=150)),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("acute", "Acute trust"),
                            ("community", "Community provider"),
                            ("mental_health", "Mental health trust"),
                            ("council", "Council"),
                            ("voluntary", "Voluntary sector"),
                            ("education", "Education provider network"),
                            ("lmc", "Local medical committee"),
                            ("support", "Commissioning support"),
                            ("healthwatch", "Healthwatch"),
                            ("nhs_england", "NHS England"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "chin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="partners", to="chins.chin"
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
                        name="chins_partner_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="chins_partner_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="chins_partner_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("chin", "="), ("organisation", "="), ("period", "&&"), ("held", "&&")],
                        name="chins_partner_once",
                        violation_error_message="This organisation is already a partner on some of these days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("transformation_manager", "Transformation manager"),
                            ("finance_officer", "Finance officer"),
                            ("ncl_office", "NCL programme office"),
                            ("board_member", "Health and Wellbeing Board member"),
                            ("steering_group_lead", "CHIN Steering Group lead"),
                            ("secretary", "Secretary of a body"),
                            ("council_officer", "Council officer"),
                            ("analyst", "Public health analyst"),
                            ("chin_lead", "CHIN lead"),
                            ("qi_lead", "Quality improvement lead"),
                            ("clinical_lead", "Clinical lead"),
                            ("managerial_lead", "Managerial lead"),
                            ("spoc", "Specified Point of Contact (SPoC)"),
                            ("federation_support", "Federation support"),
                            ("qist_member", "QIST member"),
                            ("practice_manager", "Practice manager"),
                            ("federation_manager", "Federation manager"),
                            ("administrator", "Portal administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                (
                    "chin",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="chins.chin",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "federation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="practices.federation",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="practices.practice",
                    ),
                ),
            ],
            options={
                "ordering": ["title", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pk__in", []),
                            models.Q(
                                ("chin__isnull", True),
                                ("commissioner__isnull", True),
                                ("federation__isnull", True),
                                ("practice__isnull", True),
                                ("role__in", ["administrator"]),
                            ),
                            models.Q(
                                ("chin__isnull", True),
                                ("commissioner__isnull", False),
                                ("federation__isnull", True),
                                ("practice__isnull", True),
                                (
                                    "role__in",
                                    [
                                        "transformation_manager",
                                        "finance_officer",
                                        "ncl_office",
                                        "board_member",
                                        "steering_group_lead",
                                        "secretary",
                                        "council_officer",
                                        "analyst",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("chin__isnull", False),
                                ("commissioner__isnull", True),
                                ("federation__isnull", True),
                                ("practice__isnull", True),
                                (
                                    "role__in",
                                    [
                                        "chin_lead",
                                        "qi_lead",
                                        "clinical_lead",
                                        "managerial_lead",
                                        "spoc",
                                        "federation_support",
                                        "qist_member",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("chin__isnull", True),
                                ("commissioner__isnull", True),
                                ("federation__isnull", True),
                                ("practice__isnull", False),
                                ("role__in", ["practice_manager"]),
                            ),
                            models.Q(
                                ("chin__isnull", True),
                                ("commissioner__isnull", True),
                                ("federation__isnull", False),
                                ("practice__isnull", True),
                                ("role__in", ["federation_manager"]),
                            ),
                            _connector="OR",
                        ),
                        name="chins_post_has_its_scope",
                        violation_error_message="This kind of post belongs to exactly one thing of its own kind.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChinStateEvent",
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
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("operational", "Operational"),
                            ("merged", "Merged"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "chin",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.chin",
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
                        to="chins.chinstate",
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
            name="Deputy",
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
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputising",
                        to=settings.AUTH_USER_MODEL,
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
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deputies", to="chins.post"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="chins_deputy_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="chins_deputy_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="chins_deputy_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("post", "="), ("deputy", "="), ("period", "&&"), ("held", "&&")],
                        name="chins_deputy_once",
                        violation_error_message="They already deputise on some of these days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipEvent",
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
                    "chin",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.chin",
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
                        to="chins.membership",
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
            name="PartnerEvent",
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
                ("organisation", models.CharField(max_length=150)),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("acute", "Acute trust"),
                            ("community", "Community provider"),
                            ("mental_health", "Mental health trust"),
                            ("council", "Council"),
                            ("voluntary", "Voluntary sector"),
                            ("education", "Education provider network"),
                            ("lmc", "Local medical committee"),
                            ("support", "Commissioning support"),
                            ("healthwatch", "Healthwatch"),
                            ("nhs_england", "NHS England"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "chin",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.chin",
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
                        to="chins.partner",
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
            name="PostEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("transformation_manager", "Transformation manager"),
                            ("finance_officer", "Finance officer"),
                            ("ncl_office", "NCL programme office"),
                            ("board_member", "Health and Wellbeing Board member"),
                            ("steering_group_lead", "CHIN Steering Group lead"),
                            ("secretary", "Secretary of a body"),
                            ("council_officer", "Council officer"),
                            ("analyst", "Public health analyst"),
                            ("chin_lead", "CHIN lead"),
                            ("qi_lead", "Quality improvement lead"),
                            ("clinical_lead", "Clinical lead"),
                            ("managerial_lead", "Managerial lead"),
                            ("spoc", "Specified Point of Contact (SPoC)"),
                            ("federation_support", "Federation support"),
                            ("qist_member", "QIST member"),
                            ("practice_manager", "Practice manager"),
                            ("federation_manager", "Federation manager"),
                            ("administrator", "Portal administrator"),
                        ],
                        max_length=30,
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                (
                    "chin",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.chin",
                    ),
                ),
                (
                    "commissioner",
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
                (
                    "federation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
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
                        to="chins.post",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
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
            name="PostHolding",
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
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="post_holdings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holdings", to="chins.post"
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
                        fields=["holder"],
                        name="chins_postholding_by_holder",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="chins_postholding_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="chins_postholding_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="chins_postholding_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("post", "="), ("period", "&&"), ("held", "&&")],
                        name="chins_postholding_one_a_day",
                        violation_error_message="Somebody already holds this post on some of these days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeputyEvent",
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
                    "deputy",
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
                        to="chins.deputy",
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
                    "post",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.post",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PostHoldingEvent",
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
                    "holder",
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
                        to="chins.postholding",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.post",
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
        pgtrigger.migrations.AddTrigger(
            model_name="chin",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_chinevent" ("code", "commissioner_id", "focus_areas", "footprint", "id", "kind", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") SELECT new_values."code", new_values."commissioner_id", new_values."focus_areas", new_values."footprint", new_values."id", new_values."kind", new_values."merged_into_id", new_values."name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."slug" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="442b78abcaed0879ec7783304c4d7f8b6b486d62",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f999d",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_chin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chin",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_chinevent" ("code", "commissioner_id", "focus_areas", "footprint", "id", "kind", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") SELECT new_values."code", new_values."commissioner_id", new_values."focus_areas", new_values."footprint", new_values."id", new_values."kind", new_values."merged_into_id", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."slug" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d9ed29259b03bd141f2ea71068add4e46035ee22",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0d5fe",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_chin",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="69ec73168922a2c99b77fa2147d077276e1c3c38",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4180f",
                    table="chins_chinevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstate",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="1968f6a6e80266f41de2d8f6a86a1737aa592bdf",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_19cf6",
                    table="chins_chinstate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstate",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="66cadc0e8626b1761ae07cb031a52af6d55a86b3",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_3b78f",
                    table="chins_chinstate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstate",
            trigger=pgtrigger.compiler.Trigger(
                name="follows_the_route",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n                    IF EXISTS (\n                        SELECT FROM (\n                            SELECT s.status, c.kind, lower(s.period) AS first,\n                                   lag(s.status) OVER w AS before, lag(upper(s.period)) OVER w AS until\n                            FROM chins_chinstate s JOIN chins_chin c ON c.id = s.chin_id\n                            WHERE s.chin_id = NEW.chin_id AND upper_inf(s.held)\n                            WINDOW w AS (ORDER BY lower(s.period))\n                        ) AS life\n                        WHERE CASE WHEN before IS NULL THEN (kind, status) NOT IN (('chin', 'proposed'), ('pcn', 'operational'))\n                                   ELSE until IS DISTINCT FROM first OR (before, status) NOT IN (('proposed', 'approved'), ('proposed', 'declined'), ('proposed', 'withdrawn'), ('approved', 'operational'), ('approved', 'withdrawn'), ('operational', 'merged'), ('operational', 'closed')) END\n                    ) THEN\n                        RAISE EXCEPTION 'A CHIN goes from proposed to approved to operational to merged or closed, '\n                            'or is declined or withdrawn before that, without a gap.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_chinstate_follows_the_route';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="c2741313d7704802079c7ffec00bb76f0b789837",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_follows_the_route_04df5",
                    table="chins_chinstate",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstate",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_chinstateevent" ("chin_id", "closed_act", "closed_by_id", "closed_reason", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "status", "thread") SELECT new_values."chin_id", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."status", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ccba594b2307f8964d6c525512108764cdc31cf0",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ecc49",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_chinstate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstate",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_chinstateevent" ("chin_id", "closed_act", "closed_by_id", "closed_reason", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "status", "thread") SELECT new_values."chin_id", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."status", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="50e8285f45a38ffed88d43bcf8680148595a4702",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2aa8a",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_chinstate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstateevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="487a1dd570c9110a83aa767d5c895f81843ed89a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_dfaa1",
                    table="chins_chinstateevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="32f5e994bb9dc328235eb8ca8f214184959179c0",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_84b45",
                    table="chins_membership",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="75d6ce0b872500574f8ab8e102925f37ef92efe3",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_d9be5",
                    table="chins_membership",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="membership_fits",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n    IF NOT upper_inf(NEW.held) THEN RETURN NULL; END IF;\n    PERFORM 1 FROM practices_practice WHERE id = NEW.practice_id FOR NO KEY UPDATE;\n    IF EXISTS (\n        SELECT FROM chins_membership m\n        WHERE m.practice_id = NEW.practice_id AND upper_inf(m.held) AND EXISTS (\n            SELECT FROM practices_practicestanding s\n            WHERE s.practice_id = m.practice_id AND upper_inf(s.held) AND s.status = 'closed'\n              AND s.period && m.period)\n    ) THEN\n        RAISE EXCEPTION 'A practice can''t be in a CHIN after it has closed.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_open_practice';\n    END IF;\n    IF EXISTS (\n        SELECT FROM chins_membership m\n        WHERE m.practice_id = NEW.practice_id AND upper_inf(m.held) AND NOT (\n            coalesce((SELECT range_agg(s.period) FROM chins_chinstate s\n                      WHERE s.chin_id = m.chin_id AND upper_inf(s.held)\n                        AND s.status IN ('proposed', 'approved', 'operational')), '{}'::datemultirange)\n            @> m.period)\n    ) THEN\n        RAISE EXCEPTION 'A practice can be in a CHIN only while the CHIN is proposed, approved or operational.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_living_chin';\n    END IF;\n    RETURN NULL;\n",
                    hash="e9418b8a1ad3e68411862d2c8984fb2fe3563672",
                    operation="INSERT",
                    pgid="pgtrigger_membership_fits_d8fa0",
                    table="chins_membership",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_membershipevent" ("chin_id", "closed_act", "closed_by_id", "closed_reason", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "reason", "recorded_by_id", "thread") SELECT new_values."chin_id", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."practice_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b07080fd59331f4029a12a260ce1359a088ac88b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0a27d",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_membershipevent" ("chin_id", "closed_act", "closed_by_id", "closed_reason", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "reason", "recorded_by_id", "thread") SELECT new_values."chin_id", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."practice_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7f7b42a1bec84f95c7551834019d395140affb0b",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_11cf2",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membershipevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="57813aa6663996ebcebc3747a9922e9dd6e346a8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f1bc1",
                    table="chins_membershipevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partner",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="59f33f9ff001e565923ae0cb4f7fa7abdd60809a",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_12137",
                    table="chins_partner",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partner",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="dd53884c1cfc1ff5b8731ce8b10bda669ada4947",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_8efac",
                    table="chins_partner",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partner",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_partnerevent" ("chin_id", "closed_act", "closed_by_id", "closed_reason", "held", "id", "organisation", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "sector", "thread") SELECT new_values."chin_id", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."organisation", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."sector", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f5ca3e3ccadb50af4407985318a78cf08935ce47",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_82c4b",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_partner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partner",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_partnerevent" ("chin_id", "closed_act", "closed_by_id", "closed_reason", "held", "id", "organisation", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "sector", "thread") SELECT new_values."chin_id", new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."id", new_values."organisation", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."sector", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ad0ef0fbd1165b26d3ec9bfcc6876ffa4170b551",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a1d56",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_partner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partnerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a838e714db315f5bee82d31f2130cb463b252938",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b6a3f",
                    table="chins_partnerevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="post",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_postevent" ("chin_id", "commissioner_id", "federation_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "role", "title") SELECT new_values."chin_id", new_values."commissioner_id", new_values."federation_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."practice_id", new_values."role", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7e14c63753dbde273b0e9828acb7d21a317385d7",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d2d0c",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_post",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="post",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_postevent" ("chin_id", "commissioner_id", "federation_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id", "role", "title") SELECT new_values."chin_id", new_values."commissioner_id", new_values."federation_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."practice_id", new_values."role", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1b12b7e237e7f4b1af62684d559c0cc3cba682d3",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0d260",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_post",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deputyevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="588777c9ffd7d4172a3f4abf9787785894aecab2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fa4be",
                    table="chins_deputyevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deputy",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8048a7259594bf5ccb61483249aa5209ec76c3a2",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_f0c13",
                    table="chins_deputy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deputy",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="0d558b2faf81423c273e219c86c0ccf4005d7339",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_dc9ea",
                    table="chins_deputy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deputy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_deputyevent" ("closed_act", "closed_by_id", "closed_reason", "deputy_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."deputy_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."post_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a2385109df39c71b37f06e99e7a0616951f52777",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bca43",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_deputy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deputy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_deputyevent" ("closed_act", "closed_by_id", "closed_reason", "deputy_id", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."deputy_id", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."post_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1737488558336c6e7cc93e9b7935ade516e5c2d6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a46e7",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_deputy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c77e60695e1b2102bff791ee59846cbe75b09a79",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bbed0",
                    table="chins_postevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postholding",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="13be457b57ebf2ad6de53125bdb6bbf89ee96a2f",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_52687",
                    table="chins_postholding",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postholding",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="b61f88b6df6e29bcbef301faf15974978b8d17d1",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_a2479",
                    table="chins_postholding",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postholding",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_postholdingevent" ("closed_act", "closed_by_id", "closed_reason", "held", "holder_id", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."holder_id", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."post_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9b07c7369fa0008fb5caf289508067eff721c52c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6e6cf",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_postholding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postholding",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_postholdingevent" ("closed_act", "closed_by_id", "closed_reason", "held", "holder_id", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "reason", "recorded_by_id", "thread") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."held", new_values."holder_id", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."post_id", new_values."reason", new_values."recorded_by_id", new_values."thread" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="566b4d86ffcfb38a471cf70fe9ccc9e0dda5a9be",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_56fc2",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_postholding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="postholdingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f9a16ff4697a0723e7df248f92e825bfd8731bae",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_849d4",
                    table="chins_postholdingevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chinstate",
            trigger=pgtrigger.compiler.Trigger(
                name="membership_fits",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n    IF NOT upper_inf(NEW.held) THEN RETURN NULL; END IF;\n    PERFORM 1 FROM chins_chin WHERE id = NEW.chin_id FOR UPDATE;\n    IF EXISTS (\n        SELECT FROM chins_membership m\n        WHERE m.chin_id = NEW.chin_id AND upper_inf(m.held) AND EXISTS (\n            SELECT FROM practices_practicestanding s\n            WHERE s.practice_id = m.practice_id AND upper_inf(s.held) AND s.status = 'closed'\n              AND s.period && m.period)\n    ) THEN\n        RAISE EXCEPTION 'A practice can''t be in a CHIN after it has closed.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_open_practice';\n    END IF;\n    IF EXISTS (\n        SELECT FROM chins_membership m\n        WHERE m.chin_id = NEW.chin_id AND upper_inf(m.held) AND NOT (\n            coalesce((SELECT range_agg(s.period) FROM chins_chinstate s\n                      WHERE s.chin_id = m.chin_id AND upper_inf(s.held)\n                        AND s.status IN ('proposed', 'approved', 'operational')), '{}'::datemultirange)\n            @> m.period)\n    ) THEN\n        RAISE EXCEPTION 'A practice can be in a CHIN only while the CHIN is proposed, approved or operational.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_living_chin';\n    END IF;\n    RETURN NULL;\n",
                    hash="f7fc7e5d0c1e25efa8100303cf5a0ce9adaf9e1e",
                    operation="INSERT",
                    pgid="pgtrigger_membership_fits_56838",
                    table="chins_chinstate",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
