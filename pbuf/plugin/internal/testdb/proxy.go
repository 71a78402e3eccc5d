package testdb

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a client and a server, and loses what the server says.
type Proxy struct {
	Addr    string // host:port for the client
	server  string
	trigger []byte

	lose atomic.Int64 // how many replies are to be lost
	lost atomic.Int64 // and how many were

	mu    sync.Mutex
	conns []net.Conn
}

// NewProxy listens until the test ends. It watches for trigger in what clients
// send.
func NewProxy(tb testing.TB, server, trigger string) *Proxy {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{Addr: listener.Addr().String(), server: server, trigger: []byte(trigger)}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(client) })
		}
	})
	tb.Cleanup(func() {
		listener.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		all.Wait()
	})
	return p
}

// LoseReplies makes the proxy let the next n messages with the trigger through
// to the server, wait until it answers, and cut the connection instead of
// passing the answer on: the client does not know whether it was done.
func (p *Proxy) LoseReplies(n int) { p.lose.Store(int64(n)) }

// Lost tells how many replies were lost so far.
func (p *Proxy) Lost() int { return int(p.lost.Load()) }

func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		client.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, client, server)
	p.mu.Unlock()
	var triggered atomic.Bool
	var both sync.WaitGroup
	pipe := func(to, from net.Conn, pass func(message []byte) bool) {
		defer to.Close()
		defer from.Close()
		buffer := make([]byte, 1<<16)
		for {
			n, err := from.Read(buffer)
			if n > 0 {
				if !pass(buffer[:n]) {
					return
				}
				if _, err := to.Write(buffer[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
	both.Go(func() {
		pipe(server, client, func(message []byte) bool {
			// Set before the message is passed on, so the reply finds it set.
			if bytes.Contains(message, p.trigger) && p.lose.Add(-1) >= 0 {
				triggered.Store(true)
			}
			return true
		})
	})
	both.Go(func() {
		pipe(client, server, func([]byte) bool {
			if triggered.Load() {
				p.lost.Add(1)
				return false
			}
			return true
		})
	})
	both.Wait()
}
