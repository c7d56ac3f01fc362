"""What happened: events, the log that collects them, and its file form. Pure; judges nothing."""
