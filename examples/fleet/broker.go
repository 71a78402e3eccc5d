package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// runBroker is a nats-server with JetStream on files.
func runBroker(ctx context.Context, s settings, stdout io.Writer) error {
	n, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: s.port, JetStream: true, StoreDir: filepath.Join(s.folder, "broker"), NoSigs: true, NoLog: true,
	})
	if err != nil {
		return err
	}
	n.Start()
	if !n.ReadyForConnections(20 * time.Second) {
		return errors.New("it does not start")
	}
	fmt.Fprintln(stdout, "ready")
	<-ctx.Done()
	n.Shutdown()
	n.WaitForShutdown()
	return nil
}
