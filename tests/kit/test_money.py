"""What is taken for an amount of money, and what is refused in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cc2h.kit import words
from cc2h.kit.money import LARGEST, NotAnAmount, parse_pounds


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500", "1500.00"),
        ("1500.5", "1500.50"),
        ("1,500.00", "1500.00"),
        ("£1,500.00", "1500.00"),
        (" £ 1,000,000 ", "1000000.00"),
        ("0.01", "0.01"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_what_can_be_read_in_one_way_is_taken(text: str, amount: str) -> None:
    assert str(parse_pounds(text)) == amount


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not an amount"),
        ("-1", "is less than nothing"),
        ("−1,500.00", "is less than nothing"),
        ("(1500)", "is less than nothing"),
        ("0", "is nothing"),
        ("£0.00", "is nothing"),
        ("1.005", "has more than two decimals"),
        ("1.500,00", "is not an amount"),
        ("1.500", "has more than two decimals"),
        ("1,5", "is not an amount"),
        ("1,50,000", "is not an amount"),
        ("1e9", "is not an amount"),
        ("NaN", "is not an amount"),
        ("Infinity", "is not an amount"),
        ("1500 GBP", "is not an amount"),
        ("١٥٠٠", "is not an amount"),
        ("1_500", "is not an amount"),
        ("1000000000000", "is more than the portal can keep"),
        ("9" * 5000, "is more than the portal can keep"),
    ],
)
def test_what_is_uncertain_is_refused_with_what_was_found(text: str, said: str) -> None:
    with pytest.raises(NotAnAmount, match=said) as refusal:
        parse_pounds(text)
    assert f"“{text[:40]}”" in str(refusal.value)


@given(st.decimals(Decimal("0.01"), LARGEST, places=2))
def test_every_amount_is_read_as_it_is_shown(amount: Decimal) -> None:
    assert parse_pounds(words.pounds(amount, 2)) == amount


@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_amount_of_pence_or_refused(text: str) -> None:
    try:
        amount = parse_pounds(text)
    except NotAnAmount:
        return
    assert 0 < amount <= LARGEST
    assert amount.as_tuple().exponent == -2
