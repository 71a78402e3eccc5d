package workload

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrTrace is wrapped by the errors of ReadTrace.
var ErrTrace = errors.New("workload: bad trace")

// ReadTrace reads a block trace, gzipped or plain, and returns the blocks in
// order of access. A line begins with the first block and the count of blocks
// accessed from there on; further columns are ignored.
func ReadTrace(path string) ([]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parseTrace(f)
}

func parseTrace(r io.Reader) ([]int, error) {
	in := bufio.NewReader(r)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTrace, err)
		}
		in = bufio.NewReader(z)
	}
	var blocks []int
	lines := bufio.NewScanner(in)
	for line := 1; lines.Scan(); line++ {
		var first, count int
		if _, err := fmt.Sscan(lines.Text(), &first, &count); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrTrace, line, err)
		}
		if count < 0 || count > 1<<20 {
			return nil, fmt.Errorf("%w: line %d: %d blocks", ErrTrace, line, count)
		}
		for i := range count {
			blocks = append(blocks, first+i)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrace, err)
	}
	if len(blocks) == 0 {
		return nil, fmt.Errorf("%w: no access in it", ErrTrace)
	}
	return blocks, nil
}
