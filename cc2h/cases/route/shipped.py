"""The route as the domain has it, a setting of ours: short below a limit, long above it, and one for scaling.

A body that the commissioner has not got leaves its stage out.
"""

from decimal import Decimal

from cc2h.cases.route.keeping import Plan
from cc2h.cases.route.outcomes import Part
from cc2h.governance.models import Body
from practices.models import Commissioner

SHORT_FORM, BOARDS_LIMIT = Decimal("25000.00"), Decimal("100000.00")
# By what their names say they are; the names themselves are the papers'.
PROGRAMME_BOARD, GOVERNING_BODY, STEERING_GROUP, WELLBEING_BOARD = (
    "Programme Board",
    "Governing Body",
    "Steering Group",
    "Health and Wellbeing Board",
)
# What each looks at: what was said of the rest holds when a case comes again.
COSTS, PURPOSE, PREDICTION = ("costs",), ("problem", "idea"), ("problem", "idea", "predict")
WHY = "The route that the portal comes with."


def bodies_of(commissioner: Commissioner) -> dict[str, Body]:
    """The bodies of the default route that the commissioner has."""
    own = list(Body.objects.filter(commissioner=commissioner, chin=None, ended_on=None).order_by("pk"))
    found = {}
    for what in (PROGRAMME_BOARD, GOVERNING_BODY, STEERING_GROUP, WELLBEING_BOARD):
        body = next((one for one in own if what.lower() in one.name.lower()), None)
        if body is not None:
            found[what] = body
    return found


def stages(bodies: dict[str, Body]) -> list[Plan]:
    """The default route, for the bodies there are."""
    board, governing = bodies.get(PROGRAMME_BOARD), bodies.get(GOVERNING_BODY)
    group, wellbeing = bodies.get(STEERING_GROUP), bodies.get(WELLBEING_BOARD)
    found = [
        Plan(name="Sponsorship by the CHIN", position=1, part=Part.SPONSOR, key="sponsor-short", own_board=True,
             up_to=SHORT_FORM, target_days=5, sections=PURPOSE, conflicts=False),
        Plan(name="Finance check", position=2, part=Part.CHECK, key="check-short", up_to=SHORT_FORM, target_days=5,
             sections=COSTS),
        Plan(name="Decision of the named officer", position=4, part=Part.DECIDE, key="officer", up_to=SHORT_FORM,
             target_days=10),
        Plan(name="Sponsorship by the CHIN", position=1, part=Part.SPONSOR, key="sponsor-long", own_board=True,
             above=SHORT_FORM, target_days=10, sections=PURPOSE, conflicts=False),
        Plan(name="Finance check", position=2, part=Part.CHECK, key="check-long", above=SHORT_FORM, target_days=10,
             scale=True, sections=COSTS),
    ]  # fmt: skip
    if group is not None:
        found.append(
            Plan(name="Advice of the Steering Group", position=2, part=Part.ADVISE, key="advice", body=group,
                 above=SHORT_FORM, target_days=20, sections=PREDICTION)
        )  # fmt: skip
    if board is not None:
        found += [
            Plan(name="Telling the Programme Board", position=6, part=Part.TOLD, key="board-told", body=board,
                 up_to=SHORT_FORM, target_days=30, conflicts=False),
            Plan(name="Decision of the Programme Board", position=4, part=Part.DECIDE, key="board", body=board,
                 above=SHORT_FORM, scale=False, target_days=30),
            Plan(name="Decision on scaling by the Programme Board", position=4, part=Part.DECIDE, key="board-scale",
                 body=board, test=False, scale=True, target_days=30),
        ]  # fmt: skip
    if governing is not None:
        found.append(
            Plan(name="Decision of the Governing Body", position=5, part=Part.DECIDE, key="governing", body=governing,
                 above=BOARDS_LIMIT, scale=True, target_days=30)
        )  # fmt: skip
    if wellbeing is not None:
        found.append(
            Plan(name="Noting by the Health and Wellbeing Board", position=6, part=Part.NOTE, key="wellbeing",
                 body=wellbeing, above=SHORT_FORM, scale=True, target_days=60, conflicts=False)
        )  # fmt: skip
    return found
