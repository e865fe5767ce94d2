"""The way in for what is not a log: requests, files and tables become rows of a journal, which a run reads like a topic."""
