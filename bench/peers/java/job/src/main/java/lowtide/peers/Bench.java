package lowtide.peers;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Runs an engine over a file of events: some rounds to warm up, one that counts; writes its ledger and prints its figures. */
public final class Bench {
    /** An engine: lines in memory to the lines of a ledger. */
    public interface Engine {
        List<String> run(List<byte[]> lines) throws Exception;
    }

    private static final int WARM_ROUNDS = 2, WARM_LINES = 400_000;

    /** `arguments`: the file of events and the file for the ledger. The rounds that warm up take the first lines. */
    public static void measure(String name, String[] arguments, Engine engine) throws Exception {
        List<byte[]> lines = lines(Path.of(arguments[0]));
        List<byte[]> first = lines.subList(0, Math.min(WARM_LINES, lines.size()));
        for (int round = 0; round < WARM_ROUNDS; round++) engine.run(first);
        System.gc();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime(), wall = System.nanoTime();
        List<String> ledger = engine.run(lines);
        double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9, wallSeconds = (System.nanoTime() - wall) / 1e9;
        Files.write(Path.of(arguments[1]), ledger);
        System.out.printf(
                Locale.ROOT,
                "{\"engine\": \"%s\", \"records\": %d, \"cpu_s\": %.4f, \"wall_s\": %.4f, \"entries\": %d}%n",
                name, lines.size(), cpuSeconds, wallSeconds, ledger.size());
    }

    private static List<byte[]> lines(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<byte[]> lines = new ArrayList<>();
        for (int start = 0, end; start < bytes.length; start = end + 1) {
            for (end = start; end < bytes.length && bytes[end] != '\n'; end++) {}
            lines.add(Arrays.copyOfRange(bytes, start, end));
        }
        return lines;
    }

    private Bench() {}
}
