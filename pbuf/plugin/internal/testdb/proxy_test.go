package testdb_test

import (
	"io"
	"net"
	"testing"

	"github.com/partitioned-buffer/go/pbuf/plugin/internal/testdb"
)

// The message reaches the server, and its answer does not reach the client.
func TestProxyLosesTheReply(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	heard := make(chan string, 8)
	go func() {
		for {
			c, err := server.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				b := make([]byte, 64)
				for {
					n, err := c.Read(b)
					if err != nil {
						return
					}
					heard <- string(b[:n])
					c.Write([]byte("ok"))
				}
			}()
		}
	}()
	proxy := testdb.NewProxy(t, server.Addr().String(), "commit")
	say := func(c net.Conn, message string) string {
		if _, err := c.Write([]byte(message)); err != nil {
			t.Fatal(err)
		}
		reply := make([]byte, 2)
		n, err := io.ReadFull(c, reply)
		if got := <-heard; got != message {
			t.Errorf("the server heard %q, want %q", got, message)
		}
		if err != nil {
			return err.Error()
		}
		return string(reply[:n])
	}
	dial := func() net.Conn {
		c, err := net.Dial("tcp", proxy.Addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	c := dial()
	for _, message := range []string{"begin", "a commit"} {
		if got := say(c, message); got != "ok" {
			t.Errorf("%s: %s", message, got)
		}
	}
	proxy.LoseReplies(1)
	if got := say(c, "begin"); got != "ok" {
		t.Errorf("without the trigger: %s", got)
	}
	if got := say(c, "commit"); got == "ok" || proxy.Lost() != 1 {
		t.Errorf("with the trigger: %s, %d lost", got, proxy.Lost())
	}
	if got := say(dial(), "commit"); got != "ok" || proxy.Lost() != 1 {
		t.Errorf("afterwards: %s, %d lost", got, proxy.Lost())
	}
}
