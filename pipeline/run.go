package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/stanch/stanch/redact"
)

// Env is what the flows of one process share. All of it is safe for concurrent
// use and set before the first flow runs.
type Env struct {
	Engine     *redact.Handle
	Pool       *Pool
	Budget     *Budget
	Metrics    *Metrics
	Findings   *Findings
	Quarantine *Quarantine // nil without one; no flow with ToQuarantine is run then
	Log        *zap.Logger // redacts what it writes
	// Drain is how long what is under way may take after the inputs have closed.
	Drain time.Duration
}

// Flow moves records from an input to an output. New returns one for any two;
// an input and an output that know each other may be one together.
type Flow interface {
	Name() string
	// Plan says in a few lines what Run would do. It changes nothing.
	Plan(ctx context.Context) ([]string, error)
	// Run works until the input ends or ctx does, which is no error: then nothing
	// more is read, and what has been read is finished within env.Drain.
	Run(ctx context.Context, env *Env) error
}

// Run runs flows until all have ended. An error of one of them stops the others.
func Run(ctx context.Context, env *Env, flows ...Flow) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(flows))
	var wg sync.WaitGroup
	for i, f := range flows {
		wg.Go(func() {
			if err := f.Run(ctx, env); err != nil {
				errs[i] = fmt.Errorf("%s: %w", f.Name(), err)
				cancel()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
