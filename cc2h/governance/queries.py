"""What pages of bodies and meetings show."""
