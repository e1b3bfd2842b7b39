"""The register of triggers keeps what pgtrigger's own looks for, and refuses what that refuses."""

import pgtrigger
import pytest
from pgtrigger import registry

from cc2h.accounts.models import User
from cc2h.kit.triggers import Register


def a_trigger(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=pgtrigger.Update, func="RETURN NEW;")


def test_it_is_the_register_of_every_model() -> None:
    kept = registry._registry
    assert isinstance(kept, Register)
    every = list(kept.values())
    assert kept.by_db_table == {(model._meta.db_table, trigger.name): trigger for model, trigger in every}
    assert kept.pg_function_names == {trigger.get_pgid(model) for model, trigger in every}
    assert len(kept.pg_function_names) == len(every) > 400


def test_a_second_trigger_of_a_name_is_refused_until_the_first_is_gone() -> None:
    with a_trigger("kept").register(User):
        with pytest.raises(KeyError, match="already used"):
            registry.set("accounts.User:kept", model=User, trigger=a_trigger("kept"))
        assert ("accounts_user", "kept") in registry._registry.by_db_table
    assert ("accounts_user", "kept") not in registry._registry.by_db_table
