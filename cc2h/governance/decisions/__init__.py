"""Interests and how they are handled, votes, and what a body decided."""
