"""Print a sign-in for every role of the demonstration."""

from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand
from django.db import connection
from django.urls import reverse

from cc2h.accounts.authority import Role
from cc2h.config import demonstration
from cc2h.kit import programme
from cc2h.kit.days import today
from cc2h.kit.models import Programme

HOLDERS = """
    SELECT DISTINCT ON (p.role) p.role, u.email, c.ods_code, n.slug, g.ods_code, f.slug
    FROM chins_post p
    JOIN chins_postholding h ON h.post_id = p.id AND upper_inf(h.held) AND h.period @> %(day)s::date
    JOIN accounts_user u ON u.id = h.holder_id AND u.is_active
    LEFT JOIN practices_commissioner c ON c.id = p.commissioner_id
    LEFT JOIN chins_chin n ON n.id = p.chin_id
    LEFT JOIN practices_practice g ON g.id = p.practice_id
    LEFT JOIN practices_federation f ON f.id = p.federation_id
    ORDER BY p.role, p.id
"""


class Command(BaseCommand):
    help = "Prints one sign-in for every role of the demonstration programme; nothing for any other."

    def handle(self, **options: Any) -> None:
        if programme.kind() != Programme.Kind.ILLUSTRATIVE:
            self.stdout.write("This portal holds no demonstration: sign in with your own e-mail address and password.")
            return
        with connection.cursor() as cursor:
            cursor.execute(HOLDERS, {"day": today()})
            holders = {role: (email, _looks_after(*of)) for role, email, *of in cursor.fetchall()}
        self.stdout.write(f"Demonstration sign-ins, all with the password {demonstration.PASSWORD}")
        self.stdout.write(f"  {'post':<36}{'e-mail address':<38}home page at /, and looks after")
        for role in Role:
            email, page = holders.get(role, ("nobody holds this post today", ""))
            self.stdout.write(f"  {role.label:<36}{email:<38}{page}")


def _looks_after(commissioner: str | None, chin: str | None, practice: str | None, federation: str | None) -> str:
    """The address of what a post is a post of."""
    if commissioner:
        return reverse("board:dashboard", args=[commissioner])
    if chin:
        return reverse("chins:chin_detail", args=[chin])
    if practice:
        return reverse("practices:practice_detail", args=[practice])
    if federation:
        return reverse("practices:practice_list") + "?" + urlencode({"federation": federation})
    return reverse("people:user_list")
