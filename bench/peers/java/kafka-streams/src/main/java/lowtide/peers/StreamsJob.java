package lowtide.peers;

import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The plain job on Kafka Streams, in one process without a broker: TopologyTestDriver, stores in memory without changelog.
 *
 * <p>It does the whole plain job. A topic is partitioned by location, so that nothing has to be sent again for its
 * position. What no broker costs is not in it (fetch, changelog, commits to a topic); what the driver costs is: it goes
 * through the whole task for each record, and a real stream does so for batches. Stores in memory hold bytes, so a position
 * is written and read for each record. Measured after warm-up in the same JVM.
 */
public final class StreamsJob {
    private static final long DEDUP_MS = 7 * Position.DAY_MS;

    public static void main(String[] arguments) throws Exception {
        Bench.measure("kafka-streams", arguments, StreamsJob::run);
    }

    private static List<String> run(List<byte[]> lines) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "plain-job");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "not-used:9092");
        try (TopologyTestDriver driver = new TopologyTestDriver(topology(), settings)) {
            TestInputTopic<byte[], byte[]> input =
                    driver.createInputTopic("movements", new ByteArraySerializer(), new ByteArraySerializer());
            for (byte[] line : lines) input.pipeInput(line);
            return driver.createOutputTopic("ledger", new StringDeserializer(), new StringDeserializer())
                    .readValuesToList();
        }
    }

    private static Topology topology() {
        var seen = Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("seen"), Serdes.String(), Serdes.Long());
        var positions = Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("positions"), Serdes.String(), new PositionSerde());
        return new Topology()
                .addSource("source", new ByteArrayDeserializer(), new ByteArrayDeserializer(), "movements")
                .addProcessor("decode", Decode::new, "source")
                .addProcessor("inventory", Inventory::new, "decode")
                .addStateStore(seen.withLoggingDisabled(), "decode")
                .addStateStore(positions.withLoggingDisabled(), "inventory")
                .addSink("sink", "ledger", new StringSerializer(), new StringSerializer(), "inventory");
    }

    /** Lines to movements: decode, validate, drop what came in the last seven days, move the clock of the log. */
    private static final class Decode implements Processor<byte[], byte[], String, Movement> {
        private final Decoder decoder = new Decoder();
        private ProcessorContext<String, Movement> context;
        private KeyValueStore<String, Long> seen;
        private long clock, cleaned;

        @Override
        public void init(ProcessorContext<String, Movement> context) {
            this.context = context;
            seen = context.getStateStore("seen");
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            Movement movement = decoder.decode(record.value());
            if (movement == null) return;
            String key = movement.source + '\t' + movement.id;
            Long before = seen.get(key);
            if (before != null && before >= clock - DEDUP_MS) return;
            seen.put(key, movement.at);
            clock = movement.clock = Math.max(clock, movement.at);
            if (clock / Position.DAY_MS != cleaned) {
                cleaned = clock / Position.DAY_MS;
                try (var ids = seen.all()) {
                    ids.forEachRemaining(id -> {
                        if (id.value < clock - DEDUP_MS) seen.delete(id.key);
                    });
                }
            }
            context.forward(new Record<>(movement.position(), movement, Math.max(0, movement.at)));
        }
    }

    /** Applies the movements of a position. */
    private static final class Inventory implements Processor<String, Movement, String, String> {
        private ProcessorContext<String, String> context;
        private KeyValueStore<String, Position> positions;

        @Override
        public void init(ProcessorContext<String, String> context) {
            this.context = context;
            positions = context.getStateStore("positions");
        }

        @Override
        public void process(Record<String, Movement> record) {
            Position position = positions.get(record.key());
            if (position == null) position = new Position();
            position.apply(record.value(), entry -> context.forward(record.withValue(entry)));
            positions.put(record.key(), position);
        }
    }

    private StreamsJob() {}
}
