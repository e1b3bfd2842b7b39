"""Pages of business cases, and what is done with them."""
