"""The first quarter of an hour with one's own files, as docs/first-steps.md tells it."""
