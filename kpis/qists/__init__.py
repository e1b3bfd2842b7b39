"""Quality improvement support teams: staff, whom they serve, what they did for whom."""
