package main

import (
	"net"
	"net/http"
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

// showPage serves the buffer's page, and its health, until end is called.
func showPage(listener net.Listener, buffer pbufhttp.Buffer) (end func() error, err error) {
	page, err := pbufhttp.NewHandler(buffer)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/pbuf/", page)
	mux.Handle("/healthz", page)
	mux.Handle("/{$}", http.RedirectHandler("/debug/pbuf/", http.StatusFound))
	server := &http.Server{Handler: mux, ReadTimeout: 5 * time.Second}
	go server.Serve(listener) // until Close
	return server.Close, nil
}
