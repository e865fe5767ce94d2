package lowtide.peers;

/** One record of a log; quantities in thousandths, times in milliseconds since 1970. */
public final class Movement {
    public String source;
    public String id;
    public int kind;
    public String location;
    public String sku;
    public String ref;
    public long quantity;
    public long at;
    /** When a supply is due; 0: the record does not say it. */
    public long due;
    /** The time of the log: the latest event time up to this record. */
    public long clock;

    /** The key of its position. */
    public String position() {
        return location + '\t' + sku;
    }
}
