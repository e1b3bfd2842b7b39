"""Series over time: how each is judged, notes on it, targets, what changed."""
