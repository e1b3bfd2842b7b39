"""Month end and year end: closed months, forecasts, accruals, what lapses."""
