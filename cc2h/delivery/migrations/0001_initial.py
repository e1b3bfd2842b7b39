"""Actions, and who was reminded of them."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("delivery", "0001_actions"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("chins", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Action",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="kind of record")),
                ("key", models.CharField(max_length=80, verbose_name="record")),
                ("what", models.CharField(max_length=300, verbose_name="what is to be done")),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="due day")),
                ("event_kind", models.CharField(blank=True, max_length=20)),
                ("event", models.UUIDField(blank=True, null=True)),
                ("event_name", models.CharField(blank=True, max_length=300, verbose_name="due before")),
                ("event_day", models.DateField(blank=True, null=True, verbose_name="day of that as agreed")),
                ("raised_on", models.DateField(verbose_name="raised on")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="done or dropped on")),
                ("evidence", models.TextField(blank=True, max_length=2000, verbose_name="evidence")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="why it was dropped")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="chins.post",
                        verbose_name="owner’s post",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="raised by",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["kind", "key"], name="delivery_action_of_record"),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["owner"], name="delivery_action_open_of_post"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "done", "dropped"])),
                        name="delivery_action_known_state",
                        violation_error_message="An action is open, done or dropped.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True),
                        name="delivery_action_says_what",
                        violation_error_message="Say what is to be done.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_day__isnull", False),
                                ("event__isnull", True),
                                ("event_day__isnull", True),
                                ("event_kind", ""),
                                ("event_name", ""),
                            ),
                            models.Q(
                                ("due_day__isnull", True),
                                ("event__isnull", False),
                                ("event_day__isnull", False),
                                models.Q(("event_kind", ""), _negated=True),
                                models.Q(("event_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_action_one_end",
                        violation_error_message="An action is due on a day or before an event: one of the two.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "open"), _negated=True),
                            models.Q(
                                ("closed_by__isnull", True),
                                ("closed_on__isnull", True),
                                ("evidence", ""),
                                ("reason", ""),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_action_open_is_not_closed",
                        violation_error_message="An open action has no day on which it was closed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(("closed_by__isnull", False), ("closed_on__isnull", False), ("reason", "")),
                            _connector="OR",
                        ),
                        name="delivery_action_done_by_somebody",
                        violation_error_message="An action that is done says on which day and by whom.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "dropped"), _negated=True),
                            models.Q(
                                ("closed_by__isnull", False),
                                ("closed_on__isnull", False),
                                ("evidence", ""),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_action_dropped_for_a_reason",
                        violation_error_message="An action that is dropped says why, on which day and by whom.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on__isnull", True), ("closed_on__gte", models.F("raised_on")), _connector="OR"
                        ),
                        name="delivery_action_closed_after_it_was_raised",
                        violation_error_message="An action can’t be done before it was raised.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ActionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=20, verbose_name="kind of record")),
                ("key", models.CharField(max_length=80, verbose_name="record")),
                ("what", models.CharField(max_length=300, verbose_name="what is to be done")),
                ("due_day", models.DateField(blank=True, null=True, verbose_name="due day")),
                ("event_kind", models.CharField(blank=True, max_length=20)),
                ("event", models.UUIDField(blank=True, null=True)),
                ("event_name", models.CharField(blank=True, max_length=300, verbose_name="due before")),
                ("event_day", models.DateField(blank=True, null=True, verbose_name="day of that as agreed")),
                ("raised_on", models.DateField(verbose_name="raised on")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="done or dropped on")),
                ("evidence", models.TextField(blank=True, max_length=2000, verbose_name="evidence")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="why it was dropped")),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
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
                        to="delivery.action",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="raised by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="delivery.action"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "day"], name="delivery_reminder_of_day")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("action", "person", "day"),
                        name="delivery_reminder_once",
                        violation_error_message="They have been reminded of this action today.",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="action",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d826730905e9f0fdabc34febfc91726afd89974e",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_33f66",
                    table="delivery_action",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="action",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "delivery_actionevent" ("closed_by_id", "closed_on", "due_day", "event", "event_day", "event_kind", "event_name", "evidence", "id", "key", "kind", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_by_id", "raised_on", "reason", "state", "what") SELECT new_values."closed_by_id", new_values."closed_on", new_values."due_day", new_values."event", new_values."event_day", new_values."event_kind", new_values."event_name", new_values."evidence", new_values."id", new_values."key", new_values."kind", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."raised_by_id", new_values."raised_on", new_values."reason", new_values."state", new_values."what" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6d67bf3c5f4c12890cbc252a15678816dac67d88",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f8c85",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="delivery_action",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="action",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "delivery_actionevent" ("closed_by_id", "closed_on", "due_day", "event", "event_day", "event_kind", "event_name", "evidence", "id", "key", "kind", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_by_id", "raised_on", "reason", "state", "what") SELECT new_values."closed_by_id", new_values."closed_on", new_values."due_day", new_values."event", new_values."event_day", new_values."event_kind", new_values."event_name", new_values."evidence", new_values."id", new_values."key", new_values."kind", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."raised_by_id", new_values."raised_on", new_values."reason", new_values."state", new_values."what" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="dcd9379341d8eecc17788f106f553151a3b52d13",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8e561",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="delivery_action",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="actionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3754308bd7f6f60cc3dc546b880d996219393146",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_684e0",
                    table="delivery_actionevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
