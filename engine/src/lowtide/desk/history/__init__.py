"""A desk that lives through a given history on a clock that is set, for tests and benches."""
