"""The page behind a link of a message."""
