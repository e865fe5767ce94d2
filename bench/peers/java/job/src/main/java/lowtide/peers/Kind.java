package lowtide.peers;

/** What a record does to the stock. */
public final class Kind {
    public static final int SALE = 0, RETURN = 1, VOID = 2, ADJUSTMENT = 3, RECEIPT = 4, ORDER = 5, COUNT = 6, OTHER = 7;

    /** The number of a kind; -1 if nobody knows it. */
    public static int of(String name) {
        return switch (name) {
            case "sale" -> SALE;
            case "return" -> RETURN;
            case "void" -> VOID;
            case "adjustment" -> ADJUSTMENT;
            case "receipt" -> RECEIPT;
            case "order" -> ORDER;
            case "count" -> COUNT;
            case "shipment", "hold", "release", "heartbeat" -> OTHER;
            default -> -1;
        };
    }

    private Kind() {}
}
