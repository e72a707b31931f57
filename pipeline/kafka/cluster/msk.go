package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/aws_msk_iam_v2"
)

// mskPatience is how long the environment is asked for its region and credentials.
const mskPatience = 30 * time.Second

// mskIAM returns the mechanism of Amazon MSK, with which a client signs the name of
// the broker (https://github.com/aws/aws-msk-iam-auth#details). Credentials are those
// of AWS's default chain: the environment, shared files, a web identity, the container
// or the machine. They are asked for when a connection is made, and kept until they
// expire. An empty region is that of the chain.
func mskIAM(region string) (sasl.Mechanism, error) {
	ctx, cancel := context.WithTimeout(context.Background(), mskPatience)
	defer cancel()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		// The library's error may quote a line of a file of credentials.
		return nil, errors.New("kafka: AWS's configuration cannot be read")
	}
	if cfg.Region == "" {
		return nil, errors.New("kafka: AWS_MSK_IAM: no region, neither in sasl nor in AWS's environment")
	}
	cfg.Credentials = discreet{cfg.Credentials}
	return aws_msk_iam_v2.NewMechanism(cfg), nil
}

// discreet keeps to itself what a source of credentials says of its errors: answers
// of servers and programs, which may hold credentials.
type discreet struct{ of aws.CredentialsProvider }

func (d discreet) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := d.of.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, errors.New("kafka: AWS_MSK_IAM: no credentials in AWS's environment")
	}
	return c, nil
}
