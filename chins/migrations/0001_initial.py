"""CHINs, their members, posts and partners, their coverage, and expressions of interest."""

import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# Every write that changes coverage leaves work to do, in its own transaction, also when it is bulk SQL; so does a write
# that changes what pages read of coverage besides its numbers: names, boroughs, where a practice came from. So a
# commissioner's coverage is up to date only when all of what is shown of it is (chins/coverage/kept.py).
# One trigger per table and statement, over the rows it inserted or closed: for each commissioner affected one row,
# from the earliest day affected.
WORK_FUNCTIONS = """
-- Whose practices these are, from these days on.
CREATE FUNCTION chins_coverage_of_practices(practices bigint[], days date[])
RETURNS TABLE (commissioner_id bigint, from_day date) LANGUAGE sql STABLE AS $$
    SELECT s.commissioner_id, min(changed.day)
    FROM unnest(practices, days) AS changed(practice_id, day)
    JOIN practices_practicestanding s ON s.practice_id = changed.practice_id AND upper_inf(s.held)
        AND coalesce(upper(s.period), 'infinity') > changed.day
    GROUP BY 1
$$;

-- These commissioners; and, because a CHIN's population is its members' whoever commissions them, those whose CHINs
-- their practices are in: a newer extract of the one makes lists in the other's CHIN count as carried forward.
CREATE FUNCTION chins_coverage_beside(commissioners bigint[], days date[])
RETURNS TABLE (commissioner_id bigint, from_day date) LANGUAGE sql STABLE AS $$
    SELECT * FROM unnest(commissioners, days)
    UNION ALL
    SELECT DISTINCT c.commissioner_id, changed.day
    FROM unnest(commissioners, days) AS changed(commissioner_id, day)
    JOIN practices_practicestanding s ON s.commissioner_id = changed.commissioner_id AND upper_inf(s.held)
    JOIN chins_membership m ON m.practice_id = s.practice_id AND upper_inf(m.held)
        AND coalesce(upper(m.period), 'infinity') > changed.day
    JOIN chins_chin c ON c.id = m.chin_id AND c.commissioner_id <> changed.commissioner_id
$$;

-- Whose coverage rests on these CHINs: their own commissioners' and those of their members.
CREATE FUNCTION chins_coverage_of_chins(chins bigint[], days date[])
RETURNS TABLE (commissioner_id bigint, from_day date) LANGUAGE sql STABLE AS $$
    SELECT c.commissioner_id, changed.day
    FROM unnest(chins, days) AS changed(chin_id, day) JOIN chins_chin c ON c.id = changed.chin_id
    UNION ALL
    SELECT DISTINCT s.commissioner_id, changed.day
    FROM unnest(chins, days) AS changed(chin_id, day)
    JOIN chins_membership m ON m.chin_id = changed.chin_id AND upper_inf(m.held)
        AND coalesce(upper(m.period), 'infinity') > changed.day
    JOIN practices_practicestanding s ON s.practice_id = m.practice_id AND upper_inf(s.held) AND s.period && m.period
$$;

CREATE FUNCTION chins_work_of_list_sizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'list sizes' FROM (
        SELECT array_agg(p.commissioner_id) AS commissioners, array_agg(p.from_day) AS days FROM (
            SELECT array_agg(practice_id) AS practices, array_agg(day) AS days
            FROM (SELECT practice_id, min(day) AS day FROM changed GROUP BY 1) AS c
        ) AS c, chins_coverage_of_practices(c.practices, c.days) AS p
    ) AS own, chins_coverage_beside(own.commissioners, own.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_standings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'practices' FROM (
        SELECT b.* FROM (
            SELECT array_agg(commissioner_id) AS commissioners, array_agg(day) AS days
            FROM (SELECT commissioner_id, min(lower(period)) AS day FROM changed GROUP BY 1) AS c
        ) AS own, chins_coverage_beside(own.commissioners, own.days) AS b
        UNION ALL  -- the CHIN that the practice is in
        SELECT h.commissioner_id, lower(changed.period)
        FROM changed
        JOIN chins_membership m ON m.practice_id = changed.practice_id AND upper_inf(m.held)
            AND m.period && changed.period
        JOIN chins_chin h ON h.id = m.chin_id
    ) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_successions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'mergers' FROM (
        SELECT array_agg(practice_id) AS practices, array_agg(day) AS days FROM (
            SELECT practice_id, min(lower(period)) AS day
            FROM changed, unnest(ARRAY[predecessor_id, successor_id]) AS practice_id GROUP BY 1
        ) AS c
    ) AS c, chins_coverage_of_practices(c.practices, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_memberships() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'memberships' FROM (
        SELECT h.commissioner_id, lower(changed.period) AS from_day
        FROM changed JOIN chins_chin h ON h.id = changed.chin_id
        UNION ALL
        SELECT s.commissioner_id, lower(changed.period)
        FROM changed
        JOIN practices_practicestanding s ON s.practice_id = changed.practice_id AND upper_inf(s.held)
            AND s.period && changed.period
    ) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_states() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'states of CHINs' FROM (
        SELECT array_agg(chin_id) AS chins, array_agg(day) AS days
        FROM (SELECT chin_id, min(lower(period)) AS day FROM changed GROUP BY 1) AS c
    ) AS c, chins_coverage_of_chins(c.chins, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_chins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, reason)
    SELECT DISTINCT 'coverage', a.id, 'CHIN went to another commissioner'
    FROM before JOIN changed USING (id), unnest(ARRAY[before.commissioner_id, changed.commissioner_id]) AS a(id)
    WHERE before.commissioner_id <> changed.commissioner_id;
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, current_date, 'names of CHINs' FROM (
        SELECT array_agg(id) AS chins, array_agg(day) AS days
        FROM (SELECT id, (SELECT min(lower(t.period)) FROM chins_chinstate t WHERE t.chin_id = changed.id) AS day
              FROM before JOIN changed USING (id)
              WHERE (before.name, before.slug) IS DISTINCT FROM (changed.name, changed.slug)) AS c
    ) AS c, chins_coverage_of_chins(c.chins, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION chins_work_of_details() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT 'coverage', a.commissioner_id, min(a.from_day), 'names and boroughs' FROM (
        SELECT array_agg(practice_id) AS practices, array_agg(day) AS days
        FROM (SELECT practice_id, min(lower(period)) AS day FROM changed GROUP BY 1) AS c
    ) AS c, chins_coverage_of_practices(c.practices, c.days) AS a GROUP BY a.commissioner_id;
    RETURN NULL;
END $$;

-- Another commissioner of the practice, on other days, says of it that it went or came.
CREATE FUNCTION chins_work_of_neighbours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kit_work (kind, key, from_day, reason)
    SELECT DISTINCT ON (s.commissioner_id) 'coverage', s.commissioner_id, lower(s.period), 'where practices came from'
    FROM changed JOIN practices_practicestanding s ON s.practice_id = changed.practice_id AND upper_inf(s.held)
    WHERE s.commissioner_id <> changed.commissioner_id
    ORDER BY s.commissioner_id, lower(s.period);
    RETURN NULL;
END $$;
"""

