"""Plan-Do-Study-Act cycles, and what is decided after the last."""
