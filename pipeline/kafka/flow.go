package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/stanch/stanch/pipeline"
	"github.com/stanch/stanch/pipeline/kafka/batch"
	"github.com/stanch/stanch/pipeline/kafka/cluster"
)

// NewFlow returns a flow from topics to topics. It does not connect.
func NewFlow(o Options) (pipeline.Flow, error) { return newFlow(o) }

func newFlow(o Options) (*flow, error) {
	if err := errors.Join(o.defaults(), o.checkLines()); err != nil {
		return nil, err
	}
	f := &flow{o: o}
	var err error
	if f.from, err = cluster.New(o.From); err != nil {
		return nil, err
	}
	f.to = f.from
	if o.To != nil {
		if f.to, err = cluster.New(*o.To); err != nil {
			f.from.Close()
			return nil, err
		}
	}
	return f, nil
}

type flow struct {
	o        Options
	from, to *cluster.Cluster
}

func (f *flow) Name() string { return f.o.Name }

// Plan implements pipeline.Flow.
func (f *flow) Plan(ctx context.Context) ([]string, error) {
	topics, err := f.from.Topics(ctx)
	if err != nil {
		return nil, err
	}
	outputs := topics
	if f.to != f.from {
		if outputs, err = f.to.Topics(ctx); err != nil {
			return nil, err
		}
	}
	pairs, refused := f.pairs(topics)
	lines := []string{fmt.Sprintf("consumer group %s, %s delivery; a record that fails: %v", f.o.Group, f.delivery(), f.o.Failure)}
	var unfit []error // what would keep records waiting
	for _, p := range pairs {
		if f.o.Lines != nil {
			lines = append(lines, fmt.Sprintf("%s (%d partitions) to lines, values: %s", p.in, topics[p.in], p.route.values()))
			continue
		}
		state, have := f.state(outputs[p.out]), outputs[p.out]
		switch {
		case have > 0 && have < topics[p.in]:
			state = fmt.Sprintf("has too few partitions: %d", have)
			unfit = append(unfit, fmt.Errorf("topic %s has too few partitions: those of %s with higher numbers would wait", p.out, p.in))
		case have == 0 && !f.o.CreateTopics:
			unfit = append(unfit, fmt.Errorf("topic %s is missing: %s would wait", p.out, p.in))
		}
		lines = append(lines, fmt.Sprintf("%s (%d partitions) to %s (%s), values: %s", p.in, topics[p.in], p.out, state, p.route.values()))
	}
	for _, err := range refused {
		lines = append(lines, "refused: "+err.Error())
	}
	if len(pairs) == 0 {
		lines = append(lines, "no topic fits yet")
	}
	for _, b := range f.besides() {
		lines = append(lines, fmt.Sprintf("%s in the transaction: topic %s (%s)", b.what, b.topic, f.state(outputs[b.topic])))
	}
	if f.o.Lines != nil {
		more, err := f.o.Lines.Plan(ctx)
		lines, refused = append(lines, more...), append(refused, err)
	}
	return lines, errors.Join(append(refused, unfit...)...)
}

// state says of a topic of so many partitions whether it is there.
func (f *flow) state(partitions int32) string {
	switch {
	case partitions > 0:
		return "exists"
	case f.o.CreateTopics:
		return "to be created"
	}
	return "missing"
}

func (f *flow) delivery() string {
	if f.o.ExactlyOnce {
		return "exactly-once"
	}
	return "at-least-once"
}

func (f *flow) pairs(topics map[string]int32) ([]pairing, []error) {
	return pair(f.o.Routes, topics, f.to == f.from, f.o.QuarantineTopic, f.o.FindingsTopic)
}

// run is one run of a flow.
type run struct {
	*flow
	env     *pipeline.Env
	scratch chan *scratch
	fetched buffers
	built   buffers
	told    map[string]bool // why topics are left alone; of Run, and of watch while Run waits for it

	mu    sync.Mutex
	pairs map[string]pairing
	halt  error // why the policy stopped the run
	stop  context.CancelFunc
}

