"""What every room stands on: the programme, imports, work to do, kept charts and views, the cache."""

import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import cc2h.kit.models


class Migration(migrations.Migration):
    initial = True

    # and the former one of this name, which can’t name itself
    replaces = [
        ("kit", "0002_guards"),
        ("kit", "0003_import_again"),
        ("kit", "0004_api"),
        ("kit", "0005_request_of_work"),
        ("kit", "0006_saved_views"),
        ("kit", "0007_import_undo"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("file_name", models.CharField(max_length=255)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("checking", "Being checked"),
                            ("checked", "Checked, waiting for you"),
                            ("merging", "Being imported"),
                            ("imported", "Imported"),
                            ("rejected", "Rejected"),
                            ("discarded", "Discarded"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                ("uploaded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("merged_at", models.DateTimeField(null=True)),
                ("extract_day", models.DateField(null=True)),
                ("rows", models.IntegerField(default=0)),
                ("progress", models.IntegerField(default=0)),
                ("findings", models.JSONField(default=dict)),
                ("rejection", models.TextField(blank=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("options", models.JSONField(db_default={}, default=dict)),
                ("act", models.UUIDField(editable=False, null=True)),
                ("undo_act", models.UUIDField(editable=False, null=True)),
                ("undo_reason", models.TextField(blank=True, db_default="")),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-uploaded_at"], name="kit_import_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("findings__held_back", 0), ("state", "imported")),
                        fields=("sha256", "kind", "options"),
                        name="kit_import_once",
                        violation_error_message="This file has already been imported.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "received",
                                    "checking",
                                    "checked",
                                    "merging",
                                    "imported",
                                    "rejected",
                                    "discarded",
                                    "undoing",
                                    "undone",
                                ],
                            )
                        ),
                        name="kit_import_known_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("singleton", models.BooleanField(default=True, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("empty", "Empty"), ("illustrative", "Illustrative"), ("real", "Real")],
                        default="empty",
                        max_length=12,
                    ),
                ),
                ("loaded_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("singleton", True)), name="kit_programme_one_row"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["empty", "illustrative", "real"])),
                        name="kit_programme_known_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Work",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=60)),
                ("from_day", models.DateField(null=True)),
                ("reason", models.CharField(db_default="", max_length=200)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lease_until", models.DateTimeField(null=True)),
                ("claimed_by", models.CharField(db_default="", max_length=120)),
                ("attempts", models.IntegerField(db_default=0)),
                ("last_error", models.TextField(db_default="")),
                ("done_at", models.DateTimeField(null=True)),
                ("request_id", models.CharField(db_default=cc2h.kit.models.RequestId(), max_length=60)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["kind", "key"], name="kit_work_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", False)), fields=["done_at"], name="kit_work_done"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChartImage",
            fields=[
                ("key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("spec", models.JSONField()),
                ("svg", models.TextField(null=True)),
                ("narrow_svg", models.TextField(null=True)),
                ("png", models.BinaryField(null=True)),
                (
                    "wanted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
                ("failed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ImportChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("data", models.BinaryField()),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="kit.import"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("of", "number"), name="kit_importchunk_once")],
            },
        ),
        migrations.CreateModel(
            name="ImportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("file_name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("checking", "Being checked"),
                            ("checked", "Checked, waiting for you"),
                            ("merging", "Being imported"),
                            ("imported", "Imported"),
                            ("rejected", "Rejected"),
                            ("discarded", "Discarded"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                ("uploaded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("merged_at", models.DateTimeField(null=True)),
                ("extract_day", models.DateField(null=True)),
                ("rows", models.IntegerField(default=0)),
                ("findings", models.JSONField(default=dict)),
                ("rejection", models.TextField(blank=True)),
                (
                    "decided_by",
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
                        to="kit.import",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("options", models.JSONField(db_default={}, default=dict)),
                ("act", models.UUIDField(editable=False, null=True)),
                ("undo_act", models.UUIDField(editable=False, null=True)),
                ("undo_reason", models.TextField(blank=True, db_default="")),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_constraint=False,
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
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.IntegerField(null=True)),
                ("column", models.CharField(blank=True, max_length=100)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("problem", models.CharField(max_length=400)),
                ("quarantined", models.BooleanField(default=False)),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="kit.import"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["of", "line"], name="kit_importproblem_line")],
            },
        ),
        migrations.CreateModel(
            name="ApiAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                ("sent", models.CharField(max_length=64)),
                ("status", models.IntegerField(null=True)),
                ("content_type", models.CharField(db_default="", max_length=80)),
                ("answer", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "key"), name="kit_apiact_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("route", models.CharField(max_length=80, verbose_name="list")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="what it keeps")),
                ("shared_with", models.BigIntegerField(blank=True, null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("shared_with__isnull", False)),
                        fields=["route", "shared_with"],
                        name="kit_savedview_shared",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "route", "name"),
                        name="kit_savedview_once",
                        violation_error_message="You have a view of this name. Choose another name, or change that view.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedViewEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("route", models.CharField(max_length=80, verbose_name="list")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="what it keeps")),
                ("shared_with", models.BigIntegerField(blank=True, null=True)),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "owner",
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
                        to="kit.savedview",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="import",
            trigger=pgtrigger.compiler.Trigger(
                name="follows_the_route",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{received:checking,received:checked,received:imported,received:rejected,received:discarded,checking:checked,checking:rejected,checking:discarded,checked:received,checked:merging,checked:discarded,merging:imported,merging:checked,merging:rejected,merging:discarded,imported:undoing,undoing:undone,undoing:imported}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="3bfbf904055488b064f9a3a5cac616407bc392cc",
                    operation="UPDATE",
                    pgid="pgtrigger_follows_the_route_d159a",
                    table="kit_import",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="import",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kit_importevent" ("act", "decided_by_id", "extract_day", "file_name", "findings", "id", "kind", "merged_at", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rejection", "rows", "sha256", "size_bytes", "state", "undo_act", "undo_reason", "undone_at", "undone_by_id", "uploaded_at", "uploaded_by_id") SELECT new_values."act", new_values."decided_by_id", new_values."extract_day", new_values."file_name", new_values."findings", new_values."id", new_values."kind", new_values."merged_at", new_values."options", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rejection", new_values."rows", new_values."sha256", new_values."size_bytes", new_values."state", new_values."undo_act", new_values."undo_reason", new_values."undone_at", new_values."undone_by_id", new_values."uploaded_at", new_values."uploaded_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3ca083f2f9d865fc4164713d45416d454761e13b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4761d",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="kit_import",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="import",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kit_importevent" ("act", "decided_by_id", "extract_day", "file_name", "findings", "id", "kind", "merged_at", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rejection", "rows", "sha256", "size_bytes", "state", "undo_act", "undo_reason", "undone_at", "undone_by_id", "uploaded_at", "uploaded_by_id") SELECT new_values."act", new_values."decided_by_id", new_values."extract_day", new_values."file_name", new_values."findings", new_values."id", new_values."kind", new_values."merged_at", new_values."options", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rejection", new_values."rows", new_values."sha256", new_values."size_bytes", new_values."state", new_values."undo_act", new_values."undo_reason", new_values."undone_at", new_values."undone_by_id", new_values."uploaded_at", new_values."uploaded_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."act" IS DISTINCT FROM (new_values."act") OR old_values."decided_by_id" IS DISTINCT FROM (new_values."decided_by_id") OR old_values."extract_day" IS DISTINCT FROM (new_values."extract_day") OR old_values."file_name" IS DISTINCT FROM (new_values."file_name") OR old_values."findings" IS DISTINCT FROM (new_values."findings") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."merged_at" IS DISTINCT FROM (new_values."merged_at") OR old_values."options" IS DISTINCT FROM (new_values."options") OR old_values."rejection" IS DISTINCT FROM (new_values."rejection") OR old_values."rows" IS DISTINCT FROM (new_values."rows") OR old_values."sha256" IS DISTINCT FROM (new_values."sha256") OR old_values."size_bytes" IS DISTINCT FROM (new_values."size_bytes") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."undo_act" IS DISTINCT FROM (new_values."undo_act") OR old_values."undo_reason" IS DISTINCT FROM (new_values."undo_reason") OR old_values."undone_at" IS DISTINCT FROM (new_values."undone_at") OR old_values."undone_by_id" IS DISTINCT FROM (new_values."undone_by_id") OR old_values."uploaded_at" IS DISTINCT FROM (new_values."uploaded_at") OR old_values."uploaded_by_id" IS DISTINCT FROM (new_values."uploaded_by_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ef4f20bbe0255d66cfcfc132cfc79698ddbc00eb",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_41b9b",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kit_import",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="importevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="692fe56c2e5646475e09b8379e896c3dd8a4cf04",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e9415",
                    table="kit_importevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="savedview",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kit_savedviewevent" ("id", "made_at", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "query", "route", "shared_with") SELECT new_values."id", new_values."made_at", new_values."name", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."query", new_values."route", new_values."shared_with" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a84de5a3c4390b9dd2390e19c8a8e4b5d10e542d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d12c7",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="kit_savedview",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="savedview",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "kit_savedviewevent" ("id", "made_at", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "query", "route", "shared_with") SELECT new_values."id", new_values."made_at", new_values."name", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."query", new_values."route", new_values."shared_with" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a050cadd1b682a69eb7802f9de15e6532ea0a977",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_30b7d",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="kit_savedview",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="savedviewevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="969a4b50daf1f08f98e4bf6a8e540a9fba759f2d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_af89e",
                    table="kit_savedviewevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(  # the table of Django's database cache, which holds the rate limits
            """
            CREATE TABLE kit_cache (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX kit_cache_expires ON kit_cache (expires);
            """,
            "DROP TABLE kit_cache",
        ),
        migrations.RunSQL(  # imported bytes as they came: trying to compress them took longer than storing them
            "ALTER TABLE kit_importchunk ALTER COLUMN data SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
