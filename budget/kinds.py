"""What an entry of the ledger does to the balance it is on: the one table that the database's trigger is written from."""

from typing import NamedTuple

from django.db.models import TextChoices


class EntryKind(TextChoices):
    ALLOCATION = "allocation", "Allocation"
    ALLOCATION_CUT = "allocation_cut", "Allocation cut"
    VIREMENT_IN = "virement_in", "Virement in"
    VIREMENT_OUT = "virement_out", "Virement out"
    DELEGATED_IN = "delegated_in", "Delegated to the CHIN"
    DELEGATED_OUT = "delegated_out", "Delegated to a CHIN"
    CARRIED_IN = "carried_in", "Carried forward from the year before"
    CARRIED_OUT = "carried_out", "Carried forward to the next year"
    RETURNED = "returned", "Returned to the funder"
    EARMARK = "earmark", "Earmark"
    EARMARK_RELEASED = "earmark_released", "Earmark released"
    COMMITMENT = "commitment", "Commitment"
    COMMITMENT_REDUCED = "commitment_reduced", "Commitment reduced"
    PAYMENT = "payment", "Payment"
    PAYMENT_REVERSED = "payment_reversed", "Payment reversed"


class Effect(NamedTuple):
    """What a pound of an entry adds to or takes off each sum of a balance: 1, −1 or 0."""

    allocated: int = 0
    earmarked: int = 0
    committed: int = 0
    paid: int = 0


SUMS = Effect._fields
EFFECTS: dict[EntryKind, Effect] = {
    EntryKind.ALLOCATION: Effect(allocated=1),
    EntryKind.ALLOCATION_CUT: Effect(allocated=-1),
    EntryKind.VIREMENT_IN: Effect(allocated=1),
    EntryKind.VIREMENT_OUT: Effect(allocated=-1),
    EntryKind.DELEGATED_IN: Effect(allocated=1),
    EntryKind.DELEGATED_OUT: Effect(allocated=-1),
    EntryKind.CARRIED_IN: Effect(allocated=1),
    EntryKind.CARRIED_OUT: Effect(allocated=-1),
    EntryKind.RETURNED: Effect(allocated=-1),
    EntryKind.EARMARK: Effect(earmarked=1),
    EntryKind.EARMARK_RELEASED: Effect(earmarked=-1),
    EntryKind.COMMITMENT: Effect(committed=1),
    EntryKind.COMMITMENT_REDUCED: Effect(committed=-1),
    EntryKind.PAYMENT: Effect(paid=1),
    EntryKind.PAYMENT_REVERSED: Effect(paid=-1),
}
# Money that moves has two sides, written together and named by one transfer.
MOVES = {
    EntryKind.VIREMENT_OUT: EntryKind.VIREMENT_IN,
    EntryKind.DELEGATED_OUT: EntryKind.DELEGATED_IN,
    EntryKind.CARRIED_OUT: EntryKind.CARRIED_IN,
}
MOVING = [kind for sides in MOVES.items() for kind in sides]
# Asked for by one person, agreed by another.
OF_TWO = (
    *(EntryKind.ALLOCATION_CUT, EntryKind.VIREMENT_IN, EntryKind.VIREMENT_OUT),
    *(EntryKind.CARRIED_IN, EntryKind.CARRIED_OUT, EntryKind.RETURNED),
)
PROMISES = (EntryKind.EARMARK, EntryKind.COMMITMENT)  # what an overcommitted line takes no more of
GIVING = (*MOVES, EntryKind.RETURNED)  # what it gives none of away; a cut is the funder's


def sum_in_sql(of: str, alias: str = "") -> str:
    """The sum of entries, in SQL, as they bear on one of SUMS."""
    column = f"{alias}." if alias else ""
    adds = ", ".join(f"'{kind}'" for kind, effect in EFFECTS.items() if getattr(effect, of) > 0)
    takes = ", ".join(f"'{kind}'" for kind, effect in EFFECTS.items() if getattr(effect, of) < 0)
    return (
        f"coalesce(sum(CASE WHEN {column}kind IN ({adds}) THEN {column}amount "
        f"WHEN {column}kind IN ({takes}) THEN -{column}amount END), 0)"
    )


def stated_in_sql(alias: str = "") -> str:
    """Whether any of the entries, in SQL, bears on the allocation: without one it is not stated, which is not 0."""
    kinds = ", ".join(f"'{kind}'" for kind, effect in EFFECTS.items() if effect.allocated)
    return f"bool_or({alias and f'{alias}.'}kind IN ({kinds}))"
