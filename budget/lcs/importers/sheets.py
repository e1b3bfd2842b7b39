"""The sheet of the go-live workbook with what practices have answered for local services before the portal."""

from collections.abc import Iterator, Sequence
from typing import Any

from budget.lcs import claims
from budget.lcs.claims import Given
from budget.lcs.models import Answer, Claim, Evidence, Output
from budget.lcs.states import TO_ENTER
from cc2h.accounts.authority import Action
from cc2h.kit import words
from cc2h.kit.imports.sheets import Book, Change, Field, Row, Sheet, once, sheet
from chins.importers.sheets import NOBODYS
from practices.importers.sheets import CODE

YES, NO = "Yes", "No"
READ = (Evidence.POST, Evidence.AGREEMENT)


@sheet
class ClaimsInFlight(Sheet):
    """An answer is held already if the claim has it. A claim that has been sent in stays as it is."""

    number, name = 90, "Claims in flight"
    what = (
        "What practices answered for an open local service before the portal: one row for each output of a claim. It is "
        "entered on the practice’s behalf, and verified in the portal by somebody else."
    )
    fields = (
        Field(
            "service", "Service", "the name of an open local service", "CHIN Infrastructure", required=True, longest=150
        ),
        Field("stage", "Stage", "the number of its stage", "1", required=True, longest=3),
        CODE,
        Field("output", "Output", "the number of the stage’s output", "4", required=True, longest=3),
        Field("answer", "Answer", "Yes or No for a pledge, else the words", "Yes", required=True, longest=4000),
        Field("came", "How it came", "how the practice sent it", "E-mail of 3 October 2018", required=True),
        Field("sent", "Sent in", "whether the claim is complete and waits to be verified", YES, choices=(YES, NO)),
    )

    def plan(self, book: Book, rows: Sequence[Row]) -> Iterator[Change]:
        found = list(self._claims(book, once(book, rows, "service", "stage", "practice", "output")))
        ids = {claim.pk for _, claim, _ in found}
        held = {(one.claim_id, one.output_id): one for one in Answer.objects.filter(claim__in=ids)}
        complete = self._complete(found, held)
        for row, claim, output in found:
            given = self._given(book, row, output)
            if given is None:
                continue
            key = f"{row['practice']}, {claim.stage.service}, {claim.stage}: {output}"
            before = held.get((claim.pk, output.pk))
            if before is not None and (before.pledged, before.text) == (given.pledged, given.text):
                yield Change(row, key, "unchanged")
            elif claim.state not in TO_ENTER:
                told = f"In the portal the claim is {claim.get_state_display().lower()}, and stays as it is."
                book.refuse(row, "answer", f"{told} Expected: what was entered there, or nothing.")
            elif row["sent"] == YES and (lacking := complete[claim.pk]):
                book.refuse(
                    row, "sent", f"{words.listed(lacking)} is still to be answered. Expected: a row for each, or No."
                )
            else:
                yield self._change(book, row, claim, given, key)

    def _claims(self, book: Book, rows: Iterator[Row]) -> Iterator[tuple[Row, Any, Output]]:
        """The claim and the output of each row; the rows without one, or that are not theirs to enter, are refused."""
        several = list(rows)
        held: Any = Claim.objects.filter(practice__ods_code__in={row["practice"] for row in several})
        by_name = {
            (one.stage.service.name.casefold(), str(one.stage.number), one.practice.ods_code): one
            for one in held.with_place(book.today).whole()
        }
        outputs = {
            (one.stage_id, str(one.number)): one
            for one in Output.objects.filter(stage__in={one.stage_id for one in by_name.values()})
        }
        for row in several:
            claim = by_name.get((row["service"].casefold(), row["stage"], row["practice"]))
            if claim is None:
                told = "The portal has no claim of this practice for this stage. Expected: an open service, and a practice on its list."
                book.refuse(row, "service", told)
            elif not book.may(Action.ENTER_CLAIM, claim.authority_target()):
                book.refuse(row, "practice", NOBODYS.format(whose=row["practice"], what="claims"))
            elif (output := outputs.get((claim.stage_id, row["output"]))) is None:
                book.refuse(
                    row, "output", f"The stage has no output {row['output']}. Expected: a number on the service’s page."
                )
            else:
                yield row, claim, output

    def _given(self, book: Book, row: Row, output: Output) -> Given | None:
        if output.evidence in READ:
            book.refuse(
                row, "output", f"“{output}” is read by the portal itself, from posts and agreements. Leave the row out."
            )
        elif output.evidence == Evidence.FILE:
            book.refuse(row, "output", f"“{output}” is shown by a file. Attach it on the claim’s page.")
        elif output.evidence == Evidence.TEXT:
            return Given(output, text=row["answer"])
        elif row["answer"].casefold() not in (YES.casefold(), NO.casefold()):
            book.refuse(row, "answer", f"“{output}” is a pledge. Expected: Yes or No.")
        else:
            return Given(output, pledged=row["answer"].casefold() == YES.casefold())
        return None

    def _complete(self, found: Sequence[tuple[Row, Any, Output]], held: Any) -> dict[int, list[str]]:
        """By claim, what neither the portal nor the workbook answers and somebody has to enter."""
        said = {(claim.pk, output.pk) for _, claim, output in found} | set(held)
        stages = {claim.stage_id for _, claim, _ in found}
        asked: dict[int, list[Output]] = {}
        for output in Output.objects.filter(stage__in=stages).exclude(evidence__in=READ):
            asked.setdefault(output.stage_id, []).append(output)
        return {
            claim.pk: [str(one) for one in asked.get(claim.stage_id, ()) if (claim.pk, one.pk) not in said]
            for _, claim, _ in found
        }

    def _change(self, book: Book, row: Row, claim: Any, given: Given, key: str) -> Change:
        came = {"day": book.today, "on_behalf": True, "how_it_came": row["came"]}

        def send() -> None:
            current = Claim.objects.get(pk=claim.pk)
            if current.state in TO_ENTER:  # once, though each row of the claim says so
                claims.send(by=book.by, claim=current, **came)

        return Change(
            row,
            key,
            "new",
            "",
            row["answer"],
            lambda: claims.enter(by=book.by, claim=claim, given=[given], **came),
            send if row["sent"] == YES else None,
        )
