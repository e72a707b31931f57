package kafka

// NewTopic is how a topic is made: its partitions, and the settings that are not
// the cluster's (https://kafka.apache.org/documentation/#topicconfigs). There are
// as many replicas as is usual in the cluster.
type NewTopic struct {
	Partitions int32
	Settings   map[string]string
}

// ForFindings is how a topic of findings is made. They are kept for as long as
// is usual in the cluster.
func ForFindings() *NewTopic {
	return &NewTopic{3, map[string]string{"cleanup.policy": "delete"}}
}

// ForQuarantine is how a topic of the quarantine is made. What is in it is nowhere
// else, so it is kept until somebody deletes it. An entry is up to twice as large
// as its record.
func ForQuarantine() *NewTopic {
	return &NewTopic{1, map[string]string{"cleanup.policy": "delete", "retention.ms": "-1", "max.message.bytes": "4194304"}}
}
