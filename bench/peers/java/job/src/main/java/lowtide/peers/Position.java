package lowtide.peers;

import java.util.LinkedHashMap;
import java.util.function.Consumer;

/**
 * What is known about one SKU in one location, and what a movement does to it: stock, the day's demand, open supply,
 * trip levels, alerts. The same arithmetic as `Position` and `Loop` of plain_loop.py, operation by operation.
 */
public final class Position {
    public static final long DAY_MS = 86_400_000;
    private static final long GRACE_MS = DAY_MS;
    private static final int HORIZON = 8;
    private static final double[] ENTRY = {-0.8416, 0.0, 0.5244}, EXIT = {0.2533, 0.6745, 1.0364};
    private static final int NEGATIVE = 0, OUT = 1, PROJECTED = 2, OVERDUE = 3;
    private static final String[] ALERTS = {"negative_stock", "out_of_stock", "projected_stockout", "overdue_supply"};

    public long onHand;
    public double rate;
    public double sold;
    public long day = -1;
    /** Open supply by its number: the rest in thousandths, and when it is due. */
    public LinkedHashMap<String, long[]> supply = new LinkedHashMap<>(2);
    /** The stock below which each severity opens, and below which it stays: critical, warning, watch. */
    public long[] trips = new long[6];
    /** The severity of each alert that is open, else 0. */
    public int[] alerts = new int[4];

    /** Apply one movement; `ledger` gets a line for each change of an alert. */
    public void apply(Movement movement, Consumer<String> ledger) {
        long today = Math.floorDiv(movement.clock, DAY_MS), quantity = movement.quantity;
        boolean stale = day != today;
        if (stale) {
            long days = day >= 0 ? Math.min(28, today - day) : 0;
            if (days != 0 && onHand > 0) {
                rate += (sold / days - rate) * (1 - Math.pow(0.9755, days));
                sold = 0;
            }
            day = today;
        }
        switch (movement.kind) {
            case Kind.SALE -> {
                onHand -= quantity;
                sold += quantity / 1000.0;
            }
            case Kind.RETURN, Kind.ADJUSTMENT -> onHand += quantity;
            case Kind.VOID -> {
                onHand += quantity;
                sold -= quantity / 1000.0;
            }
            case Kind.RECEIPT -> {
                onHand += quantity;
                long[] open = supply.get(movement.ref);
                if (open != null) {
                    open[0] -= quantity;
                    if (open[0] <= 0) supply.remove(movement.ref);
                    stale = true;
                }
            }
            case Kind.ORDER -> {
                long due = movement.due != 0 ? movement.due : movement.at + 7 * DAY_MS;
                supply.put(movement.ref, new long[] {quantity, due});
                stale = true;
            }
            case Kind.COUNT -> onHand = quantity;
            default -> {}
        }
        if (stale) levels(movement.clock);
        detect(movement, ledger);
    }

    private void levels(long clock) {
        double mean = rate * HORIZON, deviation = Math.sqrt(1.5 * mean + mean * mean / 20), sum = 0;
        long last = (day + HORIZON) * DAY_MS;
        for (long[] open : supply.values()) {
            if (clock < open[1] && open[1] <= last) sum += 0.885 * open[0];
        }
        long coming = (long) sum;
        for (int at = 0; at < 3; at++) {
            trips[2 * at] = Math.max(0, (long) Math.ceil(mean + ENTRY[at] * deviation) * 1000 - coming);
            trips[2 * at + 1] = (long) Math.ceil(mean + EXIT[at] * deviation) * 1000 - coming;
        }
    }

    private void detect(Movement movement, Consumer<String> ledger) {
        set(NEGATIVE, onHand < 0 ? 2 : 0, movement, ledger);
        boolean empty = onHand <= 0 && rate > 0;
        set(OUT, empty ? 3 : 0, movement, ledger);
        int level = 0;
        for (int at = 0; at < 3 && !empty && level == 0; at++) {
            int severity = 3 - at;
            boolean stays = severity <= alerts[PROJECTED] && onHand < trips[2 * at + 1];
            if (onHand < trips[2 * at] || stays) level = severity;
        }
        set(PROJECTED, level, movement, ledger);
        boolean overdue = false;
        for (long[] open : supply.values()) overdue |= open[1] + GRACE_MS <= movement.clock;
        set(OVERDUE, overdue ? 2 : 0, movement, ledger);
    }

    private void set(int alert, int level, Movement movement, Consumer<String> ledger) {
        int before = alerts[alert];
        if (before == level) return;
        alerts[alert] = level;
        String entry = before == 0 ? "OPENED" : level == 0 ? "CLEARED" : level > before ? "WORSENED" : "EASED";
        ledger.accept(movement.clock + "\t" + movement.position() + "\t" + ALERTS[alert] + "\t" + entry + "\t" + level);
    }
}
