"""What a child can do, one module a task: `work(arguments, tell)` returns an answer that JSON can hold.

A task opens files that its arguments name, and nothing else. `tell` says how far it is.
"""
