"""Back-tests: what other policies would have made of the past."""
