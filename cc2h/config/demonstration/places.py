"""The five commissioners of North Central London, with the words and sizes that stp-2017 gives them."""

from dataclasses import dataclass
from datetime import date

from cc2h.board.statements import PAPERS

OFFICE = "office@ncl.example"  # of the NCL programme
PLAN, REPORT = PAPERS["stp-2017"].cited, PAPERS["hwb-2018-01"].cited


@dataclass(frozen=True)
class Place:
    """A commissioner. `band` is the size of a CHIN in patients, from and to, and where that comes from."""

    code: str
    ons_code: str
    borough: str
    band: tuple[int, int, str]
    word: str = "CHIN"
    words: str = "CHINs"
    target: date | None = None

    @property
    def name(self) -> str:
        return f"NHS {self.borough} CCG"

    def mail(self, post: str) -> str:
        """The e-mail address of a post: nobody's, as no mail can reach it."""
        return f"{post}@{self.borough.lower()}.example"

    @property
    def manager(self) -> str:
        return self.mail("manager")


BARNET = Place(
    code="07M",
    ons_code="E38000005",
    borough="Barnet",
    band=(50_000, 80_000, f"{REPORT}; {PLAN}"),
    target=date(2018, 12, 31),
)
CAMDEN = Place(
    code="07R",
    ons_code="E38000027",
    borough="Camden",
    band=(50_000, 80_000, PLAN),
    word="Neighbourhood",
    words="Neighbourhoods",
)
ENFIELD = Place(
    code="07X",
    ons_code="E38000057",
    borough="Enfield",
    band=(70_000, 90_000, f"{PLAN}: about 80,000; ten thousand either way is this portal’s reading"),
    word="Health and Care Team",
    words="Health and Care Teams",
)
HARINGEY = Place(
    code="08D",
    ons_code="E38000072",
    borough="Haringey",
    band=(40_000, 60_000, f"{PLAN}: about 50,000; ten thousand either way is this portal’s reading"),
)
ISLINGTON = Place(
    code="08H",
    ons_code="E38000088",
    borough="Islington",
    band=(70_000, 90_000, f"{PLAN}: 80,000; ten thousand either way is this portal’s reading"),
)
PLACES = (BARNET, CAMDEN, ENFIELD, HARINGEY, ISLINGTON)
COMMISSIONERS_SINCE = date(2013, 4, 1)  # the day Clinical Commissioning Groups began
