package main

import (
	"net"
	"net/http"
	"time"

	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

// showPage serves the buffer's page, and its health, until end is called.
func showPage(address string, buffer pbufhttp.Buffer) (at net.Addr, end func() error, err error) {
	page, err := pbufhttp.NewHandler(buffer)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/debug/pbuf/", page)
	mux.Handle("/healthz", page)
	mux.Handle("/{$}", http.RedirectHandler("/debug/pbuf/", http.StatusFound))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, nil, err
	}
	server := &http.Server{Handler: mux, ReadTimeout: 5 * time.Second}
	go server.Serve(listener) // until Close
	return listener.Addr(), server.Close, nil
}
