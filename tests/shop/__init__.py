"""`lowtide shop DIR`: one process from a folder of files to a message and an answer."""
