package lowtide.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** A position as bytes: its numbers in their order, then each open supply. */
final class PositionSerde implements Serde<Position> {
    private static final int FIXED = 4 * Long.BYTES + 6 * Long.BYTES + 4 + 2, SUPPLY = 2 * Long.BYTES + 2;

    @Override
    public Serializer<Position> serializer() {
        return (topic, position) -> {
            int size = FIXED;
            for (String ref : position.supply.keySet()) size += SUPPLY + 3 * ref.length();
            ByteBuffer out = ByteBuffer.allocate(size);
            out.putLong(position.onHand).putDouble(position.rate).putDouble(position.sold).putLong(position.day);
            for (long trip : position.trips) out.putLong(trip);
            for (int level : position.alerts) out.put((byte) level);
            out.putShort((short) position.supply.size());
            for (Map.Entry<String, long[]> open : position.supply.entrySet()) {
                byte[] ref = open.getKey().getBytes(StandardCharsets.UTF_8);
                out.putLong(open.getValue()[0]).putLong(open.getValue()[1]).putShort((short) ref.length).put(ref);
            }
            byte[] bytes = new byte[out.position()];
            out.flip().get(bytes);
            return bytes;
        };
    }

    @Override
    public Deserializer<Position> deserializer() {
        return (topic, bytes) -> {
            if (bytes == null) return null;
            ByteBuffer in = ByteBuffer.wrap(bytes);
            Position position = new Position();
            position.onHand = in.getLong();
            position.rate = in.getDouble();
            position.sold = in.getDouble();
            position.day = in.getLong();
            for (int at = 0; at < position.trips.length; at++) position.trips[at] = in.getLong();
            for (int at = 0; at < position.alerts.length; at++) position.alerts[at] = in.get();
            for (int left = in.getShort(); left > 0; left--) {
                long[] open = {in.getLong(), in.getLong()};
                byte[] ref = new byte[in.getShort()];
                in.get(ref);
                position.supply.put(new String(ref, StandardCharsets.UTF_8), open);
            }
            return position;
        };
    }
}
