import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.common.base.MoreObjects;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.stream.Collectors;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.marker.Markers;
import org.apache.commons.lang3.builder.ToStringBuilder;
import org.apache.commons.lang3.builder.ToStringStyle;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.message.ObjectMessage;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.SortedArrayStringMap;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs the events of a plan with the loggers of Java. Usage: Emit PLAN DIRECTORY */
public final class Emit {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper PRETTY = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** One logger: returns what it writes for an event. */
  interface Logger {
    String write(Map<String, Object> ev, String msg, Map<String, Object> fields, Throwable error) throws IOException;
  }

  public static void main(String[] args) throws Exception {
    Map<String, Logger> loggers = new LinkedHashMap<>();
    loggers.put("logback-pattern", logbackPattern());
    loggers.put("logback-logstash", logbackLogstash());
    loggers.put("log4j2-pattern", log4jPattern());
    loggers.put("log4j2-json", log4jJson());
    loggers.put("java-util-logging", julText());

    Map<String, BufferedWriter> outs = new LinkedHashMap<>();
    for (String name : loggers.keySet()) {
      outs.put(name, Files.newBufferedWriter(Path.of(args[1], name + ".jsonl")));
    }
    try (BufferedReader in = Files.newBufferedReader(Path.of(args[0]))) {
      for (String line; (line = in.readLine()) != null; ) {
        Map<String, Object> ev = JSON.readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {});
        String msg = (String) ev.get("msg");
        if (ev.get("dump") != null) {
          msg += dump(map(ev.get("dump")));
        }
        Throwable error = ev.get("error") == null ? null : fault(map(ev.get("error")));
        Map<String, Object> fields = ev.get("fields") == null ? Map.of() : map(ev.get("fields"));
        for (Map.Entry<String, Logger> l : loggers.entrySet()) {
          Map<String, Object> record = new LinkedHashMap<>();
          record.put("event", ev.get("id"));
          record.put("text", l.getValue().write(ev, msg, fields, error));
          outs.get(l.getKey()).write(JSON.writeValueAsString(record) + "\n");
        }
      }
    }
    for (BufferedWriter o : outs.values()) {
      o.close();
    }
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object o) {
    return (Map<String, Object>) o;
  }

  static final class AuthenticationException extends RuntimeException {
    AuthenticationException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static Throwable fault(Map<String, Object> e) {
    Throwable cause = null;
    if (e.get("where") != null) {
      cause = new IllegalStateException("bad options " + show("ConnectOptions", map(e.get("where")), 0));
    }
    String message = (String) e.get("msg");
    return cause == null && message.length() % 2 == 0
        ? new IllegalArgumentException(message)
        : new AuthenticationException(message, cause);
  }

  static String dump(Map<String, Object> d) throws IOException {
    Map<String, Object> fields = map(d.get("fields"));
    int style = ((Number) d.get("style")).intValue() % 12;
    return switch (style) {
      case 10 -> JSON.writeValueAsString(fields);
      case 11 -> PRETTY.writeValueAsString(fields);
      default -> show((String) d.get("type"), fields, style);
    };
  }

  /** An object as toString methods of Java show it. */
  static String show(String type, Map<String, Object> fields, int style) {
    Map<String, Object> f = new LinkedHashMap<>();
    fields.forEach((k, v) -> f.put(style >= 8 ? k : identifier(k), v instanceof Map ? show("Options", map(v), style) : v));
    return switch (style) {
      case 0, 1 -> type + f.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(", ", "(", ")"));
      case 2, 3 -> type + f.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(", ", "[", "]"));
      case 4 -> {
        MoreObjects.ToStringHelper h = MoreObjects.toStringHelper(type);
        f.forEach(h::add);
        yield h.toString();
      }
      case 5 -> type + f.entrySet().stream()
          .map(e -> e.getKey() + "=" + (e.getValue() instanceof String && !((String) e.getValue()).startsWith("Options{") ? "'" + e.getValue() + "'" : e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
      case 6 -> build(type, f, ToStringStyle.SHORT_PREFIX_STYLE);
      case 7 -> build(type, f, ToStringStyle.MULTI_LINE_STYLE);
      case 9 -> List.copyOf(fields.entrySet()).toString();
      default -> fields.toString();
    };
  }

  private static String build(String type, Map<String, Object> f, ToStringStyle style) {
    ToStringBuilder b = new ToStringBuilder(new Object(), style);
    f.forEach(b::append);
    return b.toString().replaceFirst("(java\\.lang\\.)?Object", type);
  }

  private static String identifier(String s) {
    StringBuilder b = new StringBuilder();
    boolean up = false;
    for (char c : s.toCharArray()) {
      if (!Character.isLetterOrDigit(c) && c != '_') {
        up = true;
        continue;
      }
      b.append(up && b.length() > 0 ? Character.toUpperCase(c) : c);
      up = false;
    }
    return b.toString();
  }

  private static Level level(Map<String, Object> ev) {
    return Level.toLevel((String) ev.get("level"));
  }

  private static Logger logback(Encoder<ILoggingEvent> encoder, boolean structured) {
    LoggerContext context = new LoggerContext();
    encoder.setContext(context);
    encoder.start();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setImmediateFlush(true);
    appender.setOutputStream(out);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.DEBUG);
    root.addAppender(appender);
    context.setMDCAdapter(new ch.qos.logback.classic.util.LogbackMDCAdapter());
    org.slf4j.Logger log = context.getLogger("com.acme.app.Service");
    return (ev, msg, fields, error) -> {
      out.reset();
      LoggingEventBuilder b = log.atLevel(org.slf4j.event.Level.valueOf(level(ev).toString()));
      if (structured) {
        b = b.addMarker(Markers.appendEntries(fields));
      } else if (((Number) ev.get("id")).intValue() % 3 == 0 && !fields.isEmpty()) {
        b = b.addArgument(fields);
        msg = escape(msg) + " {}";
      } else {
        for (Map.Entry<String, Object> f : fields.entrySet()) {
          b = b.addKeyValue(f.getKey(), f.getValue());
        }
      }
      if (error != null) {
        b = b.setCause(error);
      }
      b.log(msg);
      return out.toString(StandardCharsets.UTF_8);
    };
  }

  private static String escape(String msg) {
    return msg.replace("{}", "{ }");
  }

  private static Logger logbackPattern() {
    PatternLayoutEncoder e = new PatternLayoutEncoder();
    e.setPattern("%d{yyyy-MM-dd HH:mm:ss.SSS} [%thread] %-5level %logger{36} - %msg %kvp%n%ex{4}");
    return logback(e, false);
  }

  private static Logger logbackLogstash() {
    return logback(new LogstashEncoder(), true);
  }

  private static Log4jLogEvent event(Map<String, Object> ev, Message message, Map<String, Object> context, Throwable error) {
    SortedArrayStringMap data = new SortedArrayStringMap();
    context.forEach((k, v) -> data.putValue(k, String.valueOf(v)));
    return Log4jLogEvent.newBuilder()
        .setLoggerName("com.acme.app.Service")
        .setLevel(org.apache.logging.log4j.Level.toLevel((String) ev.get("level")))
        .setMessage(message)
        .setContextData(data)
        .setThreadName("main")
        .setTimeMillis(System.currentTimeMillis())
        .setThrown(error)
        .build();
  }

  private static Logger log4jPattern() {
    Layout<String> layout = PatternLayout.newBuilder().withPattern("%d %-5p [%t] %c{1.}:%L %m %X%n%xEx{4}").build();
    return (ev, msg, fields, error) -> {
      if (((Number) ev.get("id")).intValue() % 2 == 0 || fields.isEmpty()) {
        return layout.toSerializable(event(ev, new SimpleMessage(msg), fields, error));
      }
      // As with log.info("... {}", object).
      return layout.toSerializable(event(ev, new SimpleMessage(msg + " " + new ObjectMessage(fields).getFormattedMessage()), Map.of(), error));
    };
  }

  private static Logger log4jJson() {
    Layout<String> layout = JsonTemplateLayout.newBuilder()
        .setConfiguration(new DefaultConfiguration())
        .setEventTemplateUri("classpath:EcsLayout.json")
        .build();
    return (ev, msg, fields, error) -> layout.toSerializable(event(ev, new SimpleMessage(msg), fields, error));
  }

  private static Logger julText() {
    SimpleFormatter f = new SimpleFormatter();
    return (ev, msg, fields, error) -> {
      LogRecord r = new LogRecord(java.util.logging.Level.INFO, msg + (fields.isEmpty() ? "" : " " + fields));
      r.setLoggerName("com.acme.app.Service");
      r.setSourceClassName("com.acme.app.Service");
      r.setSourceMethodName("handle");
      r.setThrown(error);
      return f.format(r);
    };
  }
}
