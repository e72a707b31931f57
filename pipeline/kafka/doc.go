// Package kafka moves records from Kafka topics through redaction to Kafka
// topics, or to an output of lines.
//
// A member of a consumer group has a lane for each partition that it owns. A
// lane fetches raw record batches, has them redacted on the pipeline's pool while
// the next ones are being fetched, and writes them in order, one request at a
// time. A batch in which nothing was found goes on as it came. Offsets are
// committed when every record before them has been written redacted, stands in
// the quarantine, or was dropped by a policy that says so.
//
// With at-least-once delivery a crash, a broker's failure or an ambiguous
// time-out may have records written again: at most MaxUncommitted of a partition
// and one fetched batch. First deliveries keep the partition's order. With
// exactly-once delivery output and offset are committed in one transaction, and
// consumers that read committed records see each once.
package kafka
