package main

import (
	"errors"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/config"
)

var errNoKafka = errors.New("kafka: not in this build")

func kafkaFlow(_ *config.Document, in *config.Input, _ *config.Output) (pipeline.Flow, error) {
	return nil, at(in.Pos, errNoKafka)
}

func kafkaOutput(_ *config.Document, _ string, k *config.KafkaOutput) (pipeline.Output, error) {
	return nil, at(k.Pos, errNoKafka)
}

func routedOutput(_ *config.Document, in *config.Input, _ *config.Output) (pipeline.Output, error) {
	return nil, at(in.Pos, errNoKafka)
}
