"""Bodies that decide and advise: their seats, meetings and agendas."""
