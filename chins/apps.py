from typing import Any

from django.apps import AppConfig

from cc2h.accounts.authority import Action
from cc2h.kit.context import Destination, freshness_sql, go_to


class ChinsApp(AppConfig):
    name = "chins"

    def ready(self) -> None:
        # they register the worker's job, what is found, kinds of file and record, which networks practices are in, who holds
        # which post
        from cc2h.kit import programme
        from chins import coverage, finding, importers, networks, post_services, posts, records  # noqa: F401

        everybodys = "chin_id IS NULL AND practice_id IS NULL AND federation_id IS NULL"
        theirs = f"post_id IN (SELECT id FROM chins_post WHERE {everybodys})"  # noqa: S608 - a constant of ours
        programme.belongs("chins", Post=everybodys, PostHolding=theirs, Deputy=theirs)
        programme.after_removal(
            post_services.administer_after_removal,
            "You become portal administrator from today, beside the posts you have: whoever is to use the portal "
            "then gets access and a post from you.",
        )
        freshness_sql["computed_at"] = "(SELECT max(computed_at) FROM chins_coveragerun)"
        freshness_sql["extract_day"] = (
            "(SELECT max(day) FROM practices_listsize WHERE superseded_at IS NULL AND day <= %(day)s)"
        )

        def reads(user: Any) -> bool:
            return user.authority.may(Action.VIEW_REGISTER)

        go_to(Destination("CHINs", "chins:chin_list", "/chins/", reads, order=30))
        go_to(Destination("Posts", "people:post_list", "/people/", reads, order=90))
