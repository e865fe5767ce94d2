"""Words for one piece of an article, which need no factor."""

from __future__ import annotations

PIECE_WORDS = (
    "ea|each|pc|pcs|piece|pieces|unit|units|pce|un|item|件|个|只|瓶|盒|支|台|袋|双|条|把|本|张|包|罐|"
    "stück|stk|st|stueck|pièce|pièces|pce|unité|u|pza|pieza|piezas|ud|uds|unidad|unidades|個|点|枚|本|"
    "kg|g|l|m|m2|公斤|千克|斤|米|升"
)
