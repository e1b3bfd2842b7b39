"""The statistics of measures, by the NHS's own rules: pure functions of numbers, without a database.

Every page, table, document, command and answer of the API that shows a limit, an interval or a verdict asks here.
docs/statistics.md says which rules these are, and against what they are tested.
"""
