"""Pages of the budget, and what is done to it."""
