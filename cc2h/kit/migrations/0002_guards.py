import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField(
            model_name="chartimage",
            old_name="created_at",
            new_name="wanted_at",
        ),
        migrations.AddField(
            model_name="chartimage",
            name="failed_at",
            field=models.DateTimeField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="import",
            trigger=pgtrigger.compiler.Trigger(
                name="follows_the_route",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{received:checking,received:checked,received:imported,received:rejected,received:discarded,checking:checked,checking:rejected,checking:discarded,checked:received,checked:merging,checked:discarded,merging:imported,merging:checked,merging:rejected,merging:discarded}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="3ef36c134dcbd12854d850b503ab48226940e7c0",
                    operation="UPDATE",
                    pgid="pgtrigger_follows_the_route_d159a",
                    table="kit_import",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["received", "checking", "checked", "merging", "imported", "rejected", "discarded"])
                ),
                name="kit_import_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["empty", "illustrative", "real"])), name="kit_programme_known_kind"
            ),
        ),
    ]
