"""Expressions of interest: practices that want to become a CHIN, how they are scored, and what was decided.

`route` says what may become of one, `models` keep it, `scoring` works out totals, `services` write and `queries` read.
"""
