"""The API under /api/v1: typed requests and answers over `lowtide.service`, described by OpenAPI.

app        the application of all routers
depends    what a route asks for: the context, and the caller with the least role
route      a route of this API: who may, how long a body may be, the same key the same answer
problem    every error as problem+json, with our message and what to do
cursor     where the next page of a list begins
live       /live: what has changed, to everybody who looks on
routers/   a module a subject, each with its ROUTER
"""
