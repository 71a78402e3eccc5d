package history

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// patience bounds the search for one explanation. A history that is not
// decided by then is an error too: the test is too large.
const patience = time.Minute

// shown is how many operations an error prints; the picture has all.
const shown = 60

// Check returns an error if no order explains the history; it names a file
// with porcupine's picture of it.
func Check(m porcupine.Model, ops []porcupine.Operation) error {
	if porcupine.CheckOperations(m, ops) {
		return nil
	}
	result, info := porcupine.CheckOperationsVerbose(m, ops, patience)
	f, err := os.CreateTemp("", "pbuf-history-*.html")
	if err != nil {
		return err
	}
	defer f.Close()
	if err := porcupine.Visualize(m, info, f); err != nil {
		return err
	}
	return fmt.Errorf("%d operations: linearizable: %v; picture: %s%s", len(ops), result, f.Name(), tail(culprit(m, ops))+suspects(m, ops))
}

// suspects names the operations that changed nothing and without any one of
// which the history has an explanation.
func suspects(m porcupine.Model, ops []porcupine.Operation) (text string) {
	for i, o := range ops {
		in, seen := o.Input.(Op), o.Output.(Seen)
		if in.Kind != Get && in.Kind != Lookup && seen.Result != Stale && seen.Result != Full {
			continue
		}
		if porcupine.CheckOperations(m, slices.Delete(slices.Clone(ops), i, i+1)) {
			text += fmt.Sprintf("\n\texplained without [%d, %d] %s", o.Call, o.Return, describe(in, seen))
		}
	}
	return text
}

// culprit is the part of the history that has no explanation.
func culprit(m porcupine.Model, ops []porcupine.Operation) []porcupine.Operation {
	if m.Partition == nil {
		return ops
	}
	parts := m.Partition(ops)
	m.Partition = nil
	for _, part := range parts {
		if !porcupine.CheckOperations(m, part) {
			return part
		}
	}
	return ops
}

// tail prints the last operations by the times of their calls, for people.
func tail(ops []porcupine.Operation) (text string) {
	byCall := slices.SortedFunc(slices.Values(ops), func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	for _, o := range byCall[max(0, len(byCall)-shown):] {
		text += fmt.Sprintf("\n\t[%d, %d] client %d: %s", o.Call, o.Return, o.ClientId,
			describe(o.Input.(Op), o.Output.(Seen)))
	}
	return text
}
