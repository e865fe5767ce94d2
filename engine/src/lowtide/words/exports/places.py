"""The words that exports use for places that are not ours, in rows from place to place."""

from __future__ import annotations

CUSTOMER_PLACES = r"(?i)customer|kunde|client|cliente|客户|顾客|得意先|顧客"
SUPPLIER_PLACES = r"(?i)vendor|supplier|lieferant|fournisseur|proveedor|供应商|仕入先"
LOSS_PLACES = r"(?i)virtual|adjustment|scrap|loss|inventory|verlust|bruch|perte|pérdida|报损|盘亏|盘盈|损耗"
"""Places that stand for what was lost, broken or counted."""
