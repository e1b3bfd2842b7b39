"""How many seats of a body are filled, with the way to them."""

from collections.abc import Sequence

from cc2h.governance.models import Body
from cc2h.governance.queries import Member
from cc2h.kit.asat import AsAt
from cc2h.kit.figures import Figure, Part, ratio_percent
from cc2h.kit.links import link, with_query


def seats_filled(body: Body, members: Sequence[Member], asat: AsAt) -> Figure | None:
    """Of the body's seats on the day, how many have somebody in them; None where it has no seat."""
    if not members:
        return None
    rows = link(asat, "governance:seat_list", body.slug)

    def part(name: str, value: int, filled: str = "") -> Part:
        url = with_query(rows, {"filled": filled}) if filled else rows
        return Part(name=name, value=value, unit="seats", url=url, csv=with_query(url, {"format": "csv"}))

    filled = sum(not one.vacant for one in members)
    vacant = part("Seats that are vacant", len(members) - filled, "no")
    return Figure(
        key="seats-filled",
        label="Seats filled",
        kind="ratio",
        value=ratio_percent(filled, len(members)),
        unit="%",
        as_at=asat.day,
        known=asat.known,
        formula="Seats with a post that somebody holds on the day, of all seats that the body has on it.",
        parts=(part("Seats that are filled", filled, "yes"), part("Seats", len(members))),
        behind=(
            Figure(
                key="seats-vacant",
                label="Vacant seats",
                kind="count",
                value=len(members) - filled,
                unit="seats",
                as_at=asat.day,
                known=asat.known,
                formula="Seats without a post, or with one that nobody holds on the day.",
                parts=(vacant,),
            ),
        ),
    )
