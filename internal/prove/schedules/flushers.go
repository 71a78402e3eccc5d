package schedules

import "github.com/partitioned-buffer/go/internal/prove/overlay"

const pointsPath = `"github.com/partitioned-buffer/go/internal/prove/points"`

// FlushersTags are the build tags of the programs on Maps, which need Flushers' edits.
const FlushersTags = "pbuf_points,pbuf_flushers"

// Flushers are the edits that put the goroutines of a Map's flushers under the
// scheduler too: their own code from what is due to its end, with the mutexes of the
// books and of checkpoints. What is due is the program's to say, since time is not the
// scheduler's. Processors run on the flusher's worker, a goroutine that the flusher
// waits for all the while: to the scheduler, the two are one.
func Flushers() []overlay.Edit {
	return []overlay.Edit{
		{File: "pbuf/flusher.go", Old: "\t\"sync\"\n", New: "\tsync " + pointsPath + "\n"},
		{File: "pbuf/checkpoint.go", Old: "\t\"sync\"\n", New: "\tsync " + pointsPath + "\n"},
		{File: "pbuf/waiters.go", Old: "\t\"sync\"\n", New: "\tsync " + pointsPath + "\n"},
		{File: "pbuf/flusher.go", Old: "\t<-f.m.stopping.begun\n", New: "\tsync.Receive(f.m.stopping.begun)\n"},
		{
			File: "pbuf/schedule.go", Old: "func (f *flusher[K, V]) wait() scope {\n",
			New: "func (f *flusher[K, V]) wait() scope {\n\treturn scope(Due(f.id))\n}\n\n" +
				"func (f *flusher[K, V]) waitInTime() scope {\n",
		},
		{
			File: "pbuf/map.go", Old: "// build makes the buffer", New: `// Due says what is due at a partition: a scope.
var Due func(partition int) uint8

// Build makes a buffer with nothing running.
func Build[K comparable, V any](opts Options[K, V]) (*Map[K, V], error) { return build(opts) }

// Main is the goroutine of a partition's flusher.
func (m *Map[K, V]) Main(partition int) { m.flushers[partition].main() }

// Refuse is what Stop does before it waits.
func (m *Map[K, V]) Refuse() { m.refuse(context.Background()) }

// build makes the buffer`,
		},
		{
			File: "pbuf/worker.go", Old: "// guarded runs the task", New: `// Worker is a worker without its goroutine.
type Worker struct{ w worker }

func NewWorker() *Worker { return &Worker{worker{born: time.Now()}} }

func (w *Worker) Enter()         { w.w.enter() }
func (w *Worker) GoOn() bool     { return w.w.goOn() }
func (w *Worker) TakeBack() bool { _, _, ok := w.w.takeBack(0); return ok }

// guarded runs the task`,
		},
		// Else the points of a repeated schedule would not be the same.
		{
			File: "internal/shard/hash.go", Old: "return Seed{n: maphash.Comparable(m, 0), m: m}",
			New: "return Seed{n: 0*maphash.Comparable(m, 0) + 1, m: m}",
		},
	}
}
