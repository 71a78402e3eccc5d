// Package pbufhttp shows running buffers over HTTP, in the manner of
// net/http/pprof: a page that follows them, the same numbers as JSON, and an answer
// for health probes.
//
//	page, err := pbufhttp.NewHandler(seen, views)
//	...
//	http.Handle("/debug/pbuf/", page)
//
// The handler goes by the last element of the path alone, so it serves from any
// folder:
//
//	/debug/pbuf/             the page
//	/debug/pbuf/stats.json   every number of pbuf.Stats, by partition too
//	/debug/pbuf/healthz      200, or 503 and why, from Health: a stopped buffer is 503 too
//
// and http.Handle("/healthz", page) makes it the server's probe. One of these names with
// a slash after it is 404.
//
// The page needs nothing from elsewhere. Without JavaScript it is a set of tables
// that reloads every five seconds.
//
// It shows the buffers' names and the text of the processor's last error, to whoever
// may ask. Like pprof, it belongs on a listener that only operators reach.
//
// Each request costs one call of Stats per buffer, which does not disturb writers.
// Nothing runs between requests.
package pbufhttp
