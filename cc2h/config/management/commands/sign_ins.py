"""Print a sign-in for every role of the demonstration."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from cc2h.accounts.authority import Role
from cc2h.config import demonstration
from cc2h.kit import programme
from cc2h.kit.days import today
from cc2h.kit.models import Programme

HOLDERS = """
    SELECT DISTINCT ON (p.role) p.role, u.email
    FROM chins_post p
    JOIN chins_postholding h ON h.post_id = p.id AND upper_inf(h.held) AND h.period @> %(day)s::date
    JOIN accounts_user u ON u.id = h.holder_id AND u.is_active
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
            emails = dict(cursor.fetchall())
        self.stdout.write(f"Demonstration sign-ins, all with the password {demonstration.PASSWORD}")
        for role in Role:
            self.stdout.write(f"  {role.label:<35} {emails.get(role, 'nobody holds this post today')}")