// Run implements pipeline.Flow.
func (f *flow) Run(ctx context.Context, env *pipeline.Env) error {
	defer f.close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := f.begin(env, cancel)
	if err != nil {
		return err
	}
	waits := false
	r.waiting(true)
	defer r.waiting(false)
	for ctx.Err() == nil {
		topics, err := f.from.Topics(ctx)
		if err != nil {
			if ctx.Err() == nil {
				r.waiting(true)
				r.env.Metrics.Retry(r.o.Name, "topics", cluster.Class(err))
				r.log().Warn("topics are not known", zap.Error(err))
			}
			pause(ctx, time.Second)
			continue
		}
		pairs, refused := f.pairs(topics)
		if len(refused) > 0 && len(r.told) == 0 && len(pairs) == 0 {
			return refused[0] // nothing can be read: better said at once
		}
		r.tell(refused)
		if len(pairs) == 0 {
			if !waits {
				r.log().Warn("no topic fits yet")
			}
			waits = true
			r.waiting(true)
			pause(ctx, f.o.TopicInterval)
			continue
		}
		waits = false
		if err := r.join(ctx, pairs, topics); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.halt
}

// tell logs why topics are left alone, each reason once.
func (r *run) tell(refused []error) {
	for _, err := range refused {
		if text := err.Error(); !r.told[text] {
			r.told[text] = true
			r.log().Error("topic refused", zap.Error(err))
		}
	}
}

func (f *flow) close() {
	f.from.Close()
	if f.to != f.from {
		f.to.Close()
	}
}

// begin returns a run, which stop ends.
func (f *flow) begin(env *pipeline.Env, stop context.CancelFunc) (*run, error) {
	if f.o.Failure == pipeline.ToQuarantine && env.Quarantine == nil {
		return nil, errors.New("kafka: records that fail go into the quarantine, and there is none")
	}
	if f.o.Findings != nil {
		own := *env
		own.Findings = f.o.Findings
		env = &own
	}
	n := env.Pool.Size()
	r := &run{flow: f, env: env, stop: stop, told: make(map[string]bool), scratch: make(chan *scratch, n), fetched: make(buffers, 4*n), built: make(buffers, 4*n)}
	for range n {
		r.scratch <- &scratch{dec: batch.NewDecoder(f.o.MaxBatchBytes)}
	}
	return r, nil
}

func (r *run) waiting(on bool) { r.env.Metrics.Waiting(r.o.Name, on) }

func (r *run) log() *zap.Logger { return r.env.Log.With(zap.String("input", r.o.Name)) }

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// join is a member of the group until the topics that fit change, or ctx ends.
func (r *run) join(ctx context.Context, pairs []pairing, topics map[string]int32) error {
	r.pairs = make(map[string]pairing, len(pairs))
	var names []string
	for _, p := range pairs {
		r.pairs[p.in] = p
		names = append(names, p.in)
	}
	group, err := r.from.Join(cluster.GroupConfig{
		ID: r.o.Group, Topics: names,
		Heartbeat: r.o.Heartbeat, SessionTimeout: r.o.SessionTimeout, RebalanceTimeout: r.o.RebalanceTimeout,
		OnError: func(text string) { r.log().Warn("consumer group", zap.String("error", text)) },
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		defer group.Close()
		r.watch(ctx, pairs, topics)
		cancel()
	})
	defer watching.Wait()
	defer cancel()
	for {
		gen, err := group.Next(ctx)
		if ctx.Err() != nil || errors.Is(err, cluster.ErrGroupClosed) {
			return nil
		}
		if err != nil {
			r.waiting(true)
			r.log().Warn("consumer group", zap.Error(err))
			pause(ctx, 100*time.Millisecond)
			continue
		}
		r.waiting(false)
		r.env.Metrics.Generation(r.o.Name)
		r.log().Info("partitions assigned", zap.Int("partitions", len(gen.Partitions)))
		gen.Run(func(gone context.Context) { r.generation(ctx, gone, gen) })
	}
}

// watch returns when other topics fit than those of pairs, or they have other
// partitions, or ctx ends.
func (r *run) watch(ctx context.Context, pairs []pairing, topics map[string]int32) {
	for {
		pause(ctx, r.o.TopicInterval)
		if ctx.Err() != nil {
			return
		}
		now, err := r.from.Topics(ctx)
		if err != nil {
			continue
		}
		fit, refused := r.flow.pairs(now)
		r.tell(refused)
		if !slices.EqualFunc(fit, pairs, func(a, b pairing) bool { return a.in == b.in && now[a.in] == topics[b.in] }) {
			r.log().Info("topics changed")
			return
		}
	}
}

// generation works on the partitions of a generation until it has gone, or ctx
// ends. Then it commits what was written.
func (r *run) generation(ctx, gone context.Context, gen *cluster.Generation) {
	live, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(gone, cancel)()
	c := &committer{run: r, gen: gen, cancel: cancel, kick: make(chan struct{}, 1)}
	c.heard.Store(time.Now().UnixNano())
	committed, err := r.committed(live, gen.Partitions)
	if err != nil {
		return // the group is joined again
	}
	var lanes sync.WaitGroup
	for _, p := range gen.Partitions {
		pair, ok := r.pairs[p.Topic]
		if !ok {
			continue
		}
		start, ok := committed[p]
		if !ok {
			start.Offset = -1
		}
		l := newLane(r, gen, c, p, pair, start)
		c.lanes = append(c.lanes, l)
		lanes.Go(func() { l.work(live) })
	}
	if len(c.lanes) == 0 {
		// A member without partitions waits for the next generation.
		<-live.Done()
		return
	}
	done := make(chan struct{})
	go func() {
		lanes.Wait()
		close(done)
	}()
	go c.listen(done)
	c.loop(live, done)
}

// committed asks for the group's offsets until it is told. The library's own
// answer takes errors for partitions without an offset, which would read them
// from their start.
func (r *run) committed(ctx context.Context, ps []cluster.Partition) (map[cluster.Partition]cluster.Place, error) {
	for {
		got, err := r.from.Committed(ctx, r.o.Group, ps)
		if err == nil || ctx.Err() != nil {
			return got, errors.Join(err, ctx.Err())
		}
		r.log().Warn("committed offsets are not known", zap.Error(err))
		pause(ctx, 200*time.Millisecond)
	}
}

// committer commits the offsets of a generation's lanes.
type committer struct {
	*run
	gen    *cluster.Generation
	lanes  []*lane
	cancel context.CancelFunc
	kick   chan struct{}
	mu     sync.Mutex // held while something is committed, so that no older offset comes after
	// heard is when the process was last known to run, in Unix nanoseconds.
	heard atomic.Int64
}

// fenced reports whether the generation may have gone without this process having
// heard of it, because it was stopped or had no processor. The coordinator is
// asked then, by committing the lane's offset a second time.
func (c *committer) fenced(l *lane) bool {
	const patience = 3 // parts of a session
	session := c.o.SessionTimeout
	if session == 0 {
		session = 30 * time.Second
	}
	now := time.Now()
	if now.Sub(time.Unix(0, c.heard.Load())) < max(session/patience, 2*c.o.CommitInterval) {
		return false
	}
	at := cluster.Place{Offset: l.committed.Load(), Topic: l.reached.Load().topic}
	if err := c.settle(context.Background(), l.in, at); err != nil {
		c.log().Warn("the process was stopped for a while", zap.Error(err))
		if cluster.Lost(err) {
			c.cancel()
		}
		return true
	}
	c.heard.Store(now.UnixNano())
	return false
}

// settle commits one place.
func (c *committer) settle(ctx context.Context, p cluster.Partition, at cluster.Place) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	failed, err := c.gen.Commit(ctx, map[cluster.Partition]cluster.Place{p: at})
	if err != nil {
		return err
	}
	return failed[p]
}

