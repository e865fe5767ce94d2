"""One module a subject, each with its `ROUTER`; `api.app` finds them by their place."""
