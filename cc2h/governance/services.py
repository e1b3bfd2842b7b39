"""Keeping bodies, seats, meetings and agendas."""
