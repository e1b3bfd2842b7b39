"""Memoranda and data-sharing agreements between practices: versions, parties, signatures."""
