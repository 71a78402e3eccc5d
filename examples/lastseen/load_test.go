package main

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is clients that post, each for users of its own, as fast as the service
// answers; while it does not, a thousand times a second.
type load struct {
	accepted atomic.Int64 // posts that were answered 202
	stopped  chan struct{}
	clients  []client
	running  sync.WaitGroup
}

// client knows of each of its users which times were posted.
type client struct {
	sent     [users]int64 // the latest, in microseconds; the service may not have got it
	accepted [users]int64 // the latest that was answered 202
}

const (
	clients = 8
	users   = 25 // of each client
)

func userName(client, user int) string { return fmt.Sprintf("client %d, user %d", client, user) }

func newLoad(s *service) *load {
	l := &load{stopped: make(chan struct{}), clients: make([]client, clients)}
	for i := range l.clients {
		l.running.Go(func() { l.clients[i].run(l, s, i) })
	}
	return l
}

func (l *load) stop() {
	close(l.stopped)
	l.running.Wait()
}

func (c *client) run(l *load, s *service, number int) {
	pause := time.NewTicker(time.Millisecond)
	defer pause.Stop()
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC).UnixMicro()
	for n := 0; ; n++ {
		select {
		case <-l.stopped:
			return
		default:
		}
		user, at := n%users, now+int64(n)
		if n%7 == 0 {
			at -= users // it comes late: newer ones are there
		}
		c.sent[user] = max(c.sent[user], at)
		status, _ := s.post(fmt.Sprintf(`{"user": %q, "place": "place %d", "at": %q}`,
			userName(number, user), at, time.UnixMicro(at).UTC().Format(time.RFC3339Nano)))
		if status != http.StatusAccepted {
			<-pause.C
			continue
		}
		c.accepted[user] = max(c.accepted[user], at)
		l.accepted.Add(1)
	}
}

// wantNothingLost compares the table with what was accepted.
func (l *load) wantNothingLost(t *testing.T, s *service) {
	t.Helper()
	rows, err := s.db.QueryContext(t.Context(), `SELECT name, place, at FROM last_seen`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	table := make(map[string]int64)
	for rows.Next() {
		var name, place string
		var at int64
		if err := rows.Scan(&name, &place, &at); err != nil {
			t.Fatal(err)
		}
		if place != fmt.Sprint("place ", at) {
			t.Errorf("%s is in %s at %d", name, place, at)
		}
		table[name] = at
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for i, c := range l.clients {
		for user, accepted := range c.accepted {
			if got := table[userName(i, user)]; got < accepted || got > c.sent[user] {
				t.Errorf("%s was seen at %d, want %d, which was accepted, to %d, which was posted",
					userName(i, user), got, accepted, c.sent[user])
			}
		}
	}
}
