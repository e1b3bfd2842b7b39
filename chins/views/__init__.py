"""Pages about CHINs, practices in them and posts, a module for what belongs together."""
