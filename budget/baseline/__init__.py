"""What practices answer about workforce, estates and digital."""
