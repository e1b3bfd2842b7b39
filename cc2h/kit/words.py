"""Numbers, days and counts as a person reads them.

Pure functions: no clock, no settings, no database. Rounding is half up, by Decimal, everywhere
(0.05 is 0.1 to one place, which binary floats and banker's rounding both get wrong). `None` is
"not known" and reads as a dash, never as 0.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

Number = Decimal | int | float | str

DASH = "–"
MINUS = "−"


def decimal(value: Number) -> Decimal:
    """The exact Decimal a person would write for `value` (a float by its shortest spelling).

    >>> decimal(0.1) + decimal("1,234")
    Decimal('1234.1')
    """
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(str(value).replace(",", "").replace(MINUS, "-").strip())


def half_up(value: Number, places: int = 0) -> Decimal:
    """`value` rounded half away from zero to `places` decimal places.

    >>> half_up("88.45", 1), half_up(-0.5), half_up(2.5)
    (Decimal('88.5'), Decimal('-1'), Decimal('3'))
    """
    rounded = decimal(value).quantize(_step(places), rounding=ROUND_HALF_UP)
    return rounded or abs(rounded)  # no "-0"


@cache
def _step(places: int) -> Decimal:
    """One of the last place."""
    return Decimal(1).scaleb(-places)


def number(value: Number | None, places: int = 0) -> str:
    """Thousands separated, a real minus sign.

    >>> number(401396), number(-1234.5, 1), number(None)
    ('401,396', '−1,234.5', '–')
    """
    if value is None:
        return DASH
    exact = value if isinstance(value, int) and not places else half_up(value, places)
    return f"{exact:,}".replace("-", MINUS)


def signed(value: Number | None, places: int = 0) -> str:
    """A change: always with its sign, except none.

    >>> signed(1234), signed(-213), signed(0), signed("50.44", 1)
    ('+1,234', '−213', '0', '+50.4')
    """
    if value is None:
        return DASH
    rounded = value if isinstance(value, int) and not places else half_up(value, places)
    return ("+" if rounded > 0 else "") + number(rounded, places)


def percent1(value: Number | None) -> str:
    """A percentage (0 to 100, not a fraction) to one place.

    >>> percent1(Decimal(48) * 100 / 54), percent1(88.25), percent1(None)
    ('88.9%', '88.3%', '–')
    """
    return DASH if value is None else number(value, 1) + "%"


def pounds(value: Number | None, places: int = 0) -> str:
    """
    >>> pounds(2061000), pounds(-1500), pounds("9.6", 2)
    ('£2,061,000', '−£1,500', '£9.60')
    """
    if value is None:
        return DASH
    rounded = half_up(value, places)
    return f"{MINUS if rounded < 0 else ''}£{abs(rounded):,}"


def signed_pounds(value: Number, places: int | None = None) -> str:
    """A change of an amount, with pence only where it has any, unless so many places are asked for.

    >>> signed_pounds(336000), signed_pounds(-10000), signed_pounds("0.5"), signed_pounds(0), signed_pounds(7, 2)
    ('+£336,000', '−£10,000', '+£0.50', '£0', '+£7.00')
    """
    exact = half_up(value, 2)
    if places is None:
        places = 2 if exact % 1 else 0
    return ("+" if exact > 0 else "") + pounds(exact, places)


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    >>> plural(1, "practice"), plural(6500, "practice"), plural(0, "has", "have")
    ('1 practice', '6,500 practices', '0 have')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    *first, end = [*words] or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def day(value: date | None) -> str:
    """
    >>> day(date(2018, 12, 6)), day(None)
    ('6 December 2018', '–')
    """
    return DASH if value is None else f"{value.day} {value:%B %Y}"


def short_day(value: date | None) -> str:
    """For tables and chips; months of three letters, in every one.

    >>> short_day(date(2018, 9, 6))
    '6 Sep 2018'
    """
    return DASH if value is None else f"{value.day} {value:%b %Y}"


def month(value: date | None) -> str:
    """
    >>> month(date(2018, 3, 31))
    'March 2018'
    """
    return DASH if value is None else f"{value:%B %Y}"


def period(lower: date | None, upper: date | None) -> str:
    """A half-open `[lower, upper)` range with the inclusive end that people expect.

    >>> period(date(2018, 1, 15), date(2018, 4, 1))
    '15 January 2018 to 31 March 2018'
    >>> period(date(2018, 1, 15), None), period(None, date(2018, 4, 1)), period(None, None)
    ('from 15 January 2018', 'until 31 March 2018', 'always')
    >>> period(date(2018, 1, 15), date(2018, 1, 16))
    'on 15 January 2018'
    """
    last = upper - timedelta(days=1) if upper else None
    if lower and last:
        return f"on {day(lower)}" if lower == last else f"{day(lower)} to {day(last)}"
    if lower:
        return f"from {day(lower)}"
    return f"until {day(last)}" if last else "always"


def moment(value: datetime | None) -> str:
    """A day and a time, as `value` carries it (the caller chooses the time zone).

    >>> moment(datetime(2018, 12, 6, 9, 5))
    '6 December 2018 at 09:05'
    """
    return DASH if value is None else f"{day(value)} at {value:%H:%M}"


def duration(seconds: float) -> str:
    """A time in its largest unit, below a second in milliseconds.

    >>> duration(0.034), duration(1), duration(95), duration(90_000)
    ('34 ms', '1 second', '1 minute', '1 day')
    """
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            return plural(int(seconds // size), name)
    return f"{round(seconds * 1000)} ms"


def size(number_of_bytes: int) -> str:
    """A number of bytes in the largest unit that it has one of, with two figures.

    >>> size(900), size(1_530_000), size(47_000_000_000)
    ('900 bytes', '1.5 MB', '47 GB')
    """
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number_of_bytes >= unit:
            value = number_of_bytes / unit
            return f"{value:.1f} {name}" if value < 10 else f"{value:.0f} {name}"
    return plural(number_of_bytes, "byte")


def ago(value: datetime | None, now: datetime) -> str:
    """How long before `now` `value` was, in its largest unit; a clock running ahead reads as just now.

    >>> at = datetime(2018, 12, 6, 9, 5)
    >>> ago(at, at + timedelta(seconds=3)), ago(at, at + timedelta(days=1, hours=3)), ago(at, at)
    ('3 seconds ago', '1 day ago', 'just now')
    >>> ago(None, at)
    'never'
    """
    if value is None:
        return "never"
    seconds = int((now - value).total_seconds())
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            return f"{plural(seconds // size, name)} ago"
    return "just now"


def measured(value: Decimal, unit: str = "") -> str:
    """A number of a measure in its unit, with as many decimals as it has: 62, 62.5%, £1,200."""
    text = f"{decimal(value).normalize():,f}".replace("-", MINUS)
    return {"%": f"{text}%", "£": f"£{text}"}.get(unit, text)
