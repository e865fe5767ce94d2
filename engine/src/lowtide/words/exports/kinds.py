"""The words that exports use for what happened: a sale, a receipt, a count."""

from __future__ import annotations

KIND_WORDS = {
    "return": """
        retourniert|returned|return|refund|refunded|customer return|sales return|credit note|sale return|
        销售退货|退货|退款|销售退货入库|客户退货|retoure|rückgabe|gutschrift|kundenretoure|rücknahme|erstattung|
        retour|retour client|avoir|remboursement|devolución|abono|devolución cliente|
        nota de crédito|返品|返金|売上返品""",
    "void": "void|voided|cancelled sale|作废|冲销|storno|stornierung|annulation|anulación|取消|取り消し",
    "sale": """
        verkauft|vendu|vendido|卖出|sale|sales|sold|payment|sell|cash sale|pos sale|sales order|
        invoice|outgoing delivery|delivery to customer|
        issue|sales shipment|        goods issue|pos order|customer delivery|delivery order|
        销售出库|销售|零售|销售出库单|标准销售出库单|普通销售|零售出库|收银|
        verkauf|verkäufe|barverkauf|kassenverkauf|warenausgang|abverkauf|lieferschein|rechnung|abgang verkauf|bon|
        vente|ventes|vente comptoir|facture|sortie vente|venta|ventas|factura|salida por venta|ticket|
        売上|販売|売上出庫|出荷|通常|通常販売""",
    "receipt": """
        geliefert|reçu|recibido|receipt|receipts|received|goods receipt|purchase|purchase receipt|
        incoming|restock|delivery received|putaway|
        采购入库|入库|收货|标准采购入库单|采购入库单|到货|进货|生产入库|产品入库|
        wareneingang|zugang|einlagerung|einkauf|lieferung|we|warenzugang|anlieferung|
        réception|entrée|entrée stock|achat|réception fournisseur|livraison fournisseur|
        recepción|entrada|compra|compras|entrada por compra|入荷|仕入|入庫|仕入入庫""",
    "order": """
        bestellt|commandé|pedido hecho|purchase order|po|order to supplier|supplier order|采购订单|订货|
        采购|bestellung|bestellungen|einkaufsbestellung|
        commande|commande fournisseur|pedido|pedido de compra|orden de compra|発注|発注書""",
    "shipment": """
        shipment|in transit|advance shipping notice|asn|despatch advice|发货通知|在途|lieferavis|avis|
        avis d'expédition|expédition fournisseur|aviso de envío|en tránsito|出荷通知|輸送中""",
    "count": """
        gezählt|compté|contado|count|stock count|stocktake|stock take|inventory count|
        physical inventory|physical count|cycle count|opening stock|
        opening balance|inventory|stock list|on hand|
        盘点|盘点单|期初|期初库存|库存盘点|初始库存|库存|现存量|
        inventur|zählung|anfangsbestand|bestand|bestandsliste|stichtagsinventur|
        inventaire|comptage|stock initial|état des stocks|inventario|recuento|stock inicial|existencias|
        棚卸|棚卸し|期首在庫|在庫|在庫一覧""",
    "transfer_out": """
        transfer out|outgoing transfer|transfer-out|调拨出库|调出|umlagerung ausgang|umlagerung abgang|abgang umlagerung|
        transfert sortie|sortie transfert|traspaso salida|salida por traspaso|salida traspaso|移動出庫|店間移動出""",
    "transfer_in": """
        transfer in|incoming transfer|transfer-in|调拨入库|调入|umlagerung eingang|umlagerung zugang|zugang umlagerung|
        transfert entrée|entrée transfert|traspaso entrada|entrada por traspaso|entrada traspaso|移動入庫|店間移動入""",
    "transfer": """
        transfer|stock transfer|internal transfer|transfers|调拨|直接调拨|调拨单|umlagerung|umbuchung|filialtransfer|
        transfert|transfert de stock|traspaso|transferencia|移動|店間移動|倉庫移動""",
    "adjustment": """
        adjustment|inventory adjustment|stock adjustment|write-off|write off|waste|shrinkage|damage|damaged|loss|spoilage|
        theft|scrap|correction|positive adjmt.|negative adjmt.|purchase return|return to vendor|internal use|consumption|
        盘盈|盘亏|报损|报溢|损耗|其他出库|其他入库|调整|报废|采购退货|领料|生产领料|
        korrektur|bruch|schwund|verderb|bestandskorrektur|inventurdifferenz|abschreibung|ausbuchung|entnahme|
        lieferantenretoure|verlust|
        ajustement|casse|perte|démarque|régularisation|correction|retour fournisseur|
        ajuste|merma|rotura|pérdida|regularización|baja|devolución a proveedor|
        調整|廃棄|在庫調整|ロス|破損|棚卸差異|仕入返品""",
    "reserve": "reservation|reserved|reserve|预留|锁定|reservierung|réservation|reserva|引当|予約",
    "unreserve": "unreserve|release reservation|取消预留|解锁|reservierung aufgehoben|引当解除",
    "hold": "hold|blocked|quarantine|on hold|冻结|待检|gesperrt|sperrbestand|quarantäne|bloqué|bloqueado|保留|検査待ち",
    "release": "release|unblocked|released|解冻|freigabe|entsperrt|débloqué|desbloqueado|保留解除",
}  # fmt: skip
"""By kind, words with `|` between them; `transfer` is one that does not say which way."""
SAP_KINDS = {
    "101": "receipt", "102": "void", "122": "adjustment", "201": "adjustment", "251": "sale", "252": "return",
    "261": "adjustment", "309": "adjustment", "551": "adjustment", "561": "count", "601": "sale", "602": "return",
    "701": "adjustment", "702": "adjustment",
}  # fmt: skip
"""Movement types of SAP: `BWART`."""
TOTAL_WORDS = (
    "total|totals|grand total|subtotal|sub total|sum|合计|小计|总计|本页合计|summe|gesamt|gesamtsumme|zwischensumme|"
    "endsumme|sous-total|total général|totaux|totales|suma|total general|subtotales|合計|小計|総計|総合計"
)
"""What stands in the first cells of a line of totals."""
UNDONE_WORDS = (
    "draft|cancelled|canceled|void|voided|cancel|草稿|作废|已取消|暂存|entwurf|storniert|abgebrochen|annulliert|brouillon|"
    "annulé|annulée|borrador|cancelado|cancelada|anulado|anulada|下書き|取消|キャンセル"
)
"""States of documents that are not valid, or not valid any more."""
WAITING_WORDS = "pending|waiting|ready|available|open|未审核|创建|offen|en attente|pendiente|未確定|保留"
"""States of documents that have not moved any goods yet. An order in such a state counts."""
