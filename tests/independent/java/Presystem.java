import java.io.ByteArrayInputStream;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A conforming presystem on {@code java.net.http}, written from the protocol's description alone, with the JDK alone.
 *
 * <p>Where the protocol leaves freedom it only listens and never asks for charging; it logs in when it is challenged,
 * by the JDK's Authenticator; it resumes TLS sessions, as the JDK does; and it leaves a link that has fallen silent to
 * its close handshake while the next one is already there.
 */
public final class Presystem {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration BOOT_WITHIN = Duration.ofSeconds(3);
    private static final Duration SILENT = Duration.ofMillis(
            Math.max(3_000, (long) (4_000 * Double.parseDouble(told("PUSH_INTERVAL_S")))));
    private static final long FIRST_PAUSE_MS = 1_200;
    private static final long LONGEST_PAUSE_MS = 7_000;

    private static String told(String name) {
        return System.getenv("MOCKPILOT_" + name);
    }

    public static void main(String[] words) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(trusting(Path.of(told("CA_FILE"))))
                .authenticator(new Login())
                .connectTimeout(CONNECT_WITHIN)
                .build();
        for (int failures = 0; ; ) {
            failures = hold(client) ? 0 : failures + 1;
            double pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * Math.pow(1.6, failures));
            Thread.sleep((long) (pause * ThreadLocalRandom.current().nextDouble(0.9, 1.0)));
        }
    }

    /** Holds one link from its beginning to its end, and says whether its boot was accepted. */
    private static boolean hold(HttpClient client) throws InterruptedException {
        Link link = new Link();
        try {
            WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(CONNECT_WITHIN);
            if (!told("SUBPROTOCOL").isEmpty()) {
                builder.subprotocols(told("SUBPROTOCOL"));
            }
            WebSocket socket = builder.buildAsync(URI.create(told("URL")), link).get(10, TimeUnit.SECONDS);
            link.awaitEnd();
            link.leave(socket);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException error) {
            System.out.println(error.getCause() == null ? error : error.getCause());
        }
        return link.accepted;
    }

    private static SSLContext trusting(Path authorities) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        var pem = new ByteArrayInputStream(Files.readAllBytes(authorities));
        int number = 0;
        for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            store.setCertificateEntry("authority-" + number++, one);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static final class Login extends Authenticator {
        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            return new PasswordAuthentication(told("USER"), told("PASSWORD").toCharArray());
        }
    }

    /** One link from its boot to its end. */
    private static final class Link implements WebSocket.Listener {
        private final String boot = UUID.randomUUID().toString();
        private final StringBuilder text = new StringBuilder();
        private final CountDownLatch ended = new CountDownLatch(1);
        private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
        private volatile Instant patientUntil = Instant.now().plus(CONNECT_WITHIN);
        volatile boolean accepted;

        @Override
        public void onOpen(WebSocket socket) {
            patientUntil = Instant.now().plus(BOOT_WITHIN);
            send(socket, message(1, boot, "BootNotification", Map.of("presystem", told("PRESYSTEM_KIND"))));
            socket.request(1);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                hear(socket, whole);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            ended.countDown();
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            System.out.println(error);
            ended.countDown();
        }

        /** Waits until the link has ended, or has been silent for too long. */
        void awaitEnd() throws InterruptedException {
            while (!ended.await(100, TimeUnit.MILLISECONDS) && Instant.now().isBefore(patientUntil)) {
                continue;
            }
        }

        /** Says good-bye if the other side has not, and ends the connection a few seconds later whatever comes. */
        void leave(WebSocket socket) {
            if (ended.getCount() == 0) {
                return;
            }
            sent = sent.handle((done, error) -> null).thenCompose(
                    done -> socket.sendClose(WebSocket.NORMAL_CLOSURE, "silent for too long"));
            CompletableFuture.delayedExecutor(4, TimeUnit.SECONDS).execute(socket::abort);
        }

        private void hear(WebSocket socket, String whole) {
            List<?> slots;
            try {
                slots = (List<?>) new Json(whole).read();
            } catch (RuntimeException notReadable) {
                return;
            }
            if (slots.size() != 7 || !(slots.get(0) instanceof Double kind)) {
                return;
            }
            String id = String.valueOf(slots.get(4));
            String action = String.valueOf(slots.get(5));
            if (kind == 1 && action.equals("ProvideChargingInformation")) {
                pushed(socket, id, action, slots.get(6));
            } else if (kind == 2 && id.equals(boot)) {
                accepted = slots.get(6) instanceof Map<?, ?> payload && "Accepted".equals(payload.get("status"));
                patientUntil = Instant.now().plus(accepted ? SILENT : BOOT_WITHIN);
            }
        }

        private void pushed(WebSocket socket, String id, String action, Object payload) {
            if (accepted) {
                patientUntil = Instant.now().plus(SILENT);
            }
            boolean readable = payload instanceof Map<?, ?> push && push.get("depotInfoList") instanceof List<?>;
            send(socket, readable
                    ? message(2, id, action, Map.of())
                    : message(3, id, action, Map.of("message", "no depots in it")));
        }

        private synchronized void send(WebSocket socket, String whole) {
            sent = sent.handle((done, error) -> null).thenCompose(done -> socket.sendText(whole, true));
        }
    }

    private static String message(int kind, String id, String action, Map<String, String> payload) {
        List<String> pairs = new ArrayList<>();
        payload.forEach((key, value) -> pairs.add(quoted(key) + ": " + quoted(value)));
        return String.format("[%d, %s, %s, %s, %s, %s, {%s}]", kind, quoted(told("PRESYSTEM_KIND")),
                quoted(told("PRESYSTEM_ID")), quoted(Instant.now().toString()), quoted(id), quoted(action),
                String.join(", ", pairs));
    }

    private static String quoted(String plain) {
        return '"' + plain.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Reads JSON into lists, maps, texts, doubles, booleans and null. */
    private static final class Json {
        private final String text;
        private int at;

        Json(String text) {
            this.text = text;
        }

        Object read() {
            Object value = value();
            skip();
            if (at != text.length()) {
                throw new IllegalArgumentException("more than one value");
            }
            return value;
        }

        private Object value() {
            skip();
            return switch (text.charAt(at)) {
                case '{' -> object();
                case '[' -> array();
                case '"' -> string();
                default -> word();
            };
        }

        private Map<String, Object> object() {
            Map<String, Object> pairs = new LinkedHashMap<>();
            at++;
            while (!ends('}')) {
                skip();
                String key = string();
                expect(':');
                pairs.put(key, value());
            }
            return pairs;
        }

        private List<Object> array() {
            List<Object> items = new ArrayList<>();
            at++;
            while (!ends(']')) {
                items.add(value());
            }
            return items;
        }

        /** Whether the object or array ends here; a comma before the next item is passed over. */
        private boolean ends(char bracket) {
            skip();
            if (text.charAt(at) == ',') {
                at++;
                return false;
            }
            if (text.charAt(at) != bracket) {
                return false;
            }
            at++;
            return true;
        }

        private String string() {
            StringBuilder plain = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                plain.append(text.charAt(at) == '\\' ? escaped() : text.charAt(at));
            }
            at++;
            return plain.toString();
        }

        private char escaped() {
            char letter = text.charAt(++at);
            if (letter == 'u') {
                at += 4;
                return (char) Integer.parseInt(text.substring(at - 3, at + 1), 16);
            }
            int place = "bfnrt".indexOf(letter);
            return place < 0 ? letter : "\b\f\n\r\t".charAt(place);
        }

        private Object word() {
            int start = at;
            while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(start, at);
            return switch (word) {
                case "true" -> Boolean.TRUE;
                case "false" -> Boolean.FALSE;
                case "null" -> null;
                default -> Double.valueOf(word);
            };
        }

        private void expect(char sign) {
            skip();
            if (text.charAt(at++) != sign) {
                throw new IllegalArgumentException("expected " + sign);
            }
        }

        private void skip() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