WORK_OF = (
    ("coverage_work", "practices_listsize", "chins_work_of_list_sizes"),
    ("coverage_work", "practices_practicestanding", "chins_work_of_standings"),
    ("coverage_work_beside", "practices_practicestanding", "chins_work_of_neighbours"),
    ("coverage_work", "practices_practicedetail", "chins_work_of_details"),
    ("coverage_work", "practices_succession", "chins_work_of_successions"),
    ("coverage_work", "chins_membership", "chins_work_of_memberships"),
    ("coverage_work", "chins_chinstate", "chins_work_of_states"),
)
WORK_TRIGGERS = "".join(
    f"""
CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table}
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
    for name, table, function in WORK_OF
    for event in ("INSERT", "UPDATE")
) + (
    """
CREATE TRIGGER coverage_work_update AFTER UPDATE ON chins_chin
REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION chins_work_of_chins();
"""
)
NO_WORK = (
    "".join(f"DROP FUNCTION {function}() CASCADE;" for _, _, function in WORK_OF)
    + "DROP FUNCTION chins_work_of_chins() CASCADE;"
    + "DROP FUNCTION chins_coverage_of_practices, chins_coverage_beside, chins_coverage_of_chins;"
)

# A practice can't close under a membership, and a CHIN that closes waits for memberships on their way.
CLOSING = """
CREATE FUNCTION chins_practice_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM practices_practice WHERE id = NEW.practice_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM practices_practicestanding s JOIN chins_membership m ON m.practice_id = s.practice_id
            AND upper_inf(m.held) AND m.period && s.period
        WHERE s.practice_id = NEW.practice_id AND upper_inf(s.held) AND s.status = 'closed'
    ) THEN
        RAISE EXCEPTION 'A practice can''t be in a CHIN after it has closed.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_membership_of_open_practice';
    END IF;
    RETURN NULL;
