package overlay

import (
	"os"
	"path/filepath"
	"strings"
)

const pointsPath = `"github.com/partitioned-buffer/go/internal/prove/points"`

// addPoints gives each file of the library that imports sync/atomic the atomics
// of package points, and what else makes goroutines wait for each other in the
// protocol the waiting of package points.
func addPoints(files map[string]string, root string) error {
	for _, pkg := range packages {
		names, err := filepath.Glob(filepath.Join(root, pkg, "*.go"))
		if err != nil {
			return err
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			rel := pkg + "/" + filepath.Base(name)
			text, ok := files[rel]
			if !ok {
				data, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				text = string(data)
			}
			if strings.Contains(text, "\t\"sync/atomic\"\n") || strings.Contains(text, "import \"sync/atomic\"\n") {
				files[rel] = strings.Replace(text, `"sync/atomic"`, "atomic "+pointsPath, 1)
			}
		}
	}
	for _, e := range waits {
		if err := edit(files, root, e); err != nil {
			return err
		}
	}
	return nil
}

// waits are the places of the protocol where a goroutine waits for another one
// by other means than an atomic.
var waits = []Edit{
	{"internal/shard/word.go", "\t\"runtime\"\n", "\truntime " + pointsPath + "\n"},
	{"internal/shard/word.go", "spinsBeforeYield = 16", "spinsBeforeYield = 0"},
	{"internal/shard/grow.go", "\t\"sync\"\n", "\tsync " + pointsPath + "\n"},
	{"internal/shard/partition.go", "\t\"sync\"\n", "\tsync " + pointsPath + "\n"},
	// The index runs its callback with a bucket locked, and others would wait for
	// that in earnest. They wait for a lock of ours first, one for each of the
	// hashes that the small programs use, which lie in buckets of their own.
	{"internal/shard/table.go", "\ttags  []atomic.Uint64\n", "\ttags  []atomic.Uint64\n\tcomputing [8]atomic.Mutex\n"},
	// Tables of one slot at first, so that small programs grow.
	{"internal/shard/table.go", "firstBytes = 2048", "firstBytes = 32"},
	{
		"internal/shard/spill.go", "\tm.Compute(key, ",
		"\tt.computing[p.hash(key)&7].Lock()\n\tdefer t.computing[p.hash(key)&7].Unlock()\n\tm.Compute(key, ",
	},
	{"internal/epoch/gate.go", "\t\tg.wake <- struct{}{}", "\t\tatomic.Send(g.wake, struct{}{})"},
	{"internal/epoch/gate.go", "\t\t<-g.wake\n", "\t\tatomic.Receive(g.wake)\n"},
	// Few stripes, so that goroutines meet there, and each goroutine's the same at
	// every repetition of a schedule.
	{"internal/epoch/gate.go", "stripesFor(runtime.GOMAXPROCS(0))", "min(stripesFor(runtime.GOMAXPROCS(0)), 2)"},
	{
		"internal/epoch/stripe.go", "func own(shift uint8) uint32 {\n",
		"func own(shift uint8) uint32 {\n\tif n, ok := atomic.Self(); ok {\n\t\treturn uint32(n) & (1<<(64-shift) - 1)\n\t}\n",
	},
}
