package pbufhttp

import (
	"bytes"
	"embed"
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"time"
)

// Handler serves the page and what belongs to it. Options.NewHandler makes one; it is
// safe for concurrent use.
type Handler struct {
	buffers []Buffer
	options Options
}

//go:embed assets
var assets embed.FS

// NewHandler is Options.NewHandler with the default options.
func NewHandler(buffers ...Buffer) (*Handler, error) { return Options{}.NewHandler(buffers...) }

// ServeHTTP answers GET and HEAD by the last element of the path: a folder is the page,
// unless it has the name of something else that is served.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "pbufhttp: only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	folder, name := path.Split(r.URL.Path)
	switch name {
	case "":
		if isFile(path.Base(folder)) { // a probe of healthz/ must not get 200 and the page
			http.NotFound(w, r)
			return
		}
		h.page(w)
	case "stats.json":
		h.json(w)
	case "healthz":
		h.healthz(w)
	default:
		asset(w, r, name)
	}
}

func (h *Handler) json(w http.ResponseWriter) {
	body, err := json.Marshal(h.snapshot(time.Now()))
	if err != nil { // of a number that JSON cannot represent; there is none
		http.Error(w, "pbufhttp: "+err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, "application/json", body)
}

// page answers with the page, in full or, if it cannot be made, not at all.
func (h *Handler) page(w http.ResponseWriter) {
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, h.snapshot(time.Now())); err != nil {
		http.Error(w, "pbufhttp: "+err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, "text/html; charset=utf-8", body.Bytes())
}

// isFile reports whether the name is one that is served, but for the page's.
func isFile(name string) bool {
	switch name {
	case "stats.json", "healthz":
		return true
	}
	_, _, ok := readAsset(name)
	return ok
}

// asset serves the style and the scripts, which are all that the page loads.
func asset(w http.ResponseWriter, r *http.Request, name string) {
	contentType, body, ok := readAsset(name)
	if !ok {
		http.NotFound(w, r)
		return
	}
	send(w, contentType, body)
}

func readAsset(name string) (contentType string, body []byte, ok bool) {
	contentType = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}[path.Ext(name)]
	body, err := assets.ReadFile("assets/" + name)
	return contentType, body, err == nil && contentType != ""
}

func send(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // an error means that the reader has gone
}
