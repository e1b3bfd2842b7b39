"""The cells of a table written by hand."""

from django.utils.safestring import SafeString

from cc2h.kit.cells import cell_tags, cells_of

COLUMNS = ("Name", {"text": "Paid & left", "numeric": True}, "Note")


def cells(*row: object) -> str:
    return cells_of(row, cell_tags(COLUMNS))


def test_the_first_heads_the_row_and_the_others_say_their_column() -> None:
    assert cells("A line", "£3", "So far") == (
        '<th role="rowheader" scope="row">A line</th>'
        '<td role="cell" class="num" data-label="Paid &amp; left">£3</td>'
        '<td role="cell" data-label="Note">So far</td>'
    )


def test_what_is_not_known_reads_as_a_dash() -> None:
    assert 'Note">–</td>' in cells("A line", 0, None)
    assert ">0</td>" in cells("A line", 0, None)


def test_text_is_escaped_and_safe_html_is_not() -> None:
    shown = cells("<b>", {"html": SafeString("<i>3</i>")}, {"text": "<b>"})
    assert "&lt;b&gt;</th>" in shown
    assert "<i>3</i></td>" in shown
    assert "&lt;b&gt;</td>" in shown
    assert "&lt;i&gt;" in cells("", {"html": "<i>3</i>"}, "")  # whoever gives it says that it is safe


def test_a_cell_leads_where_it_says() -> None:
    assert '<a href="/a/?b=1&amp;c=2">Here</a>' in cells("A line", {"text": "Here", "href": "/a/?b=1&c=2"}, "")


def test_a_record_shows_itself() -> None:
    class Shown:
        def __html__(self) -> str:
            return "<em>3</em>"

    assert "<em>3</em></td>" in cells("A line", Shown(), "")
