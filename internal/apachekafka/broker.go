// Package apachekafka runs Apache Kafka, for tests and measurements against the
// broker that everybody has. It needs Java 17 and, once, Maven.
package apachekafka

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed pom.xml
var pom []byte

// Version is the broker's.
const Version = "4.1.1"

// Jars returns the directory of the broker's libraries: that of
// STANCH_KAFKA_JARS, or one in the user's cache, which Maven fills.
func Jars(ctx context.Context) (string, error) {
	if dir := os.Getenv("STANCH_KAFKA_JARS"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "stanch", "kafka-"+Version)
	done := filepath.Join(dir, "complete")
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "pom.xml")
	if err := os.WriteFile(file, pom, 0o644); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "mvn", "-q", "-B", "-f", file, "dependency:copy-dependencies", "-DoutputDirectory="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("fetch the broker: %w: %s", err, last(out))
	}
	return dir, os.WriteFile(done, nil, 0o644)
}

func last(out []byte) string {
	out = bytes.TrimSpace(out)
	return string(out[max(0, len(out)-8000):])
}

// Options are settings of a broker.
type Options struct {
	// Dir holds its data and log; it is the caller's to remove.
	Dir string
	// Secure adds a listener with TLS, for SCRAM-SHA-512 of the user "user" with
	// Password, and for OAUTHBEARER with unsecured tokens (RFC 7515, A.5).
	// Certificate and Key are PEM.
	Secure                     bool
	Password, Certificate, Key string
	// Front is the address of what stands in front of the broker, such as a proxy:
	// whoever comes by BehindAddr is told to come by it. Empty for nothing.
	Front string
	// Heap is Java's, as in -Xmx; empty is 1g.
	Heap string
}

// Broker is a cluster of one broker.
type Broker struct {
	Addr, SecureAddr, BehindAddr string

	o      Options
	jars   string
	cmd    *exec.Cmd
	exited chan struct{}
}

// Start makes a cluster and runs its broker.
func Start(ctx context.Context, o Options) (*Broker, error) {
	jars, err := Jars(ctx)
	if err != nil {
		return nil, err
	}
	if o.Heap == "" {
		o.Heap = "1g"
	}
	b := &Broker{o: o, jars: jars}
	ports, err := free(4)
	if err != nil {
		return nil, err
	}
	b.Addr, b.SecureAddr, b.BehindAddr = ports[0], ports[2], ports[3]
	if err := os.WriteFile(b.path("server.properties"), []byte(b.properties(ports[1])), 0o600); err != nil {
		return nil, err
	}
	args := []string{"kafka.tools.StorageTool", "format", "-t", "c3RhbmNoLXRlc3QtMDAwMQ", "-c", b.path("server.properties"), "--standalone"}
	if o.Secure {
		args = append(args, "--add-scram", "SCRAM-SHA-512=[name=user,password="+o.Password+"]")
	}
	if out, err := b.java(ctx, args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("format the broker's storage: %w: %s", err, last(out))
	}
	return b, b.Run(ctx)
}

func (b *Broker) path(name string) string { return filepath.Join(b.o.Dir, name) }

// java returns a command that runs a class of the broker's libraries.
func (b *Broker) java(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "java", append([]string{"-Xmx" + b.o.Heap, "-XX:+UseG1GC", "-cp", filepath.Join(b.jars, "*")}, args...)...)
}

// Source returns a command that runs a Java source file with the client library.
func (b *Broker) Source(ctx context.Context, file string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "java", append([]string{"-Xmx512m", "-cp", filepath.Join(b.jars, "*"), file}, args...)...)
}

// Run runs the broker and waits until it answers.
func (b *Broker) Run(ctx context.Context) error {
	log, err := os.OpenFile(b.path("broker.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	b.cmd = b.java(context.Background(), "kafka.Kafka", b.path("server.properties"))
	b.cmd.Stdout, b.cmd.Stderr = log, log
	dieWithUs(b.cmd)
	if err := b.cmd.Start(); err != nil {
		return err
	}
	b.exited = make(chan struct{})
	go func() {
		b.cmd.Wait()
		close(b.exited)
	}()
	for {
		conn, err := net.DialTimeout("tcp", b.Addr, time.Second)
		if err == nil {
			conn.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			b.Kill()
			return fmt.Errorf("the broker does not answer: %w", ctx.Err())
		case <-b.exited:
			text, _ := os.ReadFile(b.path("broker.log"))
			return errors.New("the broker ended: " + last(text))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Kill ends the broker at once.
func (b *Broker) Kill() {
	b.cmd.Process.Kill()
	<-b.exited
}

func (b *Broker) properties(controller string) string {
	var s strings.Builder
	set := func(k, v string) { fmt.Fprintf(&s, "%s=%s\n", k, v) }
	listeners := "PLAINTEXT://" + b.Addr + ",CONTROLLER://" + controller
	advertised := "PLAINTEXT://" + b.Addr
	if b.o.Secure {
		listeners += ",SASL_SSL://" + b.SecureAddr
		advertised += ",SASL_SSL://" + b.SecureAddr
		set("sasl.enabled.mechanisms", "SCRAM-SHA-512,OAUTHBEARER")
		// Without a callback handler the broker takes tokens that nobody has signed.
		set("listener.name.sasl_ssl.oauthbearer.sasl.jaas.config", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;")
		set("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required;")
		set("ssl.keystore.type", "PEM")
		set("ssl.keystore.certificate.chain", pemLine(b.o.Certificate))
		set("ssl.keystore.key", pemLine(b.o.Key))
	}
	if b.o.Front != "" {
		listeners += ",FRONT://" + b.BehindAddr
		advertised += ",FRONT://" + b.o.Front
	}
	set("process.roles", "broker,controller")
	set("node.id", "1")
	set("controller.quorum.bootstrap.servers", controller)
	set("controller.listener.names", "CONTROLLER")
	set("listeners", listeners)
	set("advertised.listeners", advertised)
	set("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,FRONT:PLAINTEXT")
	set("log.dirs", b.path("data"))
	set("offsets.topic.replication.factor", "1")
	set("offsets.topic.num.partitions", "5")
	set("transaction.state.log.replication.factor", "1")
	set("transaction.state.log.num.partitions", "5")
	set("transaction.state.log.min.isr", "1")
	set("group.initial.rebalance.delay.ms", "0")
	set("group.min.session.timeout.ms", "1000")
	set("auto.create.topics.enable", "false")
	set("log.retention.ms", "-1") // records of tests are old
	set("log.cleaner.backoff.ms", "200")
	set("log.cleaner.min.cleanable.ratio", "0.001")
	return s.String()
}

// pemLine writes PEM in a line of a properties file.
func pemLine(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\\n") }

// free returns addresses that nobody listens on.
func free(n int) (addrs []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		addrs = append(addrs, l.Addr().String())
	}
	return addrs, nil
}
