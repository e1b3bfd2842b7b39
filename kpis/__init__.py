"""Measures, their values, and what truly changed or differs."""
