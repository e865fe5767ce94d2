"""Targets of the library apprise: services whose host is fixed in its code, spoken to by a child process."""
