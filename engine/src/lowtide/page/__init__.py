"""What a person opens: the page behind a link of a message, and what machines ask (`/healthz`, `/readyz`, `/metrics`).

    Door      the desk as the page sees it: which link is whose, what its message told, an answer
    Group     what one message told, as it stands now
    App       requests in, pages out; only a POST from such a page changes anything

The page works without script. Its sentences stand in `words.page`, its templates in `templates/`, its style in `static/`.
"""
