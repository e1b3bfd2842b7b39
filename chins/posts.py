"""Who holds which post: what accounts.authority asks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from cc2h.accounts.authority import Holding, Role, provide

HELD = """
    SELECT p.id, p.role, p.title, k.id, coalesce(after.name, k.short_name), p.chin_id, p.practice_id, p.federation_id,
           h.deputy_for, after.days, after.ids
    FROM (
        SELECT post_id, '' AS deputy_for FROM chins_postholding
        WHERE holder_id = %(user)s AND upper_inf(held) AND period @> %(day)s::date
        UNION ALL
        SELECT d.post_id, coalesce(u.name, 'a vacant post')
        FROM chins_deputy d
        LEFT JOIN chins_postholding h
            ON h.post_id = d.post_id AND upper_inf(h.held) AND h.period @> %(day)s::date
        LEFT JOIN accounts_user u ON u.id = h.holder_id
        WHERE d.deputy_id = %(user)s AND upper_inf(d.held) AND d.period @> %(day)s::date
    ) AS h
    JOIN chins_post p ON p.id = h.post_id
    LEFT JOIN chins_chin c ON c.id = p.chin_id
    LEFT JOIN practices_federation f ON f.id = p.federation_id
    LEFT JOIN practices_practicestanding s
        ON s.practice_id = p.practice_id AND upper_inf(s.held) AND s.period @> %(day)s::date
    LEFT JOIN practices_commissioner k
        ON k.id = coalesce(p.commissioner_id, c.commissioner_id, f.commissioner_id, s.commissioner_id)
    LEFT JOIN LATERAL (
        WITH RECURSIVE followed(id, day) AS (
            SELECT k.successor_id, k.closed + 1 WHERE k.closed < %(day)s AND k.successor_id IS NOT NULL
            UNION
            SELECT n.successor_id, n.closed + 1
            FROM followed JOIN practices_commissioner n ON n.id = followed.id
            WHERE n.closed < %(day)s AND n.successor_id IS NOT NULL
        )
        SELECT array_agg(day ORDER BY day) AS days, array_agg(id ORDER BY day) AS ids,
               (array_agg(short_name ORDER BY day DESC))[1] AS name
        FROM followed JOIN practices_commissioner USING (id)
    ) AS after ON k.successor_id IS NOT NULL
    WHERE s.status IS DISTINCT FROM 'closed'
    ORDER BY p.id
"""


@provide
def holdings(user: Any, day: date) -> Iterator[Holding]:
    """The posts a user holds or deputises for on a day, in one query.

    A post of a commissioner that has ended is one of whichever commissioner took over from it. A post of a closed
    practice gives nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"user": user.pk, "day": day})
        for (
            post_id,
            role,
            title,
            commissioner_id,
            name,
            chin_id,
            practice_id,
            federation_id,
            whose,
            days,
            ids,
        ) in cursor:
            yield Holding(
                post_id=post_id,
                role=Role(role),
                title=title,
                commissioner_id=commissioner_id,
                commissioner_name=name or "",
                chin_id=chin_id,
                practice_id=practice_id,
                federation_id=federation_id,
                deputy_for=whose,
                followed_by=tuple(zip(days or (), ids or (), strict=True)),
            )
