"""What happened, in sentences. Pure functions: no query, no clock.

A sentence is a list of pieces: plain words, numbers that lead to their rows (`Counted`), and figures that are
explained elsewhere on the page (`Shown`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cc2h.board.figures import Rows, capital, word
from cc2h.kit import words
from cc2h.kit.figures import Figure, Part
from chins.coverage import Coverage, Decomposition, Kind, PracticeChange, PracticeRow
from chins.workflow import ChinStatus

FEW = 3  # practices that a sentence names one by one
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Counted:
    """A number in a sentence that leads to its rows."""

    text: str
    part: Part


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure in a sentence that leads to how it was worked out."""

    text: str
    figure: Figure


Piece = str | Counted | Shown
Sentence = tuple[Piece, ...]


def in_words(number: int, one: str, many: str) -> str:
    """
    >>> in_words(1, "practice", "practices"), in_words(6, "CHIN", "CHINs"), in_words(43, "CHIN", "CHINs")
    ('one practice', 'six CHINs', '43 CHINs')
    """
    spelt = NUMBERS[number] if number < len(NUMBERS) else words.number(number)
    return f"{spelt} {one if number == 1 else many}"


def headline(now: Coverage, then: Coverage, rows: Rows, population: Figure) -> Sentence:
    """What happened between two days, and what is left, in one breath.

    population: the figure of both days (`figures.population`), which the page explains.
    """
    return (*_coverage(now, then, population), " ", *_chins(now, then, rows), *_left(now, rows))


def _coverage(now: Coverage, then: Coverage, figure: Figure) -> Sentence:
    since = words.day(then.day)
    new, old = now.population_percent, then.population_percent
    if new is None:
        return ("No list sizes are held for this day, so the share of patients is not known.",)
    share = Shown(f"{new}%", figure)
    if old is None:
        return (share, f" of patients are covered; no list sizes are held for {since}.")
    if new == old:
        return ("Coverage is ", share, f" of patients, as it was on {since}.")
    was = Shown(f"{old}%", figure.behind[0])
    return (f"Coverage {'rose' if new > old else 'fell'} from ", was, " to ", share, f" of patients since {since}.")


def _chins(now: Coverage, then: Coverage, rows: Rows) -> Sentence:
    one, many = now.commissioner.local_word, now.commissioner.local_word_plural
    new, old = len(now.chins), len(then.chins)

    def counted(text: str, number: int, of: Rows) -> Counted:
        return Counted(text, of.part(text, number, "count", of.coverage(of="own")))

    if new == old:
        verb = f"There {'is' if new == 1 else 'are'} {'still ' if new else ''}"
        return (verb, counted(in_words(new, one, many), new, rows), ".")
    if not old:
        verb = f" {'was' if new == 1 else 'were'} formed."
        return (counted(capital(in_words(new, one, many)), new, rows), verb)
    became = counted(NUMBERS[new] if new < len(NUMBERS) else words.number(new), new, rows)
    return (counted(capital(in_words(old, one, many)), old, rows.on(then.day)), " became ", became, ".")


def _left(now: Coverage, rows: Rows) -> Sentence:
    if not now.practices:
        return ()
    if not now.uncovered_practices:
        return (f" Every practice is in a {now.commissioner.local_word}.",)
    practices, patients = still_out(now, rows, capital(in_words(now.uncovered_practices, "practice", "practices")))
    return (" ", practices, ", ", patients, f", {'is' if now.uncovered_practices == 1 else 'are'} still to join.")


def still_out(now: Coverage, rows: Rows, practices: str) -> tuple[Counted, Counted]:
    """How many practices are in no CHIN, in the words given, and how many patients they have, where lists are held."""
    patients = words.plural(now.uncovered_patients, "patient")
    if not now.uncovered_patients and now.without_list >= now.uncovered_practices:
        patients = "no list held"
    url = rows.still_to_join()
    return (
        Counted(practices, rows.part(practices, now.uncovered_practices, "sum:practices", url)),
        Counted(patients, rows.part(patients, now.uncovered_patients, "sum:patients", url)),
    )


