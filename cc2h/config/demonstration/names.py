"""Made-up names and addresses. No practice in England has them, and no letter could be delivered there."""

FIRST_PARTS = (
    *("Ashen", "Bracken", "Cinder", "Dapple", "Ember", "Fallow", "Gorse", "Hollin", "Ivory", "Juniper"),
    *("Kestrel", "Linnet", "Marram", "Nettle", "Otter", "Pebble", "Quiver", "Russet", "Sorrel", "Teasel"),
)
SECOND_PARTS = (
    *("bourne", "combe", "down", "fold", "garth", "holt"),
    *("leigh", "mere", "reach", "stow", "wick", "worth"),
)
KINDS = ("Surgery", "Medical Centre", "Practice", "Health Centre", "Group Practice", "Medical Practice", "Surgery")
STREETS = (
    *("Larkspur Way", "Cobbler Row", "Tansy Road", "Old Kiln Lane", "Saffron Parade"),
    *("Weaver Rise", "Lantern Street", "Plover Close", "Mallow Avenue", "Signal Hill"),
)
# The second half of a postcode never has these letters, so a postcode made of them is nobody's.
IMPOSSIBLE_LETTERS = "CIKMOV"


def practice_name(number: int) -> str:
    """The name of practice `number` (from 0 to 239), no two alike: “Ashenbourne Surgery”."""
    round_, first = divmod(number, len(FIRST_PARTS))
    second = SECOND_PARTS[(first + round_) % len(SECOND_PARTS)]
    return f"{FIRST_PARTS[first]}{second} {KINDS[number % len(KINDS)]}"


def street(number: int) -> str:
    return f"{3 + number * 7 % 90} {STREETS[number % len(STREETS)]}"


def postcode(outward: str, number: int) -> str:
    """A postcode with a real first half and an impossible second: `NW9 4CK`."""
    digit, pair = number % 10, number % 36
    return f"{outward} {digit}{IMPOSSIBLE_LETTERS[pair // 6]}{IMPOSSIBLE_LETTERS[pair % 6]}"


def telephone(number: int) -> str:
    """A number from the range that the regulator keeps for drama."""
    return f"020 7946 0{number:03d}"