// listen takes note that the process runs, until done.
func (c *committer) listen(done <-chan struct{}) {
	ticker := time.NewTicker(c.o.CommitInterval)
	defer ticker.Stop()
	for {
		select {
		case at := <-ticker.C:
			// A tick from before a stop says nothing of now.
			c.heard.Store(at.UnixNano())
		case <-done:
			return
		}
	}
}

// soon asks for a commit before its time.
func (c *committer) soon() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// loop commits in intervals until done, and then a last time.
func (c *committer) loop(live context.Context, done <-chan struct{}) {
	ticker := time.NewTicker(c.o.CommitInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-c.kick:
		case <-done:
			ctx, cancel := context.WithTimeout(context.Background(), c.last())
			defer cancel()
			c.commit(ctx)
			return
		}
		c.commit(live)
	}
}

// last is how long findings may take before the last commit. The group waits for
// this member meanwhile, or whoever has stopped the program.
func (c *committer) last() time.Duration {
	rebalance := c.o.RebalanceTimeout
	if rebalance == 0 {
		rebalance = 60 * time.Second
	}
	if drain := c.env.Drain; drain > 0 {
		return min(drain, rebalance/2)
	}
	return rebalance / 2
}

func (c *committer) commit(ctx context.Context) {
	places := make(map[cluster.Partition]cluster.Place)
	for _, l := range c.lanes {
		if at := l.safe(); at.Offset > l.committed.Load() && !l.gone.Load() {
			places[l.in] = at
		}
	}
	if len(places) == 0 || c.o.ExactlyOnce {
		return
	}
	// What was found in records is reported at least once: before nobody asks for
	// them again. A sink that takes longer than it may does not hold the offsets up.
	if c.env.Findings.Flush(ctx) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lanes {
		if l.gone.Load() || l.reached.Load().topic != places[l.in].Topic {
			delete(places, l.in) // of a topic that was deleted meanwhile
		}
	}
	if len(places) == 0 {
		return
	}
	begun := time.Now()
	failed, err := c.gen.Commit(context.Background(), places)
	if err != nil {
		c.lanes[0].metrics.Retry("commit", cluster.Class(err))
		c.log().Warn("offsets were not committed", zap.Error(err))
		if cluster.Lost(err) {
			c.cancel()
		}
		return
	}
	c.lanes[0].metrics.Commit.Observe(time.Since(begun).Seconds())
	for _, l := range c.lanes {
		at, ok := places[l.in]
		if err := failed[l.in]; err != nil {
			l.metrics.Retry("commit", cluster.Class(err))
			l.log.Warn("offset was not committed", zap.Error(err))
		} else if ok {
			l.commit(at.Offset)
		}
	}
}

