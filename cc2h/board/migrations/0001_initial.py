"""The board's days, statements and settlements."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    # and the former one of this name, which can’t name itself
    replaces = [
        ("board", "0002_guards"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("kit", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("practices", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.SlugField(max_length=60, unique=True)),
                ("chin_slug", models.SlugField(blank=True, max_length=80)),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("population_percent", "Patients in a CHIN, percent"),
                            ("practices_percent", "Practices in a CHIN, percent"),
                            ("practices_total", "Open practices"),
                            ("practices_covered", "Practices in a CHIN"),
                            ("practices_answered", "Practices that answered the LCS"),
                            ("patients_total", "Registered patients"),
                            ("chins", "CHINs"),
                            ("chin_patients", "Patients of one CHIN"),
                            ("chin_share", "Share of patients in one CHIN, percent"),
                            ("chin_practices", "Practices in one CHIN"),
                            ("full_coverage_day", "Day of full coverage"),
                            ("chin_opening", "Day a CHIN became operational"),
                            ("other", "Something the portal does not work out"),
                        ],
                        max_length=20,
                    ),
                ),
                ("as_at", models.DateField(verbose_name="day it is about")),
                (
                    "day_assumed",
                    models.BooleanField(default=False, verbose_name="that day is the portal's own assumption"),
                ),
                ("value", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("value_day", models.DateField(null=True)),
                ("says", models.CharField(max_length=300, verbose_name="what it says, in a few words")),
                ("paper", models.CharField(max_length=60)),
                ("paper_day", models.DateField(null=True)),
                ("basis", models.CharField(blank=True, max_length=400, verbose_name="how it seems to be worked out")),
                (
                    "discrepancy",
                    models.CharField(blank=True, max_length=4, verbose_name="place in the list of disagreements"),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="practices.commissioner",
                    ),
                ),
            ],
            options={
                "ordering": ["as_at", "reference"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__isnull", True), ("value_day__isnull", True), _connector="OR"),
                        name="board_statement_one_value",
                        violation_error_message="A statement has a number or a day, not both.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "measure__in",
                                [
                                    "population_percent",
                                    "practices_percent",
                                    "practices_total",
                                    "practices_covered",
                                    "practices_answered",
                                    "patients_total",
                                    "chins",
                                    "chin_patients",
                                    "chin_share",
                                    "chin_practices",
                                    "full_coverage_day",
                                    "chin_opening",
                                    "other",
                                ],
                            )
                        ),
                        name="board_statement_known_measure",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoardDay",
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
                ("day", models.DateField()),
                ("title", models.CharField(max_length=120)),
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
                        related_name="board_days",
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
                        name="board_boardday_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="board_boardday_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="board_boardday_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("commissioner", "="), ("day", "="), ("period", "&&"), ("held", "&&")],
                        name="board_boardday_once",
                        violation_error_message="This board day is already in the list.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoardDayEvent",
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
                ("day", models.DateField()),
                ("title", models.CharField(max_length=120)),
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
                        to="board.boardday",
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
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("records", "Go by the records"),
                            ("paper", "Go by the paper"),
                            ("neither", "Neither is right"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField()),
                ("settled_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopened_reason", models.TextField(blank=True)),
                (
                    "reopened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="board.statement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_at__isnull", True)),
                        fields=("statement",),
                        name="board_settlement_one_open",
                        violation_error_message="Somebody has already settled this.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("choice__in", ["records", "paper", "neither"])),
                        name="board_settlement_known_choice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("reference", models.SlugField(db_index=False, max_length=60)),
                ("chin_slug", models.SlugField(blank=True, db_index=False, max_length=80)),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("population_percent", "Patients in a CHIN, percent"),
                            ("practices_percent", "Practices in a CHIN, percent"),
                            ("practices_total", "Open practices"),
                            ("practices_covered", "Practices in a CHIN"),
                            ("practices_answered", "Practices that answered the LCS"),
                            ("patients_total", "Registered patients"),
                            ("chins", "CHINs"),
                            ("chin_patients", "Patients of one CHIN"),
                            ("chin_share", "Share of patients in one CHIN, percent"),
                            ("chin_practices", "Practices in one CHIN"),
                            ("full_coverage_day", "Day of full coverage"),
                            ("chin_opening", "Day a CHIN became operational"),
                            ("other", "Something the portal does not work out"),
                        ],
                        max_length=20,
                    ),
                ),
                ("as_at", models.DateField(verbose_name="day it is about")),
                (
                    "day_assumed",
                    models.BooleanField(default=False, verbose_name="that day is the portal's own assumption"),
                ),
                ("value", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("value_day", models.DateField(null=True)),
                ("says", models.CharField(max_length=300, verbose_name="what it says, in a few words")),
                ("paper", models.CharField(max_length=60)),
                ("paper_day", models.DateField(null=True)),
                ("basis", models.CharField(blank=True, max_length=400, verbose_name="how it seems to be worked out")),
                (
                    "discrepancy",
                    models.CharField(blank=True, max_length=4, verbose_name="place in the list of disagreements"),
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
                        to="board.statement",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SettlementEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("records", "Go by the records"),
                            ("paper", "Go by the paper"),
                            ("neither", "Neither is right"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.TextField()),
                ("settled_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopened_reason", models.TextField(blank=True)),
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
                        to="board.settlement",
                    ),
                ),
                (
                    "reopened_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="board.statement",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statement",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "board_statementevent" ("as_at", "basis", "chin_slug", "commissioner_id", "day_assumed", "discrepancy", "id", "measure", "paper", "paper_day", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "says", "value", "value_day") SELECT new_values."as_at", new_values."basis", new_values."chin_slug", new_values."commissioner_id", new_values."day_assumed", new_values."discrepancy", new_values."id", new_values."measure", new_values."paper", new_values."paper_day", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reference", new_values."says", new_values."value", new_values."value_day" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3cc4c0a7f4335235bac36f267f7cb112e64f7bd2",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_403ba",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="board_statement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statement",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "board_statementevent" ("as_at", "basis", "chin_slug", "commissioner_id", "day_assumed", "discrepancy", "id", "measure", "paper", "paper_day", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "says", "value", "value_day") SELECT new_values."as_at", new_values."basis", new_values."chin_slug", new_values."commissioner_id", new_values."day_assumed", new_values."discrepancy", new_values."id", new_values."measure", new_values."paper", new_values."paper_day", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reference", new_values."says", new_values."value", new_values."value_day" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fa618af49cb0b20c59cfbb14d5d6b93d763a2c76",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_060d5",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="board_statement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boardday",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="dc775774a6674916986234db4e0bb812fd326629",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_b052f",
                    table="board_boardday",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boardday",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="e7f7b8a44c2706f472a21d1e243a2f2631e99437",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_0268c",
                    table="board_boardday",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boardday",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "board_boarddayevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "day", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "thread", "title") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."day", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."thread", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="8839ba799f6390594497c9d8ae936414aa15cd81",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_87c51",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="board_boardday",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boardday",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "board_boarddayevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "day", "held", "id", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "thread", "title") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."day", new_values."held", new_values."id", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."thread", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3f7181a642771e201a487d400ce62a5284251a48",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3b06f",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="board_boardday",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="boarddayevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e81372085269a56a9f1361c9154b4f344252ee57",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8afca",
                    table="board_boarddayevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "board_settlementevent" ("choice", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reopened_at", "reopened_by_id", "reopened_reason", "settled_at", "settled_by_id", "statement_id") SELECT new_values."choice", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."reopened_at", new_values."reopened_by_id", new_values."reopened_reason", new_values."settled_at", new_values."settled_by_id", new_values."statement_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6db9d75d2334a3823a6e44b5cfb45812f6c38ff2",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1d259",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="board_settlement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "board_settlementevent" ("choice", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "reopened_at", "reopened_by_id", "reopened_reason", "settled_at", "settled_by_id", "statement_id") SELECT new_values."choice", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."reopened_at", new_values."reopened_by_id", new_values."reopened_reason", new_values."settled_at", new_values."settled_by_id", new_values."statement_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d4a4501da612ed7f391d932d85ff8745987f2561",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d39ed",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="board_settlement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="statementevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f3a37689b1977f1660791c2f2b8cd56eff17a7a4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_67483",
                    table="board_statementevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlementevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b393d25016085b6b3bcd37ccdf149d91d8316e95",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1353a",
                    table="board_settlementevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
