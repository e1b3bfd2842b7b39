"""Imports: a file comes in, is checked, previewed and merged; see `kinds` for how a room declares a kind of file."""
