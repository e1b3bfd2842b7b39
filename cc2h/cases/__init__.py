"""Business cases: from an idea to what became of it."""
