package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/stanch/stanch/internal/watch"
	"github.com/stanch/stanch/pipeline"
)

// runFlags are those of stanch run.
type runFlags struct {
	config     string
	dryRun     bool
	replay     string
	identities []string
}

func (c *cli) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Move logs from inputs to outputs, redacted",
		Example: `  stanch run --config configs/kafka.yaml
  stanch run --config configs/kafka.yaml --dry-run   # what it would do
  stanch run --config run.yaml --replay-quarantine quarantine.jsonl --identity key.txt`,
		Long: `Run reads its inputs, redacts what comes and writes it to the outputs, until the
inputs end or it is stopped. An input is told that it may forget a record when the
record has been written, stands in the quarantine, or was dropped by a policy that
says so.

SIGTERM and an interrupt stop it: nothing more is read, and what is under way is
finished, if that does not take longer than drain says. On SIGHUP, and when one of
its files changes, the policy is loaded anew; one that is wrong is reported, and
the old one stays. Other changes need a restart.

It does not start without a key, from STANCH_KEY or the policy's key file, since
hashes and fingerprints have to be the same tomorrow.

Exit status: 0 it was stopped or the inputs ended, 2 an error.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// A hang-up asks for a reload here.
			ctx, stop := signal.NotifyContext(context.WithoutCancel(cmd.Context()), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return c.pipeline(ctx, &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.config, "config", "c", "", "configuration `FILE` (see stanch config check)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and do nothing")
	flags.StringVar(&f.replay, "replay-quarantine", "", "redact the records of this quarantine `FILE` (- for standard input) in place of the inputs")
	flags.StringArrayVar(&f.identities, "identity", nil, "`FILE` with the private age keys that open the quarantine")
	cmd.MarkFlagRequired("config")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "replay-quarantine")
	return cmd
}

// settle is how long files have to be left alone before they are read again, and
// lookAgain how often they are looked at where no change is told.
const (
	settle    = 250 * time.Millisecond
	lookAgain = 30 * time.Second
)

func (c *cli) pipeline(ctx context.Context, f *runFlags) (err error) {
	w := watch.New(!f.dryRun && f.replay == "", zap.NewNop())
	defer w.Close()
	// Files are watched before they are read, so that no change falls in between.
	w.Set([]string{f.config})
	l, err := loadPipeline(f.config)
	if err != nil {
		return err
	}
	w.Set(l.doc.Files(f.config))
	p, err := c.assemble(l, f.replay != "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	switch {
	case f.dryRun:
		return c.plan(ctx, p)
	case f.replay != "":
		return c.replay(ctx, p, f)
	}
	for _, n := range l.engine.Notes() {
		p.env.Log.Warn("does not apply", zap.String("rule", n))
	}
	for _, r := range l.engine.Refused() {
		p.env.Log.Warn("known secret is not looked for", zap.String("place", r.At), zap.String("reason", r.Why.Error()))
	}
	stop, err := p.serve(ctx)
	if err != nil {
		return err
	}
	defer stop()
	watching, cancel := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		w.Run(watching, watch.Options{Settle: settle, Interval: lookAgain, Signal: hangUp}, func() { p.reload(w, f.config) })
	}()
	p.env.Metrics.SetReady(true)
	defer context.AfterFunc(ctx, func() {
		p.env.Metrics.SetReady(false)
		p.env.Log.Info("stopping", zap.Stringer("drain", p.env.Drain))
	})()
	p.env.Log.Info("running", zap.String("config", f.config), zap.String("version", l.version), zap.Int("inputs", len(p.flows)))
	err = pipeline.Run(ctx, p.env, p.flows...)
	cancel()
	<-watched
	if err == nil {
		p.env.Log.Info("stopped")
	}
	return err
}

// reload puts the policy of the files as they are in force. Where that fails the
// old one stays.
func (p *assembled) reload(w *watch.Watcher, name string) {
	l, err := loadPipeline(name)
	if err != nil {
		p.env.Metrics.Reload(false)
		p.env.Log.Error("the configuration was not loaded; the old one stays", zap.Error(err))
		return
	}
	w.Set(l.doc.Files(name))
	if !p.loaded.doc.SameButPolicy(l.doc) {
		p.env.Log.Warn("of the changes only those to the policy are in force; others need a restart")
	}
	p.env.Engine.Store(l.engine)
	p.env.Metrics.Reload(true)
	p.told(l)
	p.env.Log.Info("policy in force", zap.String("version", l.version), zap.String("policy", l.policy))
}

// serve serves metrics and health. stop ends it.
func (p *assembled) serve(ctx context.Context) (stop func(), err error) {
	at := p.loaded.doc.Metrics.Listen
	if at == "" {
		return func() {}, nil
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", at)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	s := &http.Server{Handler: p.env.Metrics.Handler(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	go s.Serve(ln)
	p.env.Log.Info("serving metrics", zap.String("address", ln.Addr().String()))
	return func() { s.Close() }, nil
}

// plan prints what would be done.
func (c *cli) plan(ctx context.Context, p *assembled) error {
	show := func(head string, plan func(context.Context) ([]string, error)) error {
		lines, err := plan(ctx)
		fmt.Fprintln(c.stdout, c.safely(head))
		for _, l := range lines {
			fmt.Fprintln(c.stdout, "  "+c.safely(l))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", head, err)
		}
		return nil
	}
	errs := []error{show("redaction", func(context.Context) ([]string, error) { return p.loaded.summary(), nil })}
	for _, f := range p.flows {
		errs = append(errs, show("input "+f.Name(), f.Plan))
	}
	for _, s := range p.sinks {
		errs = append(errs, show("findings "+s.Name(), s.Plan))
	}
	if p.env.Quarantine != nil {
		errs = append(errs, show("quarantine", p.env.Quarantine.Plan))
	}
	return errors.Join(errs...)
}
