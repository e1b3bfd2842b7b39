"""Benefits: planned, forecast and validated, by initiative and year."""
