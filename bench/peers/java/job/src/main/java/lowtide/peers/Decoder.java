package lowtide.peers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;

/** Decodes and validates one JSON line with Jackson's streaming parser, in the order of the plain loop. */
public final class Decoder {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LONGEST = 128;

    private String day = "";
    private long midnight;

    /** The movement, or null if the record cannot be used. */
    public Movement decode(byte[] line) {
        Movement movement = new Movement();
        String kind = null, quantity = null, time = null;
        long at = Long.MIN_VALUE;
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) return null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "source" -> movement.source = text(json, value);
                    case "id" -> movement.id = text(json, value);
                    case "kind" -> kind = text(json, value);
                    case "sku" -> movement.sku = text(json, value);
                    case "location" -> movement.location = text(json, value);
                    case "ref" -> movement.ref = text(json, value);
                    case "quantity" -> quantity = json.getText();
                    case "due" -> movement.due = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : 0;
                    case "event_time" -> {
                        if (value == JsonToken.VALUE_NUMBER_INT) at = json.getLongValue();
                        else time = json.getText();
                    }
                    default -> json.skipChildren();
                }
            }
            if (movement.source == null || movement.id == null || kind == null) return null;
            if (movement.sku == null || movement.location == null || quantity == null) return null;
            movement.kind = Kind.of(kind);
            if (movement.kind < 0) return null;
            movement.at = time == null ? at : instant(time);
            if (movement.at == Long.MIN_VALUE) return null;
            movement.quantity = thousandths(quantity);
        } catch (IOException | DateTimeException | NumberFormatException unusable) {
            return null;
        }
        boolean signed = movement.kind == Kind.SALE || movement.kind == Kind.ADJUSTMENT;
        return movement.quantity < 0 && !signed ? null : movement;
    }

    private static String text(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) return null;
        String text = json.getText();
        return text.length() > LONGEST ? null : text;
    }

    /** Thousandths of a decimal number with up to three places. */
    private static long thousandths(String text) {
        int point = text.indexOf('.');
        if (point < 0) return Math.multiplyExact(Long.parseLong(text), 1000L);
        String part = text.substring(point + 1);
        if (part.length() > 3) throw new NumberFormatException(text);
        long whole = Long.parseLong(text.substring(0, point)) * 1000;
        long rest = part.isEmpty() ? 0 : Long.parseLong((part + "00").substring(0, 3));
        return text.startsWith("-") ? whole - rest : whole + rest;
    }

    /** Milliseconds since 1970. The layout `2026-01-05T00:00:00.000Z` is read here, every other by java.time. */
    private long instant(String time) {
        if (time.length() != 24 || time.charAt(23) != 'Z' || time.charAt(10) != 'T' || time.charAt(19) != '.') {
            return OffsetDateTime.parse(time).toInstant().toEpochMilli();
        }
        if (!time.startsWith(day) || day.isEmpty()) {
            day = time.substring(0, 10);
            midnight = LocalDate.parse(day).toEpochDay() * Position.DAY_MS;
        }
        long seconds = number(time, 11, 13) * 3600 + number(time, 14, 16) * 60 + number(time, 17, 19);
        return midnight + seconds * 1000 + number(time, 20, 23);
    }

    private static long number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
