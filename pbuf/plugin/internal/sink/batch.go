package sink

import (
	"context"
	"fmt"
	"strings"

	"github.com/partitioned-buffer/go/pbuf"
)

// Batch is the identity of a batch. Generation and Number only grow within one
// Buffer, Incarnation and Partition.
type Batch struct {
	Buffer      string
	Incarnation string
	Partition   int64
	Generation  int64
	Number      int64
}

// batchFrom finds none in a batch that may come again as another one.
func batchFrom(ctx context.Context) (Batch, bool) {
	b, ok := pbuf.BatchFrom(ctx)
	return Batch{
		Buffer:      b.Name,
		Incarnation: b.Incarnation,
		Partition:   int64(b.Partition),
		Generation:  int64(b.Generation),
		Number:      int64(b.Number),
	}, ok && b.Replay
}

// MarkColumns are the columns of the table of batches that a step writes. The
// first MarkKeys are the key, so there is one row for each partition of each
// process, and it holds what was written last.
var MarkColumns = []string{"buffer", "incarnation", "partition", "generation", "number", "step"}

// MarkKeys is how many of MarkColumns are the key.
const MarkKeys = 3

// Mark is the row of MarkColumns for a part of the step. Those of all parts are
// written in the step's transaction, if each part has a mark.
func (s *Step) Mark(part int) []any {
	b := s.Batch
	return []any{b.Buffer, b.Incarnation, b.Partition, b.Generation, b.Number, int64(s.Number() + part)}
}

// BatchesTable is the statement that makes a table of batches. text is a type for
// the names in the key.
func BatchesTable(q, text string, table ...string) string {
	columns := make([]string, len(MarkColumns))
	for i, name := range MarkColumns {
		kind := "bigint"
		if i < 2 {
			kind = text
		}
		columns[i] = fmt.Sprintf("%s %s NOT NULL", Quote(q, "", name), kind)
	}
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s, %s timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (%s))",
		Quote(q, ".", table...), strings.Join(columns, ", "), Quote(q, "", "written_at"), Quote(q, ", ", MarkColumns[:MarkKeys]...))
}
