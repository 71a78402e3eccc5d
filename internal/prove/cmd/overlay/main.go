// Command overlay writes the overlay that gives every atomic step of the
// library a scheduling point, and prints the path to pass to go's -overlay:
//
//	go test -race -overlay "$(go run ./cmd/overlay DIRECTORY)" \
//		-run ConcurrentSafe github.com/partitioned-buffer/go/...
package main

import (
	"fmt"
	"os"

	"github.com/partitioned-buffer/go/internal/prove/overlay"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: overlay DIRECTORY")
	}
	root, err := overlay.Root()
	if err != nil {
		return err
	}
	path, err := overlay.Overlay{Points: true}.Write(root, args[0])
	if err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}
