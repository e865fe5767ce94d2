"""The process of a desk: it opens what the desk needs, puts pages and API together, and serves them."""
