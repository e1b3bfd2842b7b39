"""Pages of months, and what is done on them."""
