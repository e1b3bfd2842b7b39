"""Pages of local services."""
