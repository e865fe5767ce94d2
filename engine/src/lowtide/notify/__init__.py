"""Messages and the targets that carry them: what is written, how it is sent, and what the answer means."""
