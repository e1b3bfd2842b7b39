"""Practices beside each other: who truly differs, and by how much."""