// halted ends the run for good.
func (r *run) halted(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.halt = errors.Join(r.halt, err)
	r.stop()
}

// prepare sees to it that the output topic is there and has a partition p. An
// error is worth another try.
func (r *run) prepare(ctx context.Context, pair pairing, p int32) error {
	if r.o.Lines != nil {
		return nil
	}
	topics, err := r.to.Topics(ctx)
	if err != nil {
		return err
	}
	for _, b := range r.besides() {
		if topics[b.topic] > 0 || !r.o.CreateTopics {
			continue
		}
		if err := r.to.CreateTopic(ctx, b.topic, b.make.Partitions, b.make.Settings); err != nil {
			return err
		}
	}
	have, ok := topics[pair.out]
	if ok && p < have {
		return nil
	}
	if ok {
		return fmt.Errorf("topic %s has %d partitions, and partition %d of %s is to be written to the same one", pair.out, have, p, pair.in)
	}
	if !r.o.CreateTopics {
		return fmt.Errorf("topic %s: %w", pair.out, cluster.UnknownTopicOrPartition)
	}
	inputs, err := r.from.Topics(ctx)
	if err != nil {
		return err
	}
	configs, err := r.from.TopicConfigs(ctx, pair.in)
	if err != nil {
		return err
	}
	// What says where replicas are, or which times are taken, is not for a copy.
	maps.DeleteFunc(configs, func(k, _ string) bool {
		switch k {
		case "leader.replication.throttled.replicas", "follower.replication.throttled.replicas", "message.timestamp.type",
			"message.timestamp.difference.max.ms", "message.timestamp.before.max.ms", "message.timestamp.after.max.ms",
			"message.format.version", "remote.storage.enable":
			return true
		}
		return false
	})
	return r.to.CreateTopic(ctx, pair.out, inputs[pair.in], configs)
}

// besides is a topic that is written to in transactions beside the output.
type besides struct {
	what, topic string
	make        *NewTopic
}

func (f *flow) besides() (list []besides) {
	if t := f.o.QuarantineTopic; t != "" && f.o.ExactlyOnce {
		list = append(list, besides{"quarantine", t, ForQuarantine()})
	}
	if t := f.o.FindingsTopic; t != "" && f.o.ExactlyOnce {
		list = append(list, besides{"findings", t, ForFindings()})
	}
	return list
}
