"""Comments and files on records."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("comments", "0001_comments_and_files"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="kind of record")),
                ("key", models.CharField(max_length=80, verbose_name="record")),
                ("post", models.CharField(max_length=200, verbose_name="in the post")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "withdrawn_because",
                    models.CharField(blank=True, max_length=2000, verbose_name="why it was withdrawn"),
                ),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="file")),
                ("version", models.IntegerField(default=1, verbose_name="version")),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("file_name", models.CharField(max_length=200, verbose_name="name of the file")),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("docx", "Word document"),
                            ("xlsx", "Excel workbook"),
                            ("pptx", "PowerPoint presentation"),
                            ("csv", "CSV"),
                            ("txt", "Plain text"),
                            ("png", "PNG picture"),
                            ("jpeg", "JPEG picture"),
                        ],
                        max_length=4,
                        verbose_name="kind of file",
                    ),
                ),
                ("size_bytes", models.BigIntegerField(verbose_name="bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "verbose_name": "file",
                "ordering": ["title", "-pk"],
                "indexes": [models.Index(fields=["by", "at"], name="comments_attachment_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("format__in", ["pdf", "docx", "xlsx", "pptx", "csv", "txt", "png", "jpeg"])
                        ),
                        name="comments_attachment_known_format",
                        violation_error_message="A file is of one of the kinds that the portal takes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title__regex", "\\S"), ("file_name__regex", "\\S")),
                        name="comments_attachment_has_a_title",
                        violation_error_message="A file has a title.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gt", 0), ("version__gt", 0)),
                        name="comments_attachment_not_empty",
                        violation_error_message="The file is empty.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="comments_attachment_fingerprint",
                        violation_error_message="A file has a SHA-256.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_because", ""),
                                ("withdrawn_by__isnull", True),
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_because__regex", "\\S"),
                                ("withdrawn_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="comments_attachment_withdrawn_whole",
                        violation_error_message="Say why it is withdrawn.",
                    ),
                    models.UniqueConstraint(
                        fields=("thread", "version"),
                        name="comments_attachment_one_follows",
                        violation_error_message="Somebody else has brought a new version meanwhile. Look at that first.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("kind", "key", "sha256"),
                        name="comments_attachment_once",
                        violation_error_message="This very file is attached here already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttachmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=20, verbose_name="kind of record")),
                ("key", models.CharField(max_length=80, verbose_name="record")),
                ("post", models.CharField(max_length=200, verbose_name="in the post")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "withdrawn_because",
                    models.CharField(blank=True, max_length=2000, verbose_name="why it was withdrawn"),
                ),
                ("thread", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="file")),
                ("version", models.IntegerField(default=1, verbose_name="version")),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("file_name", models.CharField(max_length=200, verbose_name="name of the file")),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("docx", "Word document"),
                            ("xlsx", "Excel workbook"),
                            ("pptx", "PowerPoint presentation"),
                            ("csv", "CSV"),
                            ("txt", "Plain text"),
                            ("png", "PNG picture"),
                            ("jpeg", "JPEG picture"),
                        ],
                        max_length=4,
                        verbose_name="kind of file",
                    ),
                ),
                ("size_bytes", models.BigIntegerField(verbose_name="bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                        to="comments.attachment",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AttachmentPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("data", models.BinaryField()),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pieces", to="comments.attachment"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("of", "number"), name="comments_attachmentpiece_once")],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="kind of record")),
                ("key", models.CharField(max_length=80, verbose_name="record")),
                ("post", models.CharField(max_length=200, verbose_name="in the post")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "withdrawn_because",
                    models.CharField(blank=True, max_length=2000, verbose_name="why it was withdrawn"),
                ),
                ("words", models.TextField(max_length=4000, verbose_name="words")),
                ("corrected_at", models.DateTimeField(blank=True, null=True, verbose_name="corrected at")),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_by",
                        to="comments.comment",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("answers", None)),
                        fields=["kind", "key", "-at"],
                        name="comments_comment_of_record",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words__regex", "\\S")),
                        name="comments_comment_says_something",
                        violation_error_message="A comment says something.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_because", ""),
                                ("withdrawn_by__isnull", True),
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_because__regex", "\\S"),
                                ("withdrawn_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="comments_comment_withdrawn_whole",
                        violation_error_message="Say why it is withdrawn.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=20, verbose_name="kind of record")),
                ("key", models.CharField(max_length=80, verbose_name="record")),
                ("post", models.CharField(max_length=200, verbose_name="in the post")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "withdrawn_because",
                    models.CharField(blank=True, max_length=2000, verbose_name="why it was withdrawn"),
                ),
                ("words", models.TextField(max_length=4000, verbose_name="words")),
                ("corrected_at", models.DateTimeField(blank=True, null=True, verbose_name="corrected at")),
                (
                    "answers",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="comments.comment",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                        to="comments.comment",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="withdrawn by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="13b64c15e9fc3f6d22b71fe5aabf11a315a41e4e",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_15c2d",
                    table="comments_attachment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_as_it_was",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF OLD.withdrawn_at IS NOT NULL THEN\n                    RAISE EXCEPTION 'It has been withdrawn, and stays as it is.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_attachment_withdrawn_for_good';\n                ELSIF (NEW.kind, NEW.key, NEW.by_id, NEW.post, NEW.at, NEW.thread, NEW.version, NEW.title, NEW.file_name, NEW.format, NEW.size_bytes, NEW.sha256) IS DISTINCT FROM (OLD.kind, OLD.key, OLD.by_id, OLD.post, OLD.at, OLD.thread, OLD.version, OLD.title, OLD.file_name, OLD.format, OLD.size_bytes, OLD.sha256) THEN\n                    RAISE EXCEPTION 'Where it belongs, whose it is and when it came never change.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_attachment_stays_as_it_was';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="02054e2da5c08c9695af138998381b1becd94062",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_as_it_was_106fb",
                    table="comments_attachment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="has_its_bytes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n                    IF (SELECT encode(sha256(string_agg(data, '' ORDER BY number)), 'hex')\n                        FROM comments_attachmentpiece WHERE of_id = NEW.id) IS DISTINCT FROM NEW.sha256\n                       OR (SELECT sum(octet_length(data)) FROM comments_attachmentpiece WHERE of_id = NEW.id)\n                          IS DISTINCT FROM NEW.size_bytes\n                    THEN\n                        RAISE EXCEPTION 'The file did not arrive whole. Bring it again.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_attachment_has_its_bytes';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="b1222918ad1935e07652ad15c9321df46117fffc",
                    operation="INSERT",
                    pgid="pgtrigger_has_its_bytes_76e1f",
                    table="comments_attachment",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "comments_attachmentevent" ("at", "by_id", "file_name", "format", "id", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post", "sha256", "size_bytes", "thread", "title", "version", "withdrawn_at", "withdrawn_because", "withdrawn_by_id") SELECT new_values."at", new_values."by_id", new_values."file_name", new_values."format", new_values."id", new_values."key", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."post", new_values."sha256", new_values."size_bytes", new_values."thread", new_values."title", new_values."version", new_values."withdrawn_at", new_values."withdrawn_because", new_values."withdrawn_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e7f84db047f1a72c82c7dda3ac5f70a3bf43bcc1",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ddb4a",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="comments_attachment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "comments_attachmentevent" ("at", "by_id", "file_name", "format", "id", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post", "sha256", "size_bytes", "thread", "title", "version", "withdrawn_at", "withdrawn_because", "withdrawn_by_id") SELECT new_values."at", new_values."by_id", new_values."file_name", new_values."format", new_values."id", new_values."key", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."post", new_values."sha256", new_values."size_bytes", new_values."thread", new_values."title", new_values."version", new_values."withdrawn_at", new_values."withdrawn_because", new_values."withdrawn_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="7a0e4437d21461d50efd5c6406713a86c88d6df5",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6371e",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="comments_attachment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fd65b46e93a8d2d74da982c777b73fb25fe86e53",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2848d",
                    table="comments_attachmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attachmentpiece",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1466feadccd34a80f2f531a56e145dda8d91d598",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_never_changed_f82c0",
                    table="comments_attachmentpiece",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="170ffe7be790094079e3c1e6b8fe78ccffa80d38",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_32265",
                    table="comments_comment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_as_it_was",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF OLD.withdrawn_at IS NOT NULL THEN\n                    RAISE EXCEPTION 'It has been withdrawn, and stays as it is.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_comment_withdrawn_for_good';\n                ELSIF (NEW.kind, NEW.key, NEW.by_id, NEW.post, NEW.at, NEW.answers_id) IS DISTINCT FROM (OLD.kind, OLD.key, OLD.by_id, OLD.post, OLD.at, OLD.answers_id) THEN\n                    RAISE EXCEPTION 'Where it belongs, whose it is and when it came never change.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_comment_stays_as_it_was';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="71f448683619fbcc8728179ff0059b45f1b8070d",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_as_it_was_0374b",
                    table="comments_comment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="answers_one_level",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."answers_id" IS NOT NULL)',
                    func="\n                    IF NOT EXISTS (\n                        SELECT FROM comments_comment\n                        WHERE id = NEW.answers_id AND answers_id IS NULL AND (kind, key) = (NEW.kind, NEW.key)\n                    ) THEN\n                        RAISE EXCEPTION 'An answer is to a comment on the same record, and is not answered itself.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'comments_comment_answers_one_level';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="6c7a36dad6fde3203bf9ee965b0bfce2139321d1",
                    operation="INSERT",
                    pgid="pgtrigger_answers_one_level_8d33d",
                    table="comments_comment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "comments_commentevent" ("answers_id", "at", "by_id", "corrected_at", "id", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post", "withdrawn_at", "withdrawn_because", "withdrawn_by_id", "words") SELECT new_values."answers_id", new_values."at", new_values."by_id", new_values."corrected_at", new_values."id", new_values."key", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."post", new_values."withdrawn_at", new_values."withdrawn_because", new_values."withdrawn_by_id", new_values."words" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="753ada60988988e97b4219ce9d414192f2f0059b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_18fd9",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="comments_comment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="comment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "comments_commentevent" ("answers_id", "at", "by_id", "corrected_at", "id", "key", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post", "withdrawn_at", "withdrawn_because", "withdrawn_by_id", "words") SELECT new_values."answers_id", new_values."at", new_values."by_id", new_values."corrected_at", new_values."id", new_values."key", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."post", new_values."withdrawn_at", new_values."withdrawn_because", new_values."withdrawn_by_id", new_values."words" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="49f81517977df72d45777b4dfa1814816103c582",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_230ec",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="comments_comment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="commentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d875c138ca3ee9576745bd54f7929daa4a0690f1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_93460",
                    table="comments_commentevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
