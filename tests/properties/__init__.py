"""Properties of every log: the core is compared with the model, and with itself.

logs.py            hypothesis strategies: logs of all kinds, spellings, bad lines; a busy shop
engine.py          one replay, with its results as dictionaries
test_rejects.py    the table of malformed and of readable records
test_model.py      stock, rejects, counts, demand and knowable alerts equal the model's
test_stock.py      shuffled within the window, the same stock; conservation
test_delivery.py   duplicates, blocks, key groups, neighbours and prefixes do not show
test_lives.py      every alert lives a legal life
"""
