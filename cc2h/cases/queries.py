"""What pages of cases show."""
