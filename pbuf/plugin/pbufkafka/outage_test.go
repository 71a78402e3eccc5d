package pbufkafka_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

var errDown = errors.New("the table is away")

func TestCommitsThatFailAreRepeated(t *testing.T) {
	for name, err := range map[string]*kerr.Error{
		"refused":        kerr.UnknownServerError,
		"reply is lost":  kerr.RequestTimedOut, // it was committed all the same
		"too large":      kerr.OffsetMetadataTooLarge,
		"no coordinator": kerr.NotCoordinator,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBroker(t)
			fault := b.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: err, Count: 3})
			w := b.run(config{})
			b.produce(40, 0, 400)
			eventually(t, "all is committed", func() bool { return b.isCommitted() && fault.Hits() == 3 && w.Stats().Uncommitted == 0 })
			b.audit()
			if s := w.Stats(); !kerr.IsRetriable(err) && (s.CommitErrors != 3 || !errors.Is(s.LastError, err)) {
				t.Errorf("of three commits that fail: %+v", s)
			}
			if err := w.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The connection breaks between a commit and its reply, also when it is the last.
func TestConnectionBreaksAtCommit(t *testing.T) {
	b := newBroker(t)
	w := b.run(config{})
	for round := range 5 {
		broken := make(chan struct{})
		b.cluster.ControlKey(int16(kmsg.OffsetCommit), func(kmsg.Request) (kmsg.Response, error, bool) { //nolint:revive // as kfake wants it
			close(broken)
			return nil, errCut, true
		})
		b.produce(40, 100*round, 100*round+100)
		if round == 4 {
			eventually(t, "all is polled", func() bool { return w.Stats().Polled == 500 })
			if err := w.Stop(); err != nil {
				t.Error(err)
			}
		}
		<-broken
		eventually(t, "all is committed", b.isCommitted)
	}
	b.audit()
}

func TestFetchErrorsAreCountedAndSurvived(t *testing.T) {
	b := newBroker(t)
	fault := b.cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.TopicAuthorizationFailed, Count: 5})
	w := b.run(config{})
	b.produce(40, 0, 400)
	eventually(t, "all is committed", func() bool { return b.isCommitted() && fault.Hits() == 5 })
	b.audit()
	if s := w.Stats(); s.FetchErrors == 0 || !errors.Is(s.LastError, kerr.TopicAuthorizationFailed) || !strings.Contains(s.LastError.Error(), "log[") {
		t.Errorf("of fetches that fail: %+v", s)
	}
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

func TestBrokerRestarts(t *testing.T) {
	b := newBroker(t)
	w := b.run(config{Batch: 20})
	b.produce(30, 0, 2000)
	b.cluster.Close()
	b.start()
	b.produce(30, 2000, 3000)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
}

// The table is away while partitions move: they go uncommitted, and nobody is ahead.
func TestDeadSinkThroughRebalances(t *testing.T) {
	b := newBroker(t)
	sink := b.sink
	sink.Fail(errDown)
	b.produce(60, 0, 600)
	first := b.run(config{RevokeTimeout: 300 * time.Millisecond})
	eventually(t, "it has polled all", func() bool { return first.Stats().OpenRecords == 600 })
	second := b.run(config{})
	eventually(t, "they share", func() bool { return first.Stats().Partitions == 3 && second.Stats().Partitions == 3 })
	if n := b.requests(kmsg.OffsetCommit); n != 0 {
		t.Errorf("%d commits, with nothing in the table", n)
	}
	sink.Fail(nil)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if f, s := first.Stats(), second.Stats(); f.Polled != 600 || s.Polled < 200 || s.Polled > 400 {
		t.Errorf("the second one is given what the first could not deliver: %+v, %+v", f, s)
	}
	for _, w := range []*worker{first, second} {
		if err := w.Stop(); err != nil {
			t.Error(err)
		}
	}
}

// Two processes with one InstanceID would throw each other out for ever.
func TestFencedInstanceEndsRun(t *testing.T) {
	b := newBroker(t)
	static := []kgo.Opt{kgo.InstanceID("one")}
	first := b.run(config{Options: static})
	eventually(t, "it is a member", func() bool { return first.Stats().Partitions == partitions })
	second := b.run(config{Options: static})
	if err := first.Wait(); !errors.Is(err, kerr.FencedInstanceID) || !strings.HasPrefix(err.Error(), "pbufkafka: group fleet: ") {
		t.Errorf("Run returned %v", err)
	}
	b.produce(40, 0, 400)
	eventually(t, "all is committed", b.isCommitted)
	b.audit()
	if err := second.Stop(); err != nil {
		t.Error(err)
	}
}
