"""Pages and acts of payments."""
