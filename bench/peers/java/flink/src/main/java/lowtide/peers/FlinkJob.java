package lowtide.peers;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The plain job on Flink: a MiniCluster, parallelism 1, heap state, no checkpoints, objects reused within a chain.
 *
 * <p>It does the whole plain job: decode, validate, deduplicate (state by source, old ids removed once a day), stock,
 * demand, supply, levels, alerts. It reads lines from memory and writes no tables. The clock of the log is kept by the
 * decoder, in the order of the log, so that it also moves on duplicates. Measured after warm-up in the same JVM; its
 * CPU time includes the garbage collector and the compiler.
 */
public final class FlinkJob {
    private static final long DEDUP_MS = 7 * Position.DAY_MS;
    /** The lines of a run and its ledger: one process holds the whole cluster. */
    private static List<byte[]> events = List.of();
    private static List<String> ledger = List.of();

    public static void main(String[] arguments) throws Exception {
        var settings = new MiniClusterConfiguration.Builder()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .setConfiguration(new Configuration())
                .build();
        try (MiniCluster cluster = new MiniCluster(settings)) {
            cluster.start();
            Bench.measure("flink", arguments, lines -> {
                events = lines;
                ledger = new ArrayList<>();
                cluster.executeJobBlocking(job(lines.size()).getStreamGraph().getJobGraph());
                return ledger;
            });
        }
    }

    private static StreamExecutionEnvironment job(long count) {
        var environment = StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
        environment.setParallelism(1);
        environment.getConfig().enableObjectReuse();
        var source = new DataGeneratorSource<byte[]>(
                index -> events.get(index.intValue()), count, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .flatMap(new Decode())
                .keyBy(movement -> movement.source)
                .process(new Deduplicate())
                .keyBy(Movement::position)
                .process(new Inventory())
                .sinkTo(new Ledger());
        return environment;
    }

    /** Lines to movements with the clock of the log. */
    private static final class Decode implements FlatMapFunction<byte[], Movement> {
        private transient Decoder decoder;
        private long clock;

        @Override
        public void flatMap(byte[] line, Collector<Movement> out) {
            if (decoder == null) decoder = new Decoder();
            Movement movement = decoder.decode(line);
            if (movement == null) return;
            clock = movement.clock = Math.max(clock, movement.at);
            out.collect(movement);
        }
    }

    /** Drops a record whose source and id came in the last seven days. */
    private static final class Deduplicate extends KeyedProcessFunction<String, Movement, Movement> {
        private transient MapState<String, Long> seen;
        private transient ValueState<Long> cleaned;

        @Override
        public void open(OpenContext context) {
            var ids = new MapStateDescriptor<>("seen", String.class, Long.class);
            seen = getRuntimeContext().getMapState(ids);
            cleaned = getRuntimeContext().getState(new ValueStateDescriptor<>("cleaned", Long.class));
        }

        @Override
        public void processElement(Movement movement, Context context, Collector<Movement> out) throws Exception {
            long oldest = movement.clock - DEDUP_MS, today = movement.clock / Position.DAY_MS;
            Long before = seen.get(movement.id);
            if (before != null && before >= oldest) return;
            seen.put(movement.id, movement.at);
            Long day = cleaned.value();
            if (day == null || day != today) {
                cleaned.update(today);
                var ids = seen.iterator();
                while (ids.hasNext()) if (ids.next().getValue() < oldest) ids.remove();
            }
            out.collect(movement);
        }
    }

    /** Applies the movements of a position. */
    private static final class Inventory extends KeyedProcessFunction<String, Movement, String> {
        private transient ValueState<Position> position;

        @Override
        public void open(OpenContext context) {
            var type = TypeInformation.of(Position.class);
            position = getRuntimeContext().getState(new ValueStateDescriptor<>("position", type));
        }

        @Override
        public void processElement(Movement movement, Context context, Collector<String> out) throws Exception {
            Position known = position.value();
            if (known == null) known = new Position();
            known.apply(movement, out::collect);
            position.update(known);
        }
    }

    /** Keeps the ledger in memory until the run has ended. */
    private static final class Ledger implements Sink<String> {
        @Override
        public SinkWriter<String> createWriter(WriterInitContext context) {
            return new SinkWriter<>() {
                @Override
                public void write(String entry, Context context) {
                    ledger.add(entry);
                }

                @Override
                public void flush(boolean end) {}

                @Override
                public void close() {}
            };
        }
    }

    private FlinkJob() {}
}