def changes(
    decomposition: Decomposition, now: Coverage, then: Coverage, rows: Rows, *, may_name: Callable[[PracticeRow], bool]
) -> list[Sentence]:
    """What changed between two days, a sentence a kind of change, each number leading to its rows."""
    told = _Teller(decomposition, rows, may_name)
    sentences = [
        told.joined(),
        told.left(),
        told.moved(),
        *told.states(now, then),
        told.total(Kind.OPENED, "opened"),
        told.total(Kind.CLOSED, "closed or became dormant"),
        told.merged(),
        told.split(),
        told.total(Kind.CAME, "came from another commissioner"),
        told.total(Kind.WENT, "went to another commissioner"),
        told.drift(),
    ]
    return [sentence for sentence in sentences if sentence]


def chin_changes(
    decomposition: Decomposition, chin_id: int, rows: Rows, *, may_name: Callable[[PracticeRow], bool]
) -> list[Sentence]:
    """Who came into one CHIN and who went, between two days."""
    told = _Teller(decomposition, rows, may_name)
    every = [*decomposition.moved, *(change for part in decomposition.covered for change in part.rows)]
    came: list[PracticeChange] = []
    went: list[PracticeChange] = []
    for change in {change.practice.practice_id: change for change in every}.values():
        old = change.before.chin_id if change.before else None
        new = change.after.chin_id if change.after else None
        if old != new and chin_id in (old, new):
            (came if new == chin_id else went).append(change)
    url = rows.changes(decomposition.first)
    sentences: list[Sentence] = []
    for found, verb in ((came, "came into it"), (went, "are no longer in it")):
        if found:
            text = words.plural(len(found), "practice")
            told_of = Counted(text, Part(name=text, value=len(found), url=url))
            sentences.append(
                (told_of, f" {verb if len(found) > 1 else verb.replace('are', 'is')}{told._names(found)}.")
            )
    return sentences


