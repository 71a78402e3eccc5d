package pbufhttp_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

func Example() {
	save := func(context.Context, []pbuf.Entry[string, int]) error { return nil }
	buf, err := pbuf.New(pbuf.Options[string, int]{Name: "last-seen", Processor: save})
	if err != nil {
		panic(err)
	}
	defer buf.Close()

	page, err := pbufhttp.NewHandler(buf)
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux() // of a listener that operators reach
	mux.Handle("/debug/pbuf/", page)
	mux.Handle("/healthz", page)

	server := httptest.NewServer(mux)
	defer server.Close()
	answer, err := http.Get(server.URL + "/healthz")
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	fmt.Printf("%d %s", answer.StatusCode, text)
	// Output: 200 "last-seen": ok
}
