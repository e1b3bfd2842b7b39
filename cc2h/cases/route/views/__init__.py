"""Pages of the route."""
