"""Logs to try: synthetic shops, and a year of real sales with a simulated supply side."""
