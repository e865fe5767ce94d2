"""`POST /movements`: documents of tills, shops and webhooks over HTTP, into the journal."""