END $$;
-- at commit, so that one transaction may close the practice and end its membership in either order
CREATE CONSTRAINT TRIGGER chins_practice_closes AFTER INSERT ON practices_practicestanding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'closed' AND upper_inf(NEW.held))
    EXECUTE FUNCTION chins_practice_closes();
"""
NO_CLOSING = """
DROP TRIGGER chins_practice_closes ON practices_practicestanding;
DROP FUNCTION chins_practice_closes();
"""


class Migration(migrations.Migration):
    initial = True

    # and the former one of this name, which can’t name itself
    replaces = [
        ("chins", "0002_work_to_do_triggers"),
        ("chins", "0003_no_membership_outlives_its_practice"),
        ("chins", "0004_codes_of_networks_and_gps"),
        ("chins", "0005_known_kinds_and_sectors"),
        ("chins", "0006_work_of_names"),
        ("chins", "0007_expressions_of_interest"),
        ("chins", "0008_names_by_trigrams"),
    ]

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
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^U[0-9]{5}$", "The code of a primary care network is U and five digits, like U40115."
                            )
                        ],
                        verbose_name="ODS code of the network",
                    ),
                ),
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
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), ("code__regex", "^U[0-9]{5}$"), _connector="OR"),
                        name="chins_chin_code_shape",
                        violation_error_message="The code of a primary care network is U and five digits, like U40115.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["chin", "pcn"])),
                        name="chins_chin_known_kind",
                        violation_error_message="It is a CHIN or a primary care network.",
                    ),
                ],
                "verbose_name": "CHIN",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False,
                        fields=["name", "footprint"],
                        name="chins_chin_trigrams",
                        opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                    )
                ],
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
                (
                    "code",
                    models.CharField(
                        blank=True,
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^U[0-9]{5}$", "The code of a primary care network is U and five digits, like U40115."
                            )
                        ],
                        verbose_name="ODS code of the network",
                    ),
                ),
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
                            ("gps", "GPs"),
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
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sector__in",
                                [
                                    "gps",
                                    "acute",
                                    "community",
                                    "mental_health",
                                    "council",
                                    "voluntary",
                                    "education",
                                    "lmc",
                                    "support",
                                    "healthwatch",
                                    "nhs_england",
                                ],
                            )
                        ),
                        name="chins_partner_known_sector",
                        violation_error_message="That is not a sector the portal knows.",
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
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["title"], name="chins_post_trigrams", opclasses=["gin_trgm_ops"]
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
                            ("gps", "GPs"),
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
        migrations.CreateModel(
            name="Criterion",
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
                ("name", models.CharField(max_length=100)),
                ("looks_for", models.CharField(max_length=500, verbose_name="what is looked for")),
                (
                    "maximum",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="highest score",
                    ),
                ),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
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
                        related_name="criteria",
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
                "verbose_name_plural": "criteria",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__isempty", False), ("period__lower_inf", False)),
                        name="chins_criterion_period_has_a_start",
                        violation_error_message="The last day must not be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held__isempty", False), ("held__lower_inf", False)),
                        name="chins_criterion_held_has_a_start",
                        violation_error_message="A record must be held from a moment.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_act", ""), ("held__upper_inf", True)),
                            models.Q(("held__upper_inf", False), models.Q(("closed_act", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="chins_criterion_closed_with_an_act",
                        violation_error_message="A closed version says whether it was ended, corrected or voided.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("commissioner", "="), ("name", "="), ("period", "&&"), ("held", "&&")],
                        name="chins_criterion_once",
                        violation_error_message="There already is a criterion of this name on some of these days.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("maximum__gte", 1), ("maximum__lte", 10)),
                        name="chins_criterion_maximum_possible",
                        violation_error_message="The highest score is a whole number from 1 to 10.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gt", 0), ("weight__lte", 100)),
                        name="chins_criterion_weight_possible",
                        violation_error_message="A weight is a number above 0, up to 100.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriterionEvent",
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
                ("name", models.CharField(max_length=100)),
                ("looks_for", models.CharField(max_length=500, verbose_name="what is looked for")),
                (
                    "maximum",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="highest score",
                    ),
                ),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
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
                        to="chins.criterion",
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
            name="Expression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=150)),
                ("lead_name", models.CharField(blank=True, max_length=150, verbose_name="lead applicant, in words")),
                ("received", models.DateField(verbose_name="received on")),
                ("area", models.CharField(blank=True, max_length=200, verbose_name="area it would serve")),
                (
                    "focus_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                    ),
                ),
                ("proposal", models.TextField(max_length=10000, verbose_name="what they want to do")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("evaluating", "Under evaluation"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("evaluating_from", models.DateField(blank=True, null=True, verbose_name="under evaluation from")),
                (
                    "began_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="evaluation began"),
                ),
                ("decided", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason of the decision")),
                (
                    "chin",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="born_from",
                        to="chins.chin",
                    ),
                ),
                (
                    "commissioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expressions",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lead applicant",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expressions",
                        to="chins.post",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "expression of interest",
                "ordering": ["-received", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["received", "evaluating", "approved", "declined", "withdrawn"])
                        ),
                        name="chins_expression_known_state",
                        violation_error_message="That is not a state an expression of interest can be in.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lead__isnull", False), ("lead_name", "")),
                            models.Q(("lead", None), models.Q(("lead_name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="chins_expression_one_lead",
                        violation_error_message="The lead applicant is a person of the portal, or is named in words.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("began_at", None), ("evaluating_from", None), ("state", "received")),
                            models.Q(("began_at", None), ("evaluating_from", None), ("state", "withdrawn")),
                            models.Q(
                                models.Q(("state", "received"), _negated=True),
                                ("began_at__isnull", False),
                                ("evaluating_from__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="chins_expression_under_evaluation_from",
                        violation_error_message="An expression that was evaluated has the day on which that began.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided__isnull", False), ("state__in", ("approved", "declined", "withdrawn"))),
                            models.Q(
                                models.Q(("state__in", ("approved", "declined", "withdrawn")), _negated=True),
                                ("decided", None),
                                ("decided_by", None),
                                ("reason", ""),
                            ),
                            _connector="OR",
                        ),
                        name="chins_expression_decided_with_a_day",
                        violation_error_message="An expression that is decided has the day of the decision, and no other has.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("approved", "declined")), _negated=True),
                            models.Q(models.Q(("reason", ""), _negated=True), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="chins_expression_decided_with_a_reason",
                        violation_error_message="Approving and declining have a reason, and somebody who decided.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("chin__isnull", False), ("state", "approved")),
                            models.Q(models.Q(("state", "approved"), _negated=True), ("chin", None)),
                            _connector="OR",
                        ),
                        name="chins_expression_approved_has_a_chin",
                        violation_error_message="An approved expression has the CHIN born from it, and no other has.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("evaluating_from", None),
                                ("evaluating_from__gte", models.F("received")),
                                _connector="OR",
                            ),
                            models.Q(("decided", None), ("decided__gte", models.F("received")), _connector="OR"),
                            models.Q(
                                ("decided", None),
                                ("evaluating_from", None),
                                ("decided__gte", models.F("evaluating_from")),
                                _connector="OR",
                            ),
                        ),
                        name="chins_expression_days_in_order",
                        violation_error_message="It is received, then evaluated, then decided.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpressionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("title", models.CharField(max_length=150)),
                ("lead_name", models.CharField(blank=True, max_length=150, verbose_name="lead applicant, in words")),
                ("received", models.DateField(verbose_name="received on")),
                ("area", models.CharField(blank=True, max_length=200, verbose_name="area it would serve")),
                (
                    "focus_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                    ),
                ),
                ("proposal", models.TextField(max_length=10000, verbose_name="what they want to do")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("evaluating", "Under evaluation"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("evaluating_from", models.DateField(blank=True, null=True, verbose_name="under evaluation from")),
                (
                    "began_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="evaluation began"),
                ),
                ("decided", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason of the decision")),
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
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="practices.commissioner",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lead applicant",
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
                        to="chins.expression",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.post",
                    ),
                ),
                (
                    "submitted_by",
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
            name="ExpressionPractice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "expression",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="takes_part", to="chins.expression"
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practices.practice"
                    ),
                ),
            ],
            options={
                "verbose_name": "practice of an expression",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("expression", "practice"),
                        name="chins_expressionpractice_once",
                        violation_error_message="The expression names this practice already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpressionPracticeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "expression",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.expression",
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
                        to="chins.expressionpractice",
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
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField()),
                ("comment", models.TextField(blank=True, max_length=1000)),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="chins.criterion"
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "expression",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="chins.expression"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("expression", "criterion", "evaluator"),
                        name="chins_score_once",
                        violation_error_message="This evaluator has already scored this criterion.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("score", models.PositiveSmallIntegerField()),
                ("comment", models.TextField(blank=True, max_length=1000)),
                (
                    "criterion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.criterion",
                    ),
                ),
                (
                    "evaluator",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "expression",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="chins.expression",
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
                        to="chins.score",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(  # whose table, a model of its own, refers to this one: only now are both there
            model_name="expression",
            name="practices",
            field=models.ManyToManyField(
                related_name="expressions", through="chins.ExpressionPractice", to="practices.practice"
            ),
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
            model_name="criterion",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b1e17a634b00ca32e681eab4d5dbfb6da51625c7",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_7e562",
                    table="chins_criterion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterion",
            trigger=pgtrigger.compiler.Trigger(
                name="only_closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                IF NOT upper_inf(OLD.held) OR upper_inf(NEW.held) OR lower(NEW.held) <> lower(OLD.held)\n                   OR (to_jsonb(NEW) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['held', 'closed_by_id', 'closed_act', 'closed_reason'])\n                THEN\n                    RAISE EXCEPTION 'A version of a dated record is closed once and never changed.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dated_only_closed_once';\n                END IF;\n                RETURN NEW;\n            ",
                    hash="92880ff8b6c85e966befefb9f963f1dc015d5179",
                    operation="UPDATE",
                    pgid="pgtrigger_only_closed_once_beb75",
                    table="chins_criterion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterion",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_criterionevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "held", "id", "looks_for", "maximum", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "thread", "weight") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."held", new_values."id", new_values."looks_for", new_values."maximum", new_values."name", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."thread", new_values."weight" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9bc3ac2d93acac63d982077c5175643597896a3b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_761dd",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_criterion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_criterionevent" ("closed_act", "closed_by_id", "closed_reason", "commissioner_id", "held", "id", "looks_for", "maximum", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_by_id", "thread", "weight") SELECT new_values."closed_act", new_values."closed_by_id", new_values."closed_reason", new_values."commissioner_id", new_values."held", new_values."id", new_values."looks_for", new_values."maximum", new_values."name", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."reason", new_values."recorded_by_id", new_values."thread", new_values."weight" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d028042786f6127a47e1754e33d8bdf15cd6fa17",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_02f85",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_criterion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4feeedb54d9d617289d28704faa98fedd47826a2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8dcfd",
                    table="chins_criterionevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expression",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="df071eab92f75f4c57f6ca7f39191d7a086c1079",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_9803a",
                    table="chins_expression",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expression",
            trigger=pgtrigger.compiler.Trigger(
                name="follows_the_route",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{received:evaluating,received:withdrawn,evaluating:approved,evaluating:declined,evaluating:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="cf1a888746cdad81ab2862248eee91edccce2e2b",
                    operation="UPDATE",
                    pgid="pgtrigger_follows_the_route_9b3a6",
                    table="chins_expression",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expression",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_received",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.state <> 'received' THEN\n                        RAISE EXCEPTION 'An expression of interest begins as received.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expression_begins_received';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="366738e41cf502b077f53afbdbfea7ee7df48914",
                    operation="INSERT",
                    pgid="pgtrigger_begins_received_3342f",
                    table="chins_expression",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expression",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF OLD.state IN ('approved', 'declined', 'withdrawn') AND NEW IS DISTINCT FROM OLD THEN\n                        RAISE EXCEPTION 'An expression of interest stays as it was when it was decided.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expression_decided_stays';\n                    END IF;\n                    IF NEW.chin_id IS NOT NULL AND NOT EXISTS (\n                        SELECT FROM chins_chin WHERE id = NEW.chin_id AND commissioner_id = NEW.commissioner_id\n                    ) THEN\n                        RAISE EXCEPTION 'A CHIN is born from an expression of its own commissioner.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expression_own_chin';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="249d8b26a4b0c66b009ab8dc3c59b033b9c9ab79",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_stays_610d1",
                    table="chins_expression",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expression",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_expressionevent" ("area", "began_at", "chin_id", "commissioner_id", "decided", "decided_by_id", "evaluating_from", "focus_areas", "id", "lead_id", "lead_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "proposal", "reason", "received", "state", "submitted_by_id", "title") SELECT new_values."area", new_values."began_at", new_values."chin_id", new_values."commissioner_id", new_values."decided", new_values."decided_by_id", new_values."evaluating_from", new_values."focus_areas", new_values."id", new_values."lead_id", new_values."lead_name", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."post_id", new_values."proposal", new_values."reason", new_values."received", new_values."state", new_values."submitted_by_id", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="006e3bc3e6e12135b1faa0833a0264ca893902f8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fc7e3",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_expression",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expression",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_expressionevent" ("area", "began_at", "chin_id", "commissioner_id", "decided", "decided_by_id", "evaluating_from", "focus_areas", "id", "lead_id", "lead_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_id", "proposal", "reason", "received", "state", "submitted_by_id", "title") SELECT new_values."area", new_values."began_at", new_values."chin_id", new_values."commissioner_id", new_values."decided", new_values."decided_by_id", new_values."evaluating_from", new_values."focus_areas", new_values."id", new_values."lead_id", new_values."lead_name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."post_id", new_values."proposal", new_values."reason", new_values."received", new_values."state", new_values."submitted_by_id", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="bd9ca38726b5a6355cb85653ea8623e6042dab05",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8b5f8",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_expression",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expressionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="28057675d5365cbf2d912133ddd57a88b1a29351",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7af1e",
                    table="chins_expressionevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expressionpractice",
            trigger=pgtrigger.compiler.Trigger(
                name="as_received",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NOT EXISTS (\n                        SELECT FROM chins_expression\n                        WHERE id = coalesce(NEW.expression_id, OLD.expression_id) AND state = 'received'\n                        FOR NO KEY UPDATE\n                    ) THEN\n                        RAISE EXCEPTION 'The practices of an expression stay as they are once it is evaluated.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_expressionpractice_as_received';\n                    END IF;\n                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n                    RETURN NEW;\n                ",
                    hash="9cc09f4af1303251efb707e03767f2668c562087",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_as_received_8eb4d",
                    table="chins_expressionpractice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expressionpractice",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_expressionpracticeevent" ("expression_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id") SELECT new_values."expression_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."practice_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="ba02169749818eaaed33e949829109caedd0f08a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_45664",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_expressionpractice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expressionpractice",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_expressionpracticeevent" ("expression_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "practice_id") SELECT new_values."expression_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."practice_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1aeb25b724b7a3dd6ed5590622e9fb794425fe81",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f2eed",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_expressionpractice",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expressionpracticeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="80856fb25c6ffe09c6c7efa4408eb709e6f0941f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_33462",
                    table="chins_expressionpracticeevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="score",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="5540d0434aabe7ff1c4956057344f362086389d6",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_811cf",
                    table="chins_score",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="score",
            trigger=pgtrigger.compiler.Trigger(
                name="fits",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NOT EXISTS (\n                        SELECT FROM chins_expression WHERE id = NEW.expression_id AND state = 'evaluating' FOR SHARE\n                    ) THEN\n                        RAISE EXCEPTION 'Scores are given while an expression is under evaluation.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_score_under_evaluation';\n                    END IF;\n                    IF NOT EXISTS (\n                        SELECT \n    FROM chins_criterion c JOIN chins_expression e ON e.commissioner_id = c.commissioner_id\n    WHERE e.id = NEW.expression_id AND c.period @> e.evaluating_from\n      AND c.held @> e.began_at - interval '1 microsecond'\n AND c.id = NEW.criterion_id AND NEW.score BETWEEN 0 AND c.maximum\n                    ) THEN\n                        RAISE EXCEPTION 'A score is a whole number, up to the highest of one of the criteria in force '\n                            'when the evaluation began.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_score_fits_its_criterion';\n                    END IF;\n                    IF TG_OP = 'UPDATE' AND (\n                        SELECT count(*) FROM chins_score s\n                        WHERE s.expression_id = OLD.expression_id AND s.evaluator_id = OLD.evaluator_id\n                    ) >= (SELECT count(*) \n    FROM chins_criterion c JOIN chins_expression e ON e.commissioner_id = c.commissioner_id\n    WHERE e.id = NEW.expression_id AND c.period @> e.evaluating_from\n      AND c.held @> e.began_at - interval '1 microsecond'\n) THEN\n                        RAISE EXCEPTION 'An evaluation that is complete stays as it is.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'chins_score_complete_stays';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="2218a3b8c08181b40586370c1eb9b9886809da40",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_fits_ac546",
                    table="chins_score",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="score",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_scoreevent" ("comment", "criterion_id", "evaluator_id", "expression_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score") SELECT new_values."comment", new_values."criterion_id", new_values."evaluator_id", new_values."expression_id", new_values."id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."score" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="91aaa6e2c2d37cf2712c8aab59b29b3ee356baa6",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_99640",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="chins_score",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="score",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "chins_scoreevent" ("comment", "criterion_id", "evaluator_id", "expression_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score") SELECT new_values."comment", new_values."criterion_id", new_values."evaluator_id", new_values."expression_id", new_values."id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."score" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="e838dcb8f15d16cebb7cd920616f6b3ea10c3fea",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dd759",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="chins_score",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="scoreevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7b7bd04fb7645ada43f012e25e60e35f19838fa1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_05b16",
                    table="chins_scoreevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(WORK_FUNCTIONS + WORK_TRIGGERS, NO_WORK),
        migrations.RunSQL(CLOSING, NO_CLOSING),
    ]
