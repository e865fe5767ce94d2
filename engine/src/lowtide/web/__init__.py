"""Who asks over HTTP, and what every answer carries: users, sessions, tokens, OIDC, origin, limits, headers, audit.

gate       in front of everything: who asks, whether they may, from where, how often
asker      a request to its Caller: token, session, or the local person
users      the file of users, read again when it changes; user_model its words, user_file writes it
sessions   who is signed in
sign_in    passwords and the provider's people; oidc talks to the provider
audit      who signed in, was refused, changed or approved
place      the public address and the proxies; origin whose page sent a request
probe      /healthz, /readyz, /metrics
"""