class _Teller:
    def __init__(self, decomposition: Decomposition, rows: Rows, may_name: Callable[[PracticeRow], bool]) -> None:
        self.of, self.rows, self.may_name = decomposition, rows, may_name
        self.word = decomposition.commissioner.local_word

    def _practices(self, found: Sequence[PracticeChange], kind: str, basis: str) -> Counted:
        """“3 practices”, leading to them."""
        url = self.rows.changes(self.of.first, kind=kind, basis=basis)
        text = words.plural(len(found), "practice")
        return Counted(text, self.rows.part(text, len(found), "count", url))

    def _may_list(self, found: Sequence[PracticeChange]) -> bool:
        """They are few, and the reader may know them all."""
        return len(found) <= FEW and all(self.may_name(change.practice) for change in found)

    def _names(self, found: Sequence[PracticeChange]) -> str:
        """The names of a few practices, where the reader may know them all."""
        return f": {words.listed(change.practice.name for change in found)}" if self._may_list(found) else ""

    def joined(self) -> Sentence:
        found = self.of.covered_part(Kind.JOINED).rows
        if not found:
            return ()
        into: dict[str, list[str]] = {}
        for change in found:
            into.setdefault((change.after and change.after.chin_name) or "", []).append(change.practice.name)
        if self._may_list(found):
            where = words.listed(f"{words.listed(names)} in {name}" for name, names in into.items())
        else:
            largest = sorted(into.items(), key=lambda one: -len(one[1]))
            where = words.listed(f"{words.number(len(names))} in {name}" for name, names in largest)
        return (self._practices(found, "joined", "in"), f" joined a {self.word}: {where}.")

    def left(self) -> Sentence:
        found = self.of.covered_part(Kind.LEFT).rows
        if not found:
            return ()
        now = "and is in none now" if len(found) == 1 else "and are in none now"
        return (self._practices(found, "left", "in"), f" left a {self.word} {now}{self._names(found)}.")

    def moved(self) -> Sentence:
        found = self.of.moved
        if not found:
            return ()
        if self._may_list(found):
            routes = words.listed(
                f"{change.practice.name} from {change.before.chin_name} to {change.after.chin_name}"
                for change in found
                if change.before and change.after
            )
            return (self._practices(found, "moved", "moved"), f" moved: {routes}.")
        return (self._practices(found, "moved", "moved"), f" moved to another {self.word}.")

    def states(self, now: Coverage, then: Coverage) -> Iterable[Sentence]:
        """New CHINs, those that went on to another state, those that count no more."""
        before = {chin.chin_id: chin for chin in then.chins}
        after = {chin.chin_id: chin for chin in now.chins}
        steps: dict[tuple[str, str], list[str]] = {}
        for chin in now.chins:
            old = before.get(chin.chin_id)
            if old is None or old.status != chin.status:
                steps.setdefault((old.status if old else "", chin.status), []).append(chin.name)
        for (old_state, state), names in steps.items():
            verb = "is" if len(names) == 1 else "are"
            how = (
                f"{verb} new, and {ChinStatus(state).label.lower()}"
                if not old_state
                else (f"went from {ChinStatus(old_state).label.lower()} to {ChinStatus(state).label.lower()}")
            )
            yield self._chins(names, how, state)
        gone = [chin.name for chin in then.chins if chin.chin_id not in after]
        if gone:
            yield self._chins(gone, "no longer counts" if len(gone) == 1 else "no longer count", "")

    def _chins(self, names: Sequence[str], how: str, state: str) -> Sentence:
        url = self.rows.changes(self.of.first, basis="state", **({"kind": state} if state else {}))
        listed = words.listed(names)
        return (f"{listed} {how}. ", Counted("See the days", Part(name="states", value=None, url=url)))

    def total(self, kind: Kind, verb: str) -> Sentence:
        found = self.of.total_part(kind).rows
        return (self._practices(found, kind, "all"), f" {verb}{self._names(found)}.") if found else ()

    def merged(self) -> Sentence:
        """Only those that ended by it; the practices they went to are in the rows."""
        found = [change for change in self.of.total_part(Kind.MERGED).rows if change.practices < 0]
        if not found:
            return ()
        url = self.rows.changes(self.of.first, kind="merged", basis="all")
        text = words.plural(len(found), "practice")
        counted = Counted(text, self.rows.part(text, -len(found), "sum:practices", url))
        return (counted, f" merged into another{self._names(found)}.")

    def split(self) -> Sentence:
        """Only those that began by it; the practices they split off from are in the rows."""
        found = [change for change in self.of.total_part(Kind.SPLIT).rows if change.practices > 0]
        if not found:
            return ()
        url = self.rows.changes(self.of.first, kind="split", basis="all")
        text = words.plural(len(found), "practice")
        counted = Counted(text, self.rows.part(text, len(found), "sum:practices", url))
        return (counted, f" split off from another{self._names(found)}.")

    def drift(self) -> Sentence:
        """How the lists of practices that were there all along grew or shrank."""
        part = self.of.total_part(Kind.DRIFT)
        if not part.rows:
            return ()
        url = self.rows.changes(self.of.first, kind="drift", basis="all")
        text = words.plural(abs(part.patients), "patient")
        counted = Counted(text, self.rows.part(text, part.patients, "sum:change", url))
        if not part.patients:
            return ("Lists grew and shrank, and are the same in all. ", counted)
        return (
            f"Lists of practices that were there all along {'grew' if part.patients > 0 else 'shrank'} by ",
            counted,
            ".",
        )


def nothing(since: date) -> str:
    """What is said when nothing changed."""
    return f"Nothing has changed since {words.day(since)}."


__all__ = ["Counted", "Sentence", "Shown", "capital", "changes", "headline", "in_words", "nothing", "still_out", "word"]
