import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Produce BROKERS SECRET CODEC... writes records of every kind with each codec. */
public class Produce {
	static byte[] bytes(String s) { return s == null ? null : s.getBytes(StandardCharsets.UTF_8); }

	static Properties settings(String brokers, String codec) {
		Properties p = new Properties();
		p.put("bootstrap.servers", brokers);
		p.put("key.serializer", ByteArraySerializer.class.getName());
		p.put("value.serializer", ByteArraySerializer.class.getName());
		p.put("compression.type", codec);
		p.put("linger.ms", "20");
		p.put("max.request.size", "2000000");
		return p;
	}

	static ProducerRecord<byte[], byte[]> record(String topic, int partition, long time, String key, String value, Header... headers) {
		return new ProducerRecord<>(topic, partition, time, bytes(key), bytes(value), List.of(headers));
	}

	public static void main(String[] args) throws Exception {
		String brokers = args[0], secret = args[1];
		for (int c = 2; c < args.length; c++) {
			String codec = args[c], topic = "in.java-" + codec;
			try (KafkaProducer<byte[], byte[]> p = new KafkaProducer<>(settings(brokers, codec))) {
				long time = 1700000000000L;
				for (int i = 0; i < 600; i++) {
					String value = "INFO request " + i + " took " + i % 90 + " ms";
					switch (i % 20) {
						case 3: value = null; break;
						case 5: value = ""; break;
						case 7: value = "{\"user\":\"bob\",\"password\":\"" + secret + "\"}"; break;
					}
					String key = i % 4 == 0 ? null : i % 11 == 0 ? "" : "host-" + i % 9;
					p.send(record(topic, i % 3, time + i, key, value,
						new RecordHeader("b", bytes("1")), new RecordHeader("a", null), new RecordHeader("b", new byte[0])));
				}
				p.send(record(topic, 0, time, "big", "x".repeat(1000000)));
			}
		}
		Properties settings = settings(brokers, "lz4");
		settings.put("transactional.id", "java");
		try (KafkaProducer<byte[], byte[]> p = new KafkaProducer<>(settings)) {
			p.initTransactions();
			for (int i = 0; i < 20; i++) {
				p.beginTransaction();
				for (int j = 0; j < 5; j++) {
					p.send(record("in.java-tx", j % 3, 1700000000000L + i, "k", (i % 3 == 0 ? "aborted " : "committed ") + i + " " + j + " password=" + secret));
				}
				p.flush();
				if (i % 3 == 0) {
					p.abortTransaction();
				} else {
					p.commitTransaction();
				}
			}
		}
	}
}
