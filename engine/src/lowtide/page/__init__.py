"""The pages of a desk: a view and a template each, in English and Chinese, for phone and screen; all work without script.

    ask        what a page is asked, and what it answers; a view is a plain function
    site       who asks, what the role may do, the frame around the answer, errors as pages
    pages/     the views, one module each
    door       links of messages: which link is whose, what its message told, an answer (with `group`, `view`, `app`)

The sentences stand in `words`, the templates in `templates/`, one style and small modules of script in `static/`.
"""
