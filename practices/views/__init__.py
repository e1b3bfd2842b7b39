"""Pages about practices and commissioners, a module for what belongs together."""
