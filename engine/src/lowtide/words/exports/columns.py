"""The words that exports of cash registers, merchandise systems and hand-made lists use for their columns.

English, Chinese, German, French, Spanish, Japanese; and the field names of SAP, U8 and Odoo tables. A role is what a
column says of a movement. `money`, `name` and `other` are roles too, so that a price is not taken for a quantity.
"""

from __future__ import annotations

COLUMN_WORDS = {
    "document": """
        document number|document no|doc no|document|order number|order no|order id|receipt number|receipt no|receipt id|
        receipt|transaction id|transaction number|transaction|ticket|ticket number|invoice number|invoice no|invoice|
        voucher|voucher no|reference|name|sale number|sales number|bill no|picking|movement number|count number|
        单据编号|单据号|单据号码|单号|单据编码|订单号|订单编号|销售单号|出库单号|入库单号|流水号|小票号|交易号|盘点单号|凭证号|发票号|
        belegnummer|beleg nr|beleg-nr|belegnr|beleg|bonnummer|bon nr|bon|rechnungsnummer|rechnungsnr|lieferscheinnummer|
        lieferschein|auftragsnummer|auftragsnr|vorgangsnummer|vorgang|buchungsnummer|materialbeleg|dokument|
        n° de pièce|n° pièce|numéro de pièce|no piece|pièce|n° de ticket|n° ticket|numéro de ticket|n° facture|
        numéro de facture|numéro de document|n° document|n° commande|numéro de commande|bon de livraison|
        número de documento|nº documento|n° documento|documento|número de ticket|nº ticket|número de factura|factura|
        nº factura|albarán|nº albarán|número de albarán|nº pedido|número de pedido|comprobante|folio|
        伝票番号|伝票no|伝票|取引id|取引番号|レシート番号|注文番号|受注番号|売上番号|請求書番号|
        mblnr|ccode|docentry|belnr|fbillno""",
    "line": """
        line|line number|line no|line id|position|pos|item number in document|row|row number|sequence|seq|entry line|
        分录|行号|序号|明细行号|分录号|项次|行|
        zeile|zeilennummer|zeilennr|position nr|positionsnummer|posnr|pos nr|belegposition|
        ligne|n° ligne|n° de ligne|numéro de ligne|línea|nº línea|número de línea|renglón|
        行番号|明細番号|行no|明細行|zeile|irowno|fseq|fentryid""",
    "row_id": """
        id|uuid|guid|entry no|entry number|movement id|external id|
        line item id|lineitem id|record id|entry id|transaction line id|
        唯一编号|主键|记录编号|明细id|identifiant|identificador|明細id|autoid""",
    "sku": """
        sku|item|item number|item no|item code|item id|product code|product id|product sku|article|article number|
        article code|part number|material|material number|stock code|internal reference|product internal reference|
        product reference|lineitem sku|variant sku|default code|plu|barcode|ean|gtin|upc|product|
        物料编码|商品编码|商品编号|存货编码|货号|产品编码|产品编号|商品代码|料号|款号|条码|商品条码|品号|物料代码|
        artikelnummer|artikel-nr|artikel nr|artikelnr|art nr|artnr|artikel|materialnummer|produktnummer|warennummer|
        code article|référence|référence article|réf|réf article|réf. article|article|code produit|code barre|gencod|
        código de artículo|código artículo|código|cód|artículo|código de producto|código producto|referencia|producto|
        商品コード|商品番号|品番|商品id|jan|janコード|品目コード|型番|
        matnr|cinvcode|default_code|fmaterialid|product_id""",
    "name": """
        item name|product name|description|item description|product title|title|lineitem name|variant|name of item|
        物料名称|商品名称|存货名称|品名|产品名称|名称|规格型号|规格|商品|
        bezeichnung|artikelbezeichnung|artikelname|beschreibung|artikeltext|materialkurztext|produktname|warenbezeichnung|
        désignation|libellé|libellé article|nom du produit|nom article|descriptif|
        descripción|nombre|nombre del producto|denominación|descripción del artículo|商品名|品名|品目名|maktx|cinvname""",
    "location": """
        location|location id|location code|store|store id|store number|store no|store code|shop|shop id|branch|
        branch code|outlet|warehouse|warehouse code|warehouse id|site|site code|plant|stock location|pos location|
        仓库编码|仓库编号|仓库代码|门店编码|门店编号|门店代码|仓库|门店|店铺|店铺编号|机构编码|发货仓库|收料仓库|出库仓库|入库仓库|分店|库位|
        filiale|filialnummer|filial nr|filiale nr|fil nr|markt|marktnummer|lager|lagerort|lagernummer|lagerplatz|werk|
        betriebsstätte|standort|laden|geschäft|verkaufsstelle|kostenstelle|
        magasin|code magasin|dépôt|depot|code dépôt|boutique|point de vente|entrepôt|établissement|site|emplacement|
        tienda|código de tienda|código tienda|almacén|código almacén|sucursal|local|bodega|punto de venta|centro|
        店舗コード|店舗id|店舗番号|店コード|倉庫コード|店舗|倉庫|拠点|支店|店番|
        werks|lgort|cwhcode|fstockid|location_id""",
    "location_name": """
        store name|shop name|location name|warehouse name|outlet name|branch name|仓库名称|门店名称|店铺名称|
        filialname|lagerbezeichnung|filialbezeichnung|nom magasin|nom du magasin|nombre de tienda|nombre tienda|
        店舗名|倉庫名|支店名""",
    "from_location": """
        from|from location|from store|source location|source warehouse|from warehouse|调出仓库|调出门店|移出仓库|转出仓库|
        von lager|von filiale|abgebendes lager|abgangslager|vonlager|entnahmelager|
        dépôt origine|magasin origine|dépôt source|de dépôt|origen|almacén origen|tienda origen|desde|
        出庫元|移動元|出庫倉庫|移動元店舗|location_from""",
    "to_location": """
        to|to location|to store|destination location|destination warehouse|to warehouse|调入仓库|调入门店|移入仓库|转入仓库|
        nach lager|nach filiale|an filiale|empfangendes lager|zugangslager|ziellager|
        dépôt destination|magasin destination|vers dépôt|destino|almacén destino|tienda destino|hacia|
        入庫先|移動先|入庫倉庫|移動先店舗|location_dest_id""",
    "quantity": """
        quantity|qty|units|count|pieces|pcs|lineitem quantity|product qty|quantity done|done|net quantity|item quantity|
        数量|件数|实发数量|实收数量|主数量|基本数量|变动数量|
        menge|anzahl|stück|stückzahl|stk|buchungsmenge|menge in erfassme|erfassungsmenge|bewegungsmenge|
        quantité|qté|qte|nombre|quantité mouvement|cantidad|cant|unidades|uds|piezas|
        数量|個数|点数|menge|iquantity|fqty|product_uom_qty|actual_qty""",
    "quantity_sold": """
        quantity sold|qty sold|sold|units sold|sales quantity|items sold|sold quantity|shipped quantity|
        销售数量|销量|售出数量|出库数量|发货数量|实发数量|
        verkaufte menge|verkaufsmenge|absatzmenge|absatz|verkauft|verkaufte stück|
        quantité vendue|qté vendue|cantidad vendida|unidades vendidas|ventas unidades|
        販売数量|販売数|売上数量|売上数|販売点数|出荷数量""",
    "quantity_received": """
        quantity received|qty received|received|units received|received quantity|
        实收数量|收货数量|入库数量|到货数量|
        gelieferte menge|eingangsmenge|wareneingangsmenge|erhaltene menge|
        quantité reçue|qté reçue|cantidad recibida|入荷数量|入荷数|入庫数量""",
    "quantity_counted": """
        on hand|quantity on hand|qty on hand|stock|counted|counted quantity|count quantity|stock on hand|available|
        inventory|current stock|stock quantity|in stock|actual quantity|
        库存|库存数量|现存量|结存数量|盘点数量|实盘数量|期末数量|可用库存|当前库存|
        bestand|lagerbestand|istbestand|ist-bestand|zählmenge|gezählte menge|aktueller bestand|inventurmenge|bestandsmenge|
        stock|stock physique|quantité en stock|stock réel|qté stock|inventaire|quantité comptée|
        existencias|stock actual|inventario|cantidad en stock|stock físico|recuento|
        在庫数|在庫数量|在庫|実在庫|棚卸数|棚卸数量|現在庫|bestand|iqty""",
    "quantity_ordered": """
        quantity ordered|qty ordered|ordered|ordered quantity|order quantity|po quantity|
        采购数量|订货数量|订单数量|订购数量|
        bestellmenge|bestellte menge|auftragsmenge|quantité commandée|qté commandée|cantidad pedida|cantidad solicitada|
        発注数量|発注数|注文数量""",
    "quantity_in": """
        qty in|quantity in|in|in qty|stock in|increase|入库|收入数量|本期入库|借方数量|
        zugang|zugangsmenge|eingang|entrée|entrées|qté entrée|quantité entrée|entrada|entradas|入庫|入庫数|増加数""",
    "quantity_out": """
        qty out|quantity out|out|out qty|stock out|decrease|出库|发出数量|本期出库|贷方数量|
        abgang|abgangsmenge|ausgang|sortie|sorties|qté sortie|quantité sortie|salida|salidas|出庫|出庫数|減少数""",
    "time": """
        date|datetime|date time|date and time|timestamp|time stamp|created at|created|transaction date|sale date|
        sales date|order date|
        document date|posting date|movement date|receipt date|sold at|occurred at|event time|count date|counted at|
        date done|effective date|processed at|updated at|paid at|
        日期|单据日期|时间|业务日期|业务时间|销售日期|销售时间|出库日期|入库日期|交易时间|交易日期|下单时间|
        盘点日期|过账日期|制单日期|发生时间|记账日期|
        datum|belegdatum|buchungsdatum|verkaufsdatum|zeitpunkt|zeitstempel|datum uhrzeit|datum/uhrzeit|
        bondatum|erfassungsdatum|        datum zeit|wareneingangsdatum|inventurdatum|stichtag|bewegungsdatum|rechnungsdatum|
        date|date heure|date et heure|date mouvement|date de mouvement|date de vente|date document|date pièce|horodatage|
        date d'inventaire|date comptable|date ticket|
        fecha|fecha y hora|fecha hora|fecha de venta|fecha movimiento|fecha de movimiento|fecha documento|fecha contable|
        fecha factura|fecha de inventario|
        日付|日時|取引日時|取引日|売上日|売上日時|販売日|販売日時|伝票日付|登録日時|棚卸日|計上日|入荷日|
        budat|ddate|fdate|cpudt|bldat|posting_date|date_done""",
    "time_of_day": """
        time|hour|time of day|sale time|transaction time|时刻|时分|小票时间|
        uhrzeit|zeit|bonzeit|verkaufszeit|heure|heure de vente|hora|hora de venta|時刻|時間|取引時刻|cputm|posting_time""",
    "kind": """
        type|kind|movement type|transaction type|event type|entry type|document type|operation|operation type|action|
        movement|event|reason code|picking type|voucher type|inventory state|sale type|item ledger entry type|
        业务类型|单据类型|类型|交易类型|出入库类型|收发类别|事务类型|操作类型|变动类型|
        bewegungsart|buchungstyp|belegart|vorgangsart|vorgang|art|typ|buchungsart|bewegungstyp|geschäftsvorfall|bewegung|
        type de mouvement|type mouvement|type de document|nature|sens|opération|type opération|
        tipo|tipo de movimiento|tipo movimiento|tipo de documento|operación|movimiento|concepto|tipo de operación|
        取引区分|区分|入出庫区分|種別|取引種別|伝票区分|処理区分|
        bwart|crdname|bredvouch|voucher_type""",
    "unit": """
        unit|uom|unit of measure|unit of measurement|units of measure|measure|单位|计量单位|主单位|库存单位|
        einheit|mengeneinheit|me|vpe|basismengeneinheit|erfassungsmengeneinheit|verpackung|gebinde|
        unité|unité de mesure|conditionnement|unidad|unidad de medida|udm|um|単位|入数単位|meins|erfme|product_uom""",
    "ref": """
        purchase order|purchase order number|po number|po no|po|order reference|source document|origin|order ref|
        采购订单号|采购订单|源单编号|来源单号|订单单号|关联单号|采购单号|
        bestellnummer|bestell-nr|bestellnr|bestellung|bestellbezug|auftragsreferenz|
        n° commande fournisseur|commande fournisseur|bon de commande|n° bon de commande|commande|
        pedido|pedido de compra|nº pedido de compra|orden de compra|発注番号|発注伝票番号|ebeln|cpocode""",
    "due": """
        due|due date|expected|expected date|expected delivery|delivery date|promised date|eta|scheduled date|arrival date|
        expected receipt date|expected arrival|
        交货日期|预计到货日期|要求到货日期|计划到货日期|预计到货|到货日期|交期|
        lieferdatum|liefertermin|wunschtermin|erwartetes lieferdatum|voraussichtliches lieferdatum|
        date de livraison|date livraison|date prévue|livraison prévue|date de livraison prévue|
        fecha de entrega|fecha entrega|fecha prevista|entrega prevista|納期|納品予定日|入荷予定日|納品日""",
    "expiry": """
        expiry|expiry date|expiration|expiration date|expires|expires on|best before|best before date|use by|use by date|
        bbd|sell by date|shelf life expiration date|
        到期日|到期日期|有效期至|有效期|失效日期|保质期至|过期日期|
        mhd|mindesthaltbarkeitsdatum|verfallsdatum|haltbar bis|verfalldatum|verbrauchsdatum|
        dlc|ddm|dluo|date limite de consommation|date de péremption|date d'expiration|
        caducidad|fecha de caducidad|fecha de vencimiento|vencimiento|consumo preferente|
        賞味期限|消費期限|使用期限|有効期限|vfdat|dvdate""",
    "counterparty": """
        supplier|vendor|supplier name|vendor name|customer|customer name|partner|contact|supplier code|vendor code|
        供应商|供应商名称|供应商编码|客户|客户名称|往来单位|
        lieferant|lieferantennummer|kreditor|kunde|kundennummer|lieferantenname|
        fournisseur|client|code fournisseur|proveedor|cliente|仕入先|仕入先コード|得意先|顧客|lifnr""",
    "reason": """
        reason|comment|note|remark|notes|memo|备注|原因|摘要|说明|
        bemerkung|grund|kommentar|notiz|buchungstext|motif|commentaire|remarque|motivo|observaciones|comentario|nota|
        備考|理由|摘要|メモ""",
    "status": """
        status|state|financial status|fulfillment status|order status|document status|单据状态|状态|审核状态|
        belegstatus|zustand|statut|état|estado|ステータス|状態|docstatus|fdocumentstatus""",
    "money": """
        price|unit price|amount|total|net sales|gross sales|gross amount|net amount|tax|discount|cost|value|subtotal|
        lineitem price|total price|revenue|vat|currency|margin|average cost|cost amount|sales amount|
        单价|金额|含税金额|税额|总价|成本|总成本|价税合计|折扣|销售额|零售价|币别|税率|
        preis|einzelpreis|betrag|summe|gesamt|gesamtbetrag|umsatz|netto|brutto|mwst|steuer|rabatt|wert|ek|vk|gesamtpreis|
        ek-preis|vk-preis|währung|nettobetrag|bruttobetrag|
        prix|prix unitaire|montant|montant ht|montant ttc|total ht|total ttc|tva|remise|valeur|pu ht|chiffre d'affaires|
        precio|precio unitario|importe|total|iva|descuento|valor|base imponible|
        単価|金額|合計金額|税額|売上金額|値引|原価|合計|小計|消費税|税込金額""",
    "other": """
        email|phone|address|payment|payment method|cashier|employee|category|brand|color|size|batch|lot|serial|device|
        register|till|shipping|tags|vendor sku|department|group|balance|running total|stock value|stock after|
        电话|收银员|操作员|分类|品牌|批号|客户电话|制单人|审核人|
        kasse|kassennummer|kassierer|bediener|warengruppe|charge|seriennummer|zahlart|kategorie|
        caisse|vendeur|famille|catégorie|lot|mode de paiement|caja|vendedor|categoría|familia|lote|forma de pago|
        レジ|担当者|カテゴリ|部門|ロット|支払方法""",
}  # fmt: skip
"""By role: words with `|` between them, in any case, with or without accents and spaces."""
CODE_WORDS = r"(?i)code|sku|plu|nr|nummer|number|no\.|reference|référence|编码|编号|コード|番号|id$"
"""A column with such a name has the number of a thing, and not its name."""
BARCODE_WORDS = r"(?i)ean|gtin|barcode|条码|upc|jan|code barre"
"""A column with such a name has the number on the package, and not the one of the shop."""
