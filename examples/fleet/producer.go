package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// runProducer appends changes to the stream until the time is over and all of them are
// in it. What the broker did not confirm is sent again under the same id.
func runProducer(ctx context.Context, s settings, stdout io.Writer) error {
	js, err := connect(s)
	if err != nil {
		return err
	}
	defer js.Conn().Close()
	p := &producer{js: js, deletes: !s.sum, random: rand.New(rand.NewPCG(s.seed, 1)), tick: time.NewTicker(10 * time.Millisecond)}
	p.zipf = rand.NewZipf(p.random, 1.2, 8, uint64(s.keys-1))
	defer p.tick.Stop()
	began := time.Now()
	for time.Since(began) < s.duration {
		for p.sent < int(min(time.Since(began), s.duration).Seconds()*float64(s.rate)) {
			p.next()
		}
		if err := p.wait(ctx); err != nil {
			return err
		}
	}
	for len(p.open) > 0 {
		if err := p.wait(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintln(stdout, p.sent, p.again)
	return nil
}

type producer struct {
	js      jetstream.JetStream
	deletes bool
	random  *rand.Rand
	zipf    *rand.Zipf
	tick    *time.Ticker

	sent, again int
	open        []*publication // not confirmed
}

type publication struct {
	id, subject string
	data        []byte
	future      jetstream.PubAckFuture // nil: it could not be sent
}

// next sends a change: a new value, or once in fifty no more value.
func (p *producer) next() {
	p.sent++
	c := &publication{id: strconv.Itoa(p.sent), subject: subject(fmt.Sprint("k", p.zipf.Uint64()))}
	if !p.deletes || p.random.IntN(50) > 0 {
		c.data = []byte(c.id)
	}
	p.send(c)
	p.open = append(p.open, c)
}

func (p *producer) send(c *publication) {
	c.future, _ = p.js.PublishAsync(c.subject, c.data, jetstream.WithMsgID(c.id)) // nil on an error, and sent again
}

// wait waits for a tick, and looks what was confirmed until then.
func (p *producer) wait(ctx context.Context) error {
	select {
	case <-p.tick.C:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	left := p.open[:0]
	for _, c := range p.open {
		if c.future != nil {
			select {
			case <-c.future.Ok():
				continue
			case <-c.future.Err():
			default:
				left = append(left, c)
				continue
			}
		}
		p.again++
		p.send(c)
		left = append(left, c)
	}
	p.open = left
	return nil
}
