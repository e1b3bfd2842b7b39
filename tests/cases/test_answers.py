"""Answers: how what is typed is read, what lacks, what it comes to, and that merging loses nothing of what two people typed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc2h.cases.answers import Merged, costs, lacking, merge, missing, months_of, read, to_type, total_of
from cc2h.cases.differences import between, compared
from cc2h.cases.documents import canonical, fingerprint, said
from cc2h.cases.kinds import DAY, MONTH, NUMBER, POUNDS, TEXT, WHOLE, NotRead
from cc2h.cases.sections import BY_KEY, LONG, SHORT, asked_of
from tests.factories.cases import LONG_FORM, SHORT_FORM

COSTS, IDEA, PREDICT, PROBLEM = (BY_KEY[key] for key in ("costs", "idea", "predict", "problem"))


def typed(section: str, **given: Any) -> dict[str, Any]:
    found = read(BY_KEY[section], given)
    assert found.wrong == {}
    return found.answers


def wrong(section: str, **given: Any) -> list[str]:
    return [*read(BY_KEY[section], given).wrong.values()]


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        ("kind", "said", "kept"),
        [
            (NUMBER, "1,234.50", "1234.5"),
            (NUMBER, "−3", "-3"),
            (NUMBER, "41 %", "41"),
            (NUMBER, "0", "0"),
            (WHOLE, "1,200", "1200"),
            (POUNDS, "£9,600", "9600.00"),
            (POUNDS, "0", "0.00"),
            (MONTH, "2018-10", "2018-10"),
            (MONTH, "October 2018", "2018-10"),
            (MONTH, "oct 2018", "2018-10"),
            (MONTH, "10/2018", "2018-10"),
            (DAY, "2018-12-06", "2018-12-06"),
            (TEXT, "  a\r\nb ", "a\nb"),
            (TEXT, "مرحبا 👩‍⚕️", "مرحبا 👩‍⚕️"),
        ],
    )
    def test_is_kept_in_one_spelling(self, kind: Any, said: str, kept: str) -> None:
        assert kind.read(said) == kept

    @pytest.mark.parametrize(
        ("kind", "said", "why"),
        [
            (NUMBER, "many", "“many” is not a number. Write it like 41 or 12.5."),
            (WHOLE, "1.5", "“1.5” is not a whole number. Write it like 41."),
            (WHOLE, "-1", "“-1” is not a whole number. Write it like 41."),
            (POUNDS, "9.600,00", "“9.600,00” is not an amount. Write pounds and pence, like 1500.00 or £1,500.00."),
            (MONTH, "13/2018", "“13/2018” is not a month. Write it like 2018-10 or October 2018."),
            (MONTH, "ma 2018", "“ma 2018” is not a month. Write it like 2018-10 or October 2018."),
            (TEXT, "a\0b", "The text holds a character that is none (U+0000). Take it out, or type the text anew."),
            (TEXT, "x" * 50_000, "At most 20,000 characters; this has 50,000."),
        ],
    )
    def test_or_refused_in_words(self, kind: Any, said: str, why: str) -> None:
        with pytest.raises(NotRead) as refusal:
            kind.read(said)
        assert str(refusal.value) == why

    def test_of_word_s_html_its_words_are_kept(self) -> None:
        pasted = "<!--[if gte mso 9]><xml>x</xml><![endif]--><p class=MsoNormal>Waits of <b>41</b> days<o:p></o:p></p><p>Then &lt;6&gt;</p>"
        assert TEXT.read(pasted) == "Waits of 41 days\nThen <6>"

    def test_any_other_signs_are_text(self) -> None:
        assert TEXT.read("a < b and <b>c</b>") == "a < b and <b>c</b>"

    def test_empty_rows_are_none_and_new_ones_get_their_own_id(self) -> None:
        found = typed("costs", rows=[{"what": "", "month": " "}, {"what": "Nurses"}, {"id": "c1", "what": "Beds"}])
        assert [row["what"] for row in found["rows"]] == ["Nurses", "Beds"]
        assert found["rows"][1]["id"] == "c1"
        assert found["rows"][0]["id"] not in ("", "c1")

    def test_a_row_taken_out_is_gone(self) -> None:
        assert typed("costs", rows=[{"id": "c1", "what": "Beds", "gone": "yes"}]) == {}

    def test_what_is_wrong_says_its_place_as_it_was_typed(self) -> None:
        found = read(COSTS, {"rows": [{"what": ""}, {"what": "Beds", "amount": "lots"}]})
        assert [*found.wrong] == [("rows", 1, "amount")]

    def test_a_choice_is_one_of_those_offered(self) -> None:
        assert wrong("equality", affects="maybe") == ["“maybe” is none of: Yes, No or Not sure yet."]

    def test_at_most_so_many_rows(self) -> None:
        assert wrong("risks", risks=[{"what": "x"}] * 21) == ["At most 20 risks; there are 21."]

    def test_rows_of_a_logic_model_lead_to_numbers_and_are_kept_by_name(self) -> None:
        section = BY_KEY["logic"]
        found = typed(
            "logic",
            inputs=[{"id": "i1", "what": "Nurses", "leads": "2, 1"}],
            activities=[{"id": "a1", "what": "A clinic"}, {"id": "a2", "what": "A visit"}],
        )
        assert found["inputs"][0]["leads"] == "a2 a1"
        assert to_type(section, found)["inputs"][0]["leads"] == "2, 1"
        fewer = {**found, "activities": found["activities"][1:]}
        assert to_type(section, fewer)["inputs"][0]["leads"] == "1"
        assert wrong("logic", inputs=[{"what": "Nurses", "leads": "3"}]) == [
            "“3” is no number of activities. It has no row yet."
        ]


def lacks(section: str, answers: Mapping[str, Any]) -> list[str]:
    return [one.text for one in missing(BY_KEY[section], answers)]


def changed(section: str, of: Any = SHORT_FORM, **more: Any) -> dict[str, Any]:
    return {**of[section], **more}


class TestWhatLacks:
    @pytest.mark.parametrize(("length", "answers"), [(SHORT, SHORT_FORM), (LONG, LONG_FORM)])
    def test_a_whole_case_lacks_nothing(self, length: str, answers: Any) -> None:
        assert lacking(length, answers) == []

    def test_the_short_form_asks_less(self) -> None:
        short, long = ([one.key for one in asked_of(length, {})] for length in (SHORT, LONG))
        assert short == ["problem", "idea", "costs", "predict", "equality", "ig"]
        assert long == [*short, "logic", "benefits", "risks", "involvement", "plan", "delivery"]

    def test_the_full_equality_assessment_is_asked_where_the_screening_says_so(self) -> None:
        answers = {"equality": {"affects": "yes", "who": "Carers", "full": "yes"}}
        assert "equality-full" in [one.key for one in asked_of(SHORT, answers)]

    def test_marriage_counts_under_the_first_limb_alone(self) -> None:
        rows = [{"id": "age", "eliminate": "a", "advance": "b", "foster": "c"}]
        said = [text for text in lacks("equality-full", {"limbs": rows}) if text.startswith("Marriage")]
        assert said == ["Marriage and civil partnership: “Eliminate discrimination” is empty."]

    def test_costs_add_up_to_what_is_asked(self) -> None:
        assert lacks("costs", changed("costs", asked="9600.01")) == [
            "The costs come to £9,600.00, and you ask for £9,600.01: £0.01 too little."
        ]

    def test_costs_are_within_the_months_of_the_test(self) -> None:
        assert lacks("costs", changed("costs", last="2018-12")) == [
            "Cost 3 is in January 2019, outside the test: November 2018 to December 2018."
        ]

    def test_the_test_ends_after_it_begins(self) -> None:
        assert "The last month, October 2018, is before the first, November 2018." in lacks(
            "costs", changed("costs", last="2018-10")
        )

    def test_a_prediction_is_of_a_measure_and_a_measure_has_a_prediction(self) -> None:
        row = SHORT_FORM["predict"]["measures"][0]
        without = {key: text for key, text in row.items() if key != "name"}
        assert "A prediction (80) has no measure: say what it is of." in lacks(
            "predict", changed("predict", measures=[without])
        )
        without = {key: text for key, text in row.items() if key != "prediction"}
        assert lacks("predict", changed("predict", measures=[without])) == ["Measure 1: “We predict” is empty."]

    def test_an_unsure_screening_is_not_submitted(self) -> None:
        assert lacks("equality", {"affects": "no", "full": "unsure"}) == [
            "Say whether it needs the full equality assessment: “not sure yet” can’t be submitted."
        ]

    def test_each_says_the_field_it_is_about(self) -> None:
        found = missing(COSTS, changed("costs", last="2018-12"))
        assert [one.anchor for one in found] == ["id_rows-2-month"]


class TestWhatItComesTo:
    def test_months_and_years(self) -> None:
        assert months_of(SHORT_FORM["costs"]) == 3
        assert [one.year for one in costs(LONG_FORM["costs"])] == [2018, 2019]

    def test_costs_are_said_again_by_year_type_and_recurrence(self) -> None:
        parts = {part["label"]: part for part in said(COSTS, LONG_FORM["costs"])}
        assert parts["By financial year"]["rows"] == [["2018/19", "£100,000.00"], ["2019/20", "£50,000.00"]]
        assert parts["By type"]["rows"] == [["Staff", "£100,000.00"], ["Equipment", "£50,000.00"]]
        assert parts["By recurrence"]["rows"] == [["Recurrent", "£100,000.00"], ["Non-recurrent", "£50,000.00"]]

    def test_what_is_not_known_is_not_added_up_as_nothing(self) -> None:
        rows = [{"id": "ae", "gross": "6000.00"}, {"id": "emergency"}]
        assert total_of(rows, "gross") is None
        assert total_of(rows[:1], "gross") == Decimal("6000.00")
        delivery = next(part for part in said(BY_KEY["benefits"], LONG_FORM["benefits"]) if part["kind"] == "rows")
        assert delivery["rows"][0] == ["A&E attendances", "40", "£6,000.00", "£5,000.00"]
        assert delivery["total"] == ["Together", "not known", "not known", "not known"]

    def test_a_document_has_one_fingerprint(self) -> None:
        one, other = {"b": 1, "a": "é"}, {"a": "é", "b": 1}
        assert canonical(one) == canonical(other) == '{"a":"é","b":1}'.encode()
        assert fingerprint(one) != fingerprint({**one, "b": 2})


class TestDifferences:
    def test_are_told_word_by_word(self) -> None:
        pieces = compared("Two nurses at one practice", "Three nurses at one practice")
        assert [(one.kind, one.text) for one in pieces] == [
            ("out", "Two"),
            ("in", "Three"),
            ("same", " nurses at one practice"),
        ]

    def test_of_a_section_only_what_differs_is_told(self) -> None:
        found = between(IDEA, SHORT_FORM["idea"], {**SHORT_FORM["idea"], "idea": "A shared clinic on Mondays."})
        assert [one.label for one in found] == ["What will you try?"]
        assert between(COSTS, SHORT_FORM["costs"], SHORT_FORM["costs"]) == []

    @given(st.text(st.sampled_from("ab \n"), max_size=40), st.text(st.sampled_from("ab \n"), max_size=40))
    def test_both_texts_are_whole_in_the_pieces(self, before: str, after: str) -> None:
        pieces = compared(before, after)
        assert "".join(one.text for one in pieces if one.kind != "in") == before
        assert "".join(one.text for one in pieces if one.kind != "out") == after


# Merging ----------------------------------------------------------------------------------------------

SUMS = st.sampled_from(["", "1.00", "2.00", "3.00"])
MONTHS = st.sampled_from(["", "2018-10", "2018-11", "2018-12"])
ROWS = st.dictionaries(
    st.sampled_from(["r1", "r2", "r3"]),
    st.fixed_dictionaries(
        {"what": st.sampled_from(["a", "b", "c"])}, optional={"amount": st.sampled_from(["1.00", "2.00"])}
    ),
    max_size=3,
).map(lambda rows: [{"id": key, **cells} for key, cells in rows.items()])
ANSWERS = st.fixed_dictionaries({"asked": SUMS, "first": MONTHS, "rows": ROWS}).map(
    lambda answers: {key: value for key, value in answers.items() if value}
)
GONE = "gone"


def flat(answers: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    """Every cell of the answers by its path; a row by itself too."""
    found: dict[tuple[str, ...], str] = {}
    for key, value in answers.items():
        if isinstance(value, str):
            found[key,] = value
            continue
        for row in value:
            found[key, row["id"]] = "there"
            found |= {(key, row["id"], column): text for column, text in row.items() if column != "id"}
    return found


def merged(base: Any, theirs: Any, mine: Any) -> Merged:
    return merge(COSTS, base, theirs, mine)


class TestMerging:
    def test_what_each_changed_elsewhere_is_taken_from_both(self) -> None:
        found = merged({"asked": "1.00"}, {"asked": "1.00", "first": "2018-10"}, {"asked": "2.00"})
        assert found == Merged({"asked": "2.00", "first": "2018-10"}, [])

    def test_rows_are_merged_cell_by_cell(self) -> None:
        base = {"rows": [{"id": "r1", "what": "a", "amount": "1.00"}]}
        theirs = {"rows": [{"id": "r1", "what": "b", "amount": "1.00"}, {"id": "r2", "what": "c"}]}
        mine = {"rows": [{"id": "r1", "what": "a", "amount": "2.00"}, {"id": "r3", "what": "d"}]}
        assert merged(base, theirs, mine).answers["rows"] == [
            {"id": "r1", "what": "b", "amount": "2.00"},
            {"id": "r2", "what": "c"},
            {"id": "r3", "what": "d"},
        ]

    def test_the_same_changed_otherwise_collides_and_both_are_told(self) -> None:
        found = merged({"asked": "1.00"}, {"asked": "2.00"}, {"asked": "3.00"})
        assert found.answers == {"asked": "3.00"}
        assert [(one.label, one.theirs, one.mine) for one in found.collisions] == [
            ("How much do you ask for?", "£2.00", "£3.00")
        ]

    def test_a_row_that_one_took_out_and_the_other_changed_stays_and_is_told(self) -> None:
        base = {"rows": [{"id": "r1", "what": "a"}]}
        found = merged(base, {}, {"rows": [{"id": "r1", "what": "b"}]})
        assert found.answers == {"rows": [{"id": "r1", "what": "b"}]}
        assert [(one.theirs, one.mine) for one in found.collisions] == [("taken out", "b")]
        found = merged(base, {"rows": [{"id": "r1", "what": "b"}]}, {})
        assert found.answers == {"rows": [{"id": "r1", "what": "b"}]}
        assert [(one.theirs, one.mine) for one in found.collisions] == [("b", "taken out")]

    @given(ANSWERS, ANSWERS, ANSWERS)
    def test_no_change_of_either_is_lost(self, base: Any, theirs: Any, mine: Any) -> None:
        found = merged(base, theirs, mine)
        was, their, my, kept = (flat(answers) for answers in (base, theirs, mine, found.answers))
        told = {one.path for one in found.collisions}

        def is_told(path: tuple[str, ...]) -> bool:
            return path in told or path[:2] in told

        for path in {*was, *their, *my}:
            before, other, own = (side.get(path, GONE) for side in (was, their, my))
            if other != before and own in (before, other):
                assert kept.get(path, GONE) == other or is_told(path)
            elif own != before and other in (before, own):
                assert kept.get(path, GONE) == own or is_told(path)
            elif own != other:
                assert is_told(path)
            else:
                assert kept.get(path, GONE) == own or is_told(path)

    @given(ANSWERS, ANSWERS)
    def test_one_alone_gets_what_they_typed(self, base: Any, mine: Any) -> None:
        for found in (merged(base, base, mine), merged(base, mine, base), merged(base, mine, mine)):
            assert flat(found.answers) == flat(mine)
            assert found.collisions == []
