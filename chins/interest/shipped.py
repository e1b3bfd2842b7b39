"""The criteria the portal ships with: what the work plan of 2017/18 asks of a CHIN in its development phase, and the
size the papers give one. A commissioner takes them from a day, and changes them as it likes.
"""

from decimal import Decimal
from typing import NamedTuple


class Shipped(NamedTuple):
    name: str
    looks_for: str
    maximum: int
    weight: Decimal


SHIPPED = (
    Shipped(
        "Shared vision and leadership",
        "The practices agree on what they want to do together, and name a clinical and a managerial lead.",
        5,
        Decimal(20),
    ),
    Shipped(
        "Governance",
        "How the practices will decide, handle conflicts of interest, and share data with each other.",
        5,
        Decimal(15),
    ),
    Shipped(
        "Needs of the population",
        "What its population needs, shown by data, and what that asks of workforce, estates and IT.",
        5,
        Decimal(20),
    ),
    Shipped(
        "Logic model and outcomes",
        "How what is planned leads to better health, better experience and a more efficient system, and how that "
        "will be measured.",
        5,
        Decimal(15),
    ),
    Shipped(
        "Size and footprint",
        "Neighbouring practices whose population is inside the size band.",
        5,
        Decimal(10),
    ),
    Shipped(
        "Partners and public",
        "Which partners take part, and how patients and the public are involved.",
        5,
        Decimal(10),
    ),
    Shipped(
        "Readiness",
        "The support that is needed to begin, and what can begin within a year.",
        5,
        Decimal(10),
    ),
)
