"""Every component: when to use it, and its states. See the package's text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from cc2h.config.gallery import Component, Example, File, environment
from cc2h.config.gallery import stand_ins as of
from cc2h.kit import charts
from cc2h.kit.figures import Part
from cc2h.kit.lists import state_tag


def example(state: str, source: str, *, wide: bool = False, drawn: bool = True, **given: Any) -> Example:
    return Example(state=state, source=source, given=given, wide=wide, drawn=drawn)


def filled(*names: str, wrong: bool = False, kind: type[of.Sample] = of.Sample) -> of.Sample:
    """A form as it opens with these fields filled; or as it comes back with them wrong, or left empty."""
    if wrong:
        return kind({name: of.WRONG.get(name, "") for name in names})
    return kind(initial={name: of.FILLED[name] for name in names})


def files(drawn: charts.Chart) -> Sequence[File]:
    """The gallery, in the order of the page. `drawn`: the example chart, kept."""
    return [
        File("fields", "Forms", list(_fields())),
        File("confirm", "Before something changes", list(_confirm())),
        File("messages", "Messages", list(_messages())),
        File("progress", "Work under way", list(_progress())),
        File("tags", "States and tags", list(_tags())),
        File("figures", "Figures that explain themselves", list(_figures())),
        File("charts", "Charts", list(_charts(drawn))),
        File("tables", "Tables", list(_tables())),
        File("table", "The table of a list", list(_list_table())),
        File("filters", "Filters", list(_filters())),
        File("views", "Saved views and columns", list(_views())),
        File("pagination", "Pages and what to take away", list(_pagination())),
        File("records", "The parts of a record", list(_records())),
        File("freshness", "How fresh figures are", list(_freshness())),
        File("map", "Marks on a map", list(_map())),
    ]


# Forms --------------------------------------------------------------------------------------------------


def _fields() -> Iterator[Component]:
    empty = filled()

    def one(state: str, name: str, more: str = "") -> Iterator[Example]:
        """A field empty, filled, and where it can be wrong so."""
        source = f'{{{{ field(form["{name}"]{more}) }}}}'
        yield example(state, source, form=empty)
        if name in of.FILLED:
            yield example(f"{state}, filled", source, form=filled(name))
        if empty.fields[name].required:
            yield example(f"{state}, with an error", source, form=filled(name, wrong=True))

    yield Component(
        "field",
        "One question of a form, whatever its kind: label, hint, error and value come from the Django field.",
        [
            *one("Text", "name"),
            example(
                "Another label and hint",
                '{{ field(form["name"], label="New name", hint="From the day below.") }}',
                form=empty,
            ),
            example("No hint, larger label", '{{ field(form["name"], hint=" ", label_size="m") }}', form=empty),
            example("A class of its own", '{{ field(form["name"], classes="app-code") }}', form=filled("name")),
            *one("Short text", "code", ", width=5"),
            example("May be left empty", '{{ field(form["phone"]) }}', form=filled("phone")),
            example("The same, unsaid", '{{ field(form["phone"], mark_optional=false) }}', form=empty),
            example("E-mail", '{{ field(form["email"]) }}', form=filled("email")),
            example("E-mail, with an error", '{{ field(form["email"]) }}', form=filled("email", wrong=True)),
            *one("Number", "patients"),
            *one("Number with decimals", "share"),
            *one("Day", "day"),
            *one("Choice of a list", "state"),
            example("Several of a list", '{{ field(form["several"]) }}', form=filled("several")),
            example("Yes, no or not known", '{{ field(form["open"]) }}', form=filled("open")),
            *one("Radios", "network"),
            *one("Checkboxes", "networks"),
            *one("One checkbox", "told"),
            *one("Long text", "reason"),
            *one("File", "file"),
            *one("Password", "password"),
            example("From a number to a number", '{{ field(form["size"]) }}', form=filled("size")),
            example("From a day to a day", '{{ field(form["between"]) }}', form=filled("between")),
            example("Hidden", '{{ field(form["version"]) }}', drawn=False),
        ],
    )
    yield Component(
        "fields",
        "All fields of a form in their order: the plain way, unless they need an order or words of their own.",
        [example("A form", "{{ fields(form) }}", wide=True, form=filled("name", "code", kind=of.Lines))],
    )
    wrong = filled("name", "code", "day", wrong=True, kind=of.Lines)
    yield Component(
        "error_summary",
        "Directly above a form that came back. Each line leads to its field; what is wrong with the whole stands first.",
        [example("Of a form", "{{ error_summary(form) }}{{ fields(form) }}", wide=True, form=wrong)],
    )
    yield Component(
        "button",
        "One green button a page, for what the page is for. Secondary beside it; warning for what can’t be taken back.",
        [
            example("Primary", '{{ button("Save") }}'),
            example(
                "Secondary, with a name and value",
                '{{ button("Change what I typed", kind="secondary", name="change", value="yes") }}',
            ),
            example("Warning", '{{ button("Void it", kind="warning") }}'),
            example("Small", '{{ button("Apply", small=true) }}'),
            example("A link dressed as a button", '{{ button("Import a file", href="?") }}'),
            example("Reverse, on a dark ground", '<div class="app-header">{{ button("Save", kind="reverse") }}</div>'),
        ],
    )
    yield Component(
        "submit",
        "The end of a form: what it does, in a verb, and the way out without doing it.",
        [
            example("With a way out", '{{ submit("Continue", cancel="?") }}'),
            example("Alone", '{{ submit("Save") }}'),
            example("Of what can’t be taken back", '{{ submit("Void it", cancel="?", kind="warning") }}'),
        ],
    )


def _confirm() -> Iterator[Component]:
    rows = [
        {"what": "Patients in a CHIN", "before": "88.4%", "after": "90.1%", "change": "+1.7 points"},
        {"what": "CHIN 1 North: practices", "before": "9", "after": "10", "change": "+1"},
        {"what": "CHIN 2 South: practices", "before": "7", "after": "7", "change": ""},
    ]
    changes = [
        {
            "field": "Area it serves",
            "theirs": "Golders Green and Temple Fortune",
            "yours": "Golders Green and Cricklewood",
        }
    ]
    yield Component(
        "effect",
        "Between a form and its yes: the numbers now and after, so that nobody agrees to what they can’t see.",
        [
            example("Numbers", '{{ effect(rows, intro="From 1 January 2019.") }}', wide=True, rows=rows),
            example(
                "Sentences, before it is done",
                "{% call effect([]) %}<p>Ashenbourne Surgery leaves CHIN 1 North on 31 December 2018.</p>{% endcall %}",
                wide=True,
            ),
            example("Other words above", '{{ effect(rows[:1], heading="What it changed") }}', wide=True, rows=rows),
        ],
    )
    yield Component(
        "conflict",
        "When somebody else saved first. Nothing that was typed is lost: the form stands under it as it was.",
        [
            example(
                "Both changed it",
                '{{ conflict("Deputy manager", at, changes) }}',
                wide=True,
                at=of.MOMENT,
                changes=changes,
            ),
            example(
                "It is gone",
                '{{ conflict(by="Deputy manager", at=at, changes=changes, gone="entered for the wrong practice") }}',
                wide=True,
                at=of.MOMENT,
                changes=changes,
            ),
        ],
    )


def _messages() -> Iterator[Component]:
    yield Component(
        "message_list",
        "What just happened, once, at the top of the next page. The layout shows it; a view says messages.success(…).",
        [
            example(said, "{{ message_list(messages) }}", wide=True, messages=[message])
            for said, message in zip(("Done", "To know", "To note", "A problem"), of.MESSAGES, strict=True)
        ],
    )


def _progress() -> Iterator[Component]:
    yield Component(
        "progress",
        "Work that a worker does while somebody waits. With script it renews itself; here it keeps still.",
        [
            example("So many of so many", '{{ progress(1200, 6500, "Checking rows") }}'),
            example("Nobody knows how long", '{{ progress(0, 0, "Waiting for a worker", key="import-12") }}'),
        ],
    )
    yield Component(
        "refresh",
        "In the head of such a page: without script the browser loads it again after so many seconds.",
        [example("In the block “head”", "{{ refresh(seconds=3) }}", drawn=False)],
    )


# States and figures -------------------------------------------------------------------------------------


def _tags() -> Iterator[Component]:
    states = environment().get_template("components/tags.html").module
    yield Component(
        "status_tag",
        "The state of a record. Word, shape and colour belong to the state, so that it looks the same on every page.",
        [
            *(example(state, f'{{{{ status_tag("{state}") }}}}') for state in states.STATES),  # type: ignore[attr-defined]
            example("In other words", '{{ status_tag("approved", text="Approved in May") }}'),
            example("A state that nobody described", '{{ status_tag("half-way") }}'),
            example("None", "{{ status_tag(none) }}"),
        ],
    )
    shapes = ["none", *states.SHAPES]  # type: ignore[attr-defined]
    colours = ["green", "blue", "grey", "yellow", "red", "purple", "plain"]
    yield Component(
        "tag",
        "A word about a record that is no state of it. Never by colour alone: the word says it, the shape helps.",
        [
            *(
                example(colour.capitalize(), f'{{{{ tag("Carried forward", colour="{colour}") }}}}')
                for colour in colours
            ),
            *(
                example(f"Shape: {shape}", f'{{{{ tag("Carried forward", "yellow", shape="{shape}") }}}}')
                for shape in shapes
            ),
        ],
    )


def _figures() -> Iterator[Component]:
    cards = [
        ("Known", of.share("card.known"), ', ["up 50.4 points since 30 March"]'),
        ("Not known", of.last_day("card.unknown", known=False), ""),
        ("A day", of.last_day("card.day", known=True), ""),
        ("A paper says otherwise", of.share("card.paper", statements=(of.SAYS,)), ""),
        ("Settled, and a paper’s words", of.share("card.settled", statements=(of.SETTLED, of.WORDS_ONLY)), ""),
        ("With others beside it", of.change("card.change"), ""),
        ("In other words", of.share("card.words"), ', shown="9 in 10"'),
        (
            "Nothing to count",
            of.count("card.none", "Practices still to join", 0),
            ', lines=["Their names are not released."]',
        ),
    ]
    yield Component(
        "figure_card",
        "A headline number. It always says how it was worked out, and what papers say of the same.",
        [
            *(example(state, f"{{{{ figure_card(figure{more}) }}}}", figure=figure) for state, figure, more in cards),
            example(
                "With more in it",
                '{% call figure_card(figure) %}<p>Three of them by <a href="?">planned joins</a>.</p>{% endcall %}',
                figure=of.count("card.call", "Practices still to join", 6),
            ),
            example(
                "Several, as they stand on a page",
                '<div class="app-figures">\n{% for figure in figures %}{{ figure_card(figure) }}\n{% endfor %}</div>',
                wide=True,
                figures=[
                    of.share("row.patients", statements=(of.SAYS,)),
                    of.count("row.practices", "Practices in a CHIN", 48),
                    of.count("row.chins", "CHINs", 6, "CHINs"),
                    of.last_day("row.last", known=False),
                ],
            ),
        ],
    )
    yield Component(
        "figure_value",
        "The number alone, in a sentence or a cell; its explanation stands elsewhere on the page.",
        [
            example(
                "In a sentence, explained under it",
                "<p>{{ figure_value(figure) }} of patients are in a CHIN.</p>\n{{ how(figure) }}",
                figure=of.share("value"),
            )
        ],
    )
    yield Component(
        "figure_link",
        "Words that stand for a number and lead to its explanation.",
        [
            example(
                "In a sentence",
                '<p>{{ figure_link(figure, text="Nearly nine in ten patients") }} are in a CHIN.</p>\n{{ how(figure) }}',
                figure=of.share("link"),
            )
        ],
    )
    yield Component(
        "figure_attributes",
        "For markup of its own: what makes an element the figure, so that the tests follow it to its rows.",
        [
            example(
                "On an element of a page",
                "<strong {{ figure_attributes(figure) }}>{{ figure.display }}</strong>\n{{ how(figure) }}",
                figure=replace(of.share("attributes"), places=1),
            )
        ],
    )
    yield Component(
        "how",
        "“How is this worked out?” alone: under a table, a chart or a sentence that shows the number.",
        [
            example("Closed", "{{ figure_value(figure) }}{{ how(figure) }}", figure=of.share("how.closed")),
            example(
                "Open",
                "{{ figure_value(figure) }}{{ how(figure, open=true) }}",
                figure=of.share("how.open", computed_at=of.MOMENT),
            ),
            example("Inside another", "{{ how(figure, inner=true) }}", figure=of.share("how.inner")),
        ],
    )
    yield Component(
        "paper_says",
        "What a paper states. Beside the records, never instead of them.",
        [
            example(
                "The records differ",
                "{{ paper_says(statement, figure) }}",
                wide=True,
                statement=of.SAYS,
                figure=of.share("paper"),
            ),
            example(
                "Settled",
                "{{ paper_says(statement, figure=figure) }}",
                wide=True,
                statement=of.SETTLED,
                figure=of.share("paper"),
            ),
            example("Words, and nothing to compare", "{{ paper_says(statement) }}", wide=True, statement=of.WORDS_ONLY),
        ],
    )
    yield Component(
        "stat_sentence",
        "The one sentence on top of a board’s page.",
        [
            example(
                "With its numbers linked",
                "{% set text %}Coverage rose to {{ figure_link(figure, figure.display) }} of patients since March.{% endset %}"
                "\n{{ stat_sentence(text) }}{{ how(figure) }}",
                wide=True,
                figure=of.share("sentence"),
            )
        ],
    )
    yield Component(
        "counted",
        "A filter, for cells: a number that leads to its rows, or the words that stand for it.",
        [
            example("A number", "{{ part|counted }}", part=Part("Practices", 48, "practices", of.HERE)),
            example("In words", '{{ part|counted("48 of 54") }}', part=Part("Practices", 48, "practices", of.HERE)),
        ],
    )


def _charts(drawn: charts.Chart) -> Iterator[Component]:
    table = '{{ data_table("Patients in a CHIN", ["Day", {"text": "Percent", "numeric": true}], rows) }}'
    rows = [[f"{row['day']:%-d %B %Y}", row["percent"]] for row in drawn.rows]
    yield Component(
        "chart",
        "A picture with its numbers: they can be read as a table, and taken as PNG, SVG or CSV.",
        [
            example(
                "Drawn",
                '{% call chart("Patients in a CHIN", made, caption="Made-up percentages, by month.") %}\n'
                + table
                + "\n{% endcall %}",
                wide=True,
                made=drawn,
                rows=rows,
            ),
            example(
                "It could not be drawn",
                '{% call chart(title="Patients in a CHIN, again", drawn=made, level=3) %}\n'
                + table
                + "\n{% endcall %}",
                wide=True,
                made=replace(drawn, failed=True),
                rows=rows,
            ),
        ],
    )
    sparks = of.listed(rows=3).data
    yield Component(
        "sparkline",
        "The shape of a series, in a row of a table: cc2h.kit.sparks, called where the table is declared.",
        [
            example(state, "{{ row.months }}", row=row)
            for state, row in zip(("Rising and falling", "Steeper", "Too few numbers"), sparks, strict=True)
        ],
    )


# Lists --------------------------------------------------------------------------------------------------


def _tables() -> Iterator[Component]:
    columns = '["CHIN", "State", {"text": "Patients", "numeric": true}]'
    tagged = '{"html": status_tag("operational")}'
    yield Component(
        "data_table",
        "A few rows that a page has worked out. Its first cell heads the row; a cell that is not known reads as a dash.",
        [
            example("Empty", f'{{{{ data_table("CHINs", {columns}, [], empty="No CHIN yet.") }}}}', wide=True),
            example("Empty, without words of its own", f'{{{{ data_table("CHINs", {columns}, []) }}}}', wide=True),
            example(
                "Short, with links and a tag",
                f'{{{{ data_table("CHINs", {columns},\n    [[{{"text": "CHIN 1 North", "href": "?"}}, {tagged}, "61,120"],'
                ' ["CHIN 2 South", none, none]]) }}',
                wide=True,
            ),
            example(
                "Columns of one width",
                '{{ data_table("CHINs side by side", ["What", "CHIN 1 North, with its long name", "CHIN 2"], rows, even=true) }}',
                wide=True,
                rows=[["Patients", "61,120", "60,400"], ["Practices", "9", "7"]],
            ),
            example(
                "A value with no space to break at",
                '{{ data_table("Problems", ["Line", "Value"], rows) }}',
                wide=True,
                rows=[["4", "0207946" * 9]],
            ),
            example(
                "With its caption and a total",
                f'{{{{ data_table("CHINs by patients", {columns}, rows,\n    show_caption=true, total=["All", "", "121,520"]) }}}}',
                wide=True,
                rows=[["CHIN 1 North", "Operational", "61,120"], ["CHIN 2 South", "Approved", "60,400"]],
            ),
            example(
                "Long",
                f'{{{{ data_table(caption="Practices", columns={columns}, rows=rows, lines="records") }}}}',
                wide=True,
                rows=[
                    [{"text": of.PRACTICES[n % 4]["name"], "href": of.HERE}, "Active", f"{n * 811:,}"]
                    for n in range(12)
                ],
            ),
        ],
    )


def _list_table() -> Iterator[Component]:
    source = '{% include "components/table.html" %}'
    states = [
        ("As it comes", of.listed(caption="Practices"), ""),
        ("Sorted upwards", of.listed("sort=name"), "sort=name"),
        ("Sorted downwards", of.listed("sort=-patients"), "sort=-patients"),
        ("Long", of.listed(rows=12), ""),
        ("Fewer columns", of.listed(columns="name,patients"), ""),
        ("Empty", of.listed(rows=0, empty="No practice yet."), ""),
    ]
    yield Component(
        "table",
        "The rows of a list page, which declares a ListTable. Heads sort; on a phone each row is a block.",
        [
            example(
                state,
                source,
                wide=True,
                table=table,
                request=of.asked(query),
                this_page=environment().globals["this_page"],
            )
            for state, table, query in states
        ],
    )


def _filters() -> Iterator[Component]:
    on = "q=surgery&network=north&state=active&state=closed&since=2018-01-15&changed=on&sort=name"

    def given(query: str) -> dict[str, Any]:
        request = of.asked(query)
        return {"form": of.Filters(request.GET), "request": request}

    whole = (
        '<div class="app-list">\n  {{ filter_panel(form, request) }}\n  <div class="app-list__rows">\n'
        "    {{ list_bar(saved, table, request) }}\n    {{ filter_chips(form, request) }}\n"
        '    {% include "components/table.html" %}\n'
        '    {{ pagination(page, request, csv="?format=csv", one="practice", table=table) }}\n  </div>\n</div>'
    )
    yield Component(
        "filter_panel",
        "Beside a list. Order, columns and day stay as they are; on a phone it folds.",
        [
            example("Nothing on", "{{ filter_panel(form, request) }}", **given("")),
            example("Some on, another title", '{{ filter_panel(form, request, title="Choose") }}', **given(on)),
            example("What can’t be", "{{ filter_panel(form, request) }}", **given("since=1900-01-01")),
            example(
                "A whole list page",
                whole,
                wide=True,
                **given(on),
                saved=of.shelf(),
                table=of.listed("sort=name"),
                page=of.page(1, 4),
                this_page=environment().globals["this_page"],
            ),
        ],
    )
    yield Component(
        "filter_chips",
        "Above the rows: each filter that is on, in words. A click takes it off.",
        [
            example("Some on", "{{ filter_chips(form, request) }}", wide=True, **given(on)),
            example("None on: nothing", "{{ filter_chips(form, request) }}", drawn=False, **given("")),
        ],
    )


def _views() -> Iterator[Component]:
    request = of.asked("sort=name")
    yield Component(
        "list_bar",
        "On top of a list: its saved views, the way to save one, and which columns show.",
        [
            example(
                "Views of one’s own and of others",
                "{{ list_bar(saved, table, request) }}",
                wide=True,
                saved=of.shelf(),
                table=of.listed(),
                request=request,
            ),
            example(
                "None saved yet",
                "{{ list_bar(saved, table, request) }}",
                wide=True,
                saved=of.shelf(views=False),
                table=of.listed(),
                request=request,
            ),
            example(
                "A list that keeps none",
                "{{ list_bar(saved, table, request) }}",
                wide=True,
                saved=None,
                table=of.listed(),
                request=request,
            ),
        ],
    )
    yield Component(
        "column_choice",
        "Which columns show. The one that heads the rows always does.",
        [
            example("All of them", "{{ column_choice(table, request) }}", table=of.listed(), request=request),
            example(
                "Some", "{{ column_choice(table, request) }}", table=of.listed(columns="name,patients"), request=request
            ),
        ],
    )


def _pagination() -> Iterator[Component]:
    request = of.asked("page=1&sort=name")

    def under(state: str, number: int, rows: int, more: str = "") -> Example:
        source = f'{{{{ pagination(page, request, csv="?format=csv", one="practice"{more}) }}}}'
        return example(
            state, source, wide=True, page=of.page(number, rows), request=request, table=of.listed(columns="name")
        )

    yield Component(
        "pagination",
        "Under a list: where one is, how many a page has, and what to take away.",
        [
            under("No rows", 1, 0, ', many="practices at all"'),
            under("One row", 1, 1, ", table=table"),
            under("One page", 1, 12),
            under("The first of three", 1, 70),
            under("In the middle of many", 130, 6500, ", sizes=(25, 50, 100, 200)"),
            under("The last", 260, 6500),
        ],
    )


# Records ------------------------------------------------------------------------------------------------


def _records() -> Iterator[Component]:
    facts = [
        {"key": "ODS code", "value": "Z99001"},
        {
            "key": "CHIN",
            "value": "CHIN 1 North",
            "actions": [{"text": "Move", "href": of.HERE}, {"text": "Correct", "href": of.HERE}],
        },
        {"key": "Address", "value": "1 Cartwheel Lane, Ashenbourne, near the old cattle market, London NW99 1AA"},
        {"key": "Telephone", "value": None},
    ]
    yield Component(
        "summary_list",
        "The facts of a record, each with what can be done about it. What is not known reads as a dash.",
        [example("Facts", "{{ summary_list(rows) }}", wide=True, rows=facts)],
    )
    steps = [
        {"when": of.BEFORE, "title": "Joined CHIN 2 South", "href": of.HERE},
        {
            "when": of.DAY,
            "title": "Moved to CHIN 1 North",
            "text": "Told by the practice.",
            "tag": state_tag("approved"),
        },
        {"when": date(2019, 1, 1), "title": "Merges with Elderwick Practice", "future": True},
        {"when": "no day yet", "title": "A list size of its own", "future": True},
    ]
    yield Component(
        "timeline",
        "What happened to a record, oldest first; what is planned is hollow, and says so.",
        [
            example("Past and planned", "{{ timeline(items) }}", items=steps),
            example("One step", "{{ timeline(items) }}", items=steps[:1]),
        ],
    )
    entries = [
        {
            "when": of.MOMENT,
            "who": "Transformation manager",
            "what": "Corrected",
            "changes": [
                {"field": "telephone", "before": "", "after": "020 7946 0111"},
                {"field": "area", "before": "North", "after": "North and west"},
            ],
            "request": "made-up",
        },
        {"when": of.MOMENT, "who": "", "what": "Imported", "changes": []},
    ]
    yield Component(
        "history_table",
        "Who changed what, and when, newest first. What was there before is struck from the record, not from the page.",
        [
            example("Changes", "{{ history_table(entries) }}", wide=True, entries=entries),
            example("Nothing yet", '{{ history_table([], caption="History of a new record") }}', wide=True),
        ],
    )
    yield Component(
        "empty_state",
        "Where there is nothing: what it means, and what to do next if anything can be done.",
        [
            example(
                "With a way on",
                '{{ empty_state("No practices yet", text="Import a file of practices to begin.",\n'
                '    actions=[{"text": "Import a file", "href": "?"}, {"text": "Add one", "href": "?"}]) }}',
            ),
            example("Nothing to do", '{{ empty_state("Nothing waits") }}'),
        ],
    )
    yield Component(
        "inset",
        "What the reader must know first, and is neither an error nor a warning.",
        [
            example("A sentence", '{{ inset("Names of practices in no CHIN are not shown to the board.") }}'),
            example(
                "More than one",
                '{% call inset() %}<p>Two practices have no list size.</p><p><a href="?">Which</a></p>{% endcall %}',
            ),
        ],
    )
    past = of.asked(day=of.BEFORE).asat  # type: ignore[attr-defined]
    past = replace(past, today=of.DAY)
    yield Component(
        "as_held_now",
        "On a page of another day, under what is not kept by days.",
        [
            example("For all", '{{ as_held_now(asat, "Name and area") }}', asat=past),
            example(
                "With the way to the history", '{{ as_held_now(asat, what="Name and area", history="?") }}', asat=past
            ),
            example("Today: nothing", '{{ as_held_now(asat, "Name and area") }}', drawn=False),
        ],
    )


def _freshness() -> Iterator[Component]:
    def state(**more: Any) -> SimpleNamespace:
        return SimpleNamespace(
            **{"extract_day": date(2018, 12, 1), "computed_at": of.MOMENT, "being_updated": False} | more
        )

    yield Component(
        "freshness_line",
        "Under the header: the day of the newest list sizes, and when figures were worked out. Here it keeps still.",
        [
            example("Worked out", "{{ freshness_line(freshness) }}", freshness=state()),
            example("Being updated", "{{ freshness_line(freshness) }}", freshness=state(being_updated=True)),
            example(
                "No list sizes yet",
                "{{ freshness_line(freshness) }}",
                freshness=state(extract_day=None, computed_at=None),
            ),
        ],
    )


def _map() -> Iterator[Component]:
    marks = (
        '{{ mark_shapes(marks) }}\n<ul class="app-map__legend">\n'
        "{% for one in marks %}<li>{{ mark(one) }} {{ one.name }}</li>\n{% endfor %}</ul>"
    )
    points = (
        "{{ mark_shapes(marks%s) }}\n"
        '<svg width="100%%" height="40" role="img" aria-label="Every mark">'
        "{%% for point in points %%}{{ drawn(point%s) }}{%% endfor %%}</svg>"
    )
    yield Component(
        "mark_shapes",
        "Once in a page: what each mark looks like. Shape and colour both differ, so that colour is never alone.",
        [example("Every mark, in a legend", marks, wide=True, marks=of.MARKS)],
    )
    yield Component(
        "mark",
        "A mark beside words, such as in a legend.",
        [example("Beside words", "{{ mark_shapes([one]) }}{{ mark(one=one) }} {{ one.name }}", one=of.MARKS[3])],
    )
    yield Component(
        "drawn",
        "A mark at its place on a sheet. Where several stand at one place they are shifted.",
        [
            example("Large", points % ("", ""), marks=of.MARKS, points=of.POINTS),
            example(
                "Small, for thousands", points % (", small=true", ", large=false"), marks=of.MARKS, points=of.POINTS
            ),
        ],
    )
