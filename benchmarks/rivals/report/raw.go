package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
)

// pack makes the compact form in which figures are kept: what go test printed,
// gzipped, an eighth of its size. It has no time in it, so that the same
// figures make the same file.
func pack(raw []byte) ([]byte, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if _, err := z.Write(raw); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return packed.Bytes(), nil
}

// readRaw reads figures that were kept, packed or plain.
func readRaw(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("report: -from: %w", err)
	}
	if !bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		return content, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("report: -from %s: %w", path, err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("report: -from %s: %w", path, err)
	}
	return raw, nil
}
