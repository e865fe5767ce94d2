"""What a person types: one module a command, and `main` that puts them together."""
