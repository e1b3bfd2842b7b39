"""Made-up outlines of the five boroughs, and where the made-up practices stand."""

from itertools import count

from cc2h.config.demonstration.chance import between
from cc2h.kit.geometry import Shape, contains

# Made up, and plainly so: no border in London is straight for miles. Corners as (longitude, latitude).
WEST, NORTH, CREST, TOP, END = (-0.31, 51.64), (-0.25, 51.67), (-0.16, 51.68), (0.0, 51.69), (-0.01, 51.605)
MEADOW, HEATH, HILL, RIVER = (-0.14, 51.61), (-0.15, 51.585), (-0.145, 51.57), (-0.04, 51.6)
MARSH, PARK, CROFT, LOCK = (-0.04, 51.57), (-0.1, 51.56), (-0.08, 51.545), (-0.08, 51.52)
BRIDGE, YARD, GATE, EDGE = (-0.105, 51.518), (-0.13, 51.545), (-0.13, 51.51), (-0.19, 51.535)
BROOK, ROAD = (-0.21, 51.55), (-0.25, 51.58)
OUTLINES = {
    "Barnet": (WEST, NORTH, CREST, MEADOW, HEATH, BROOK, ROAD),
    "Camden": (HEATH, HILL, YARD, BRIDGE, GATE, EDGE, BROOK),
    "Enfield": (CREST, TOP, END, RIVER, MEADOW),
    "Haringey": (MEADOW, RIVER, MARSH, PARK, HILL, HEATH),
    "Islington": (HILL, PARK, CROFT, LOCK, BRIDGE, YARD),
}
# About where the postcodes of a district are.
DISTRICTS = {
    "HA8": (-0.275, 51.613),
    "EN5": (-0.196, 51.649),
    "EN4": (-0.168, 51.648),
    "N3": (-0.193, 51.6),
    "N12": (-0.177, 51.614),
    "N2": (-0.168, 51.59),
    "NW4": (-0.222, 51.589),
    "NW9": (-0.25, 51.597),
    "NW11": (-0.197, 51.578),
    "NW2": (-0.212, 51.564),
    "NW7": (-0.233, 51.618),
    "N20": (-0.175, 51.628),
    "N11": (-0.148, 51.615),
    "N10": (-0.145, 51.593),
    "N14": (-0.14, 51.634),
    "NW6": (-0.193, 51.546),
    "EN3": (-0.04, 51.658),
    "EN2": (-0.09, 51.66),
    "EN1": (-0.065, 51.648),
    "N9": (-0.058, 51.625),
    "N18": (-0.068, 51.613),
    "N13": (-0.104, 51.619),
    "N21": (-0.101, 51.634),
    "N17": (-0.066, 51.592),
    "N15": (-0.075, 51.581),
    "N22": (-0.108, 51.598),
    "N8": (-0.12, 51.584),
    "N6": (-0.136, 51.577),
    "N4": (-0.106, 51.567),
    "NW3": (-0.172, 51.555),
    "NW5": (-0.146, 51.553),
    "NW8": (-0.172, 51.536),
    "NW1": (-0.143, 51.535),
    "WC1": (-0.124, 51.524),
    "WC2": (-0.124, 51.519),
    "N19": (-0.132, 51.561),
    "N7": (-0.117, 51.553),
    "N5": (-0.1, 51.551),
    "N1": (-0.098, 51.538),
    "EC1": (-0.098, 51.525),
}
OVER_THE_BORDER = ("Barnet", "NW6")  # a practice of one borough that stands in another, as happens


def outline(borough: str) -> Shape:
    """The borough's made-up border."""
    corners = [[*corner] for corner in OUTLINES[borough]]
    return [[[*corners, corners[0]]]]


def position(borough: str, district: str, code: str) -> tuple[float, float]:
    """A made-up longitude and latitude for a practice: in its district, and inside its borough unless it is the one."""
    across, up = DISTRICTS[district]
    shape, inside = outline(borough), (borough, district) != OVER_THE_BORDER
    for attempt in count(1):  # wider and wider
        reach = 0.004 + 0.0005 * attempt
        longitude = round(across + between(-1.5 * reach, 1.5 * reach, "longitude", code, attempt), 5)
        latitude = round(up + between(-reach, reach, "latitude", code, attempt), 5)
        if contains(shape, longitude, latitude) == inside:
            break
    return longitude, latitude
