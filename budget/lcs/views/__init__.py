"""Pages of local services, and of claims."""
