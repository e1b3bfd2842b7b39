"""Money of business cases: what is committed, and its tranches."""
