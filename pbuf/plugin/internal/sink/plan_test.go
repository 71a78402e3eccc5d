package sink_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sink"
	"github.com/partitioned-buffer/go/pbuf/plugin/upsert"
)

type (
	entry  = pbuf.Entry[string, int]
	config = upsert.Config[string, int]
	column = upsert.Column[string, int]
)

func key(e entry) any { return e.Key }

func value(e entry) any { return e.Value }

func valid() config {
	return config{
		Table:   "t",
		Key:     []column{{Name: "k", Value: key}},
		Columns: []column{{Name: "v", Value: value}},
		Version: "version",
	}
}

func plan(tb testing.TB, c config) *sink.Plan[string, int] {
	tb.Helper()
	p, err := sink.NewPlan(c)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func TestInvalidConfig(t *testing.T) {
	for _, one := range []struct {
		want   string
		change func(*config)
	}{
		{`Config.Table is empty`, func(c *config) { c.Table = "" }},
		{`"t\x00" is no name of a table or schema`, func(c *config) { c.Table = "t\x00" }},
		{`"\xff" is no name of a table or schema`, func(c *config) { c.Schema = "\xff" }},
		{`"b\x00" is no name of a table or schema`, func(c *config) { c.Batches = "b\x00" }},
		{`Config.Key is empty, there must be a key column`, func(c *config) { c.Key = nil }},
		{`Config.Key[0].Name is empty`, func(c *config) { c.Key[0].Name = "" }},
		{`Config.Key[0].Value is nil, column "k" needs it`, func(c *config) { c.Key[0].Value = nil }},
		{`Config.Key[0].Sum is set, but a key is not summed`, func(c *config) { c.Key[0].Sum = true }},
		{`Config.Columns[0].Name is empty`, func(c *config) { c.Columns[0].Name = "" }},
		{`Config.Columns[0].Value is nil, column "v" needs it`, func(c *config) { c.Columns[0].Value = nil }},
		{`"v\x00" is no name of a column`, func(c *config) { c.Columns[0].Name = "v\x00" }},
		{`Config.Version is "version", but there are columns with Sum`, func(c *config) { c.Columns[0].Sum = true }},
		{`two columns have the name "k"`, func(c *config) { c.Columns[0].Name = "k" }},
		{`two columns have the name "version"`, func(c *config) { c.Deleted = "version" }},
	} {
		c := valid()
		one.change(&c)
		_, err := sink.NewPlan(c)
		if !errors.Is(err, pbuf.ErrOptions) || !strings.HasPrefix(err.Error(), "pbuf: invalid option: "+one.want) {
			t.Errorf("error %v, want ...%s", err, one.want)
		}
	}
}

// MySQL assigns in this order.
func TestVersionIsLastAndTheMarkBeforeIt(t *testing.T) {
	c := valid()
	c.Deleted = "gone"
	p := plan(t, c)
	if got := p.Names(); !slices.Equal(got, []string{"k", "v", "gone", "version"}) {
		t.Errorf("columns %q", got)
	}
	if got := p.KeyNames(); !slices.Equal(got, []string{"k"}) {
		t.Errorf("key %q", got)
	}
	if name, ok := p.Has(sink.Deleted); name != "gone" || !ok {
		t.Errorf("the mark is %q, %t", name, ok)
	}
}

func TestSQLText(t *testing.T) {
	if got := sink.Quote(`"`, ".", "", `a"b.c`); got != `"a""b.c"` {
		t.Errorf("quoted: %s", got)
	}
	sums := valid()
	sums.Version, sums.Columns[0].Sum, sums.Deleted = "", true, "gone"
	bare := config{Table: "t", Key: []column{{Name: "k", Value: key}}}
	for want, c := range map[string]config{
		` ON CONFLICT ("k") DO UPDATE SET "v" = excluded."v", "version" = excluded."version" WHERE (old."version" >= excluded."version") IS NOT TRUE`:                                                 valid(),
		` ON CONFLICT ("k") DO UPDATE SET "v" = CASE WHEN old."gone" OR excluded."gone" THEN excluded."v" ELSE COALESCE(old."v" + excluded."v", excluded."v", old."v") END, "gone" = excluded."gone"`: sums,
		` ON CONFLICT ("k") DO NOTHING`: bare,
	} {
		if got := plan(t, c).OnConflict(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	if got := sink.BatchesTable("`", "VARBINARY(255)", "", "b"); !strings.HasPrefix(got,
		"CREATE TABLE IF NOT EXISTS `b` (`buffer` VARBINARY(255) NOT NULL, `incarnation` VARBINARY(255) NOT NULL, `partition` bigint NOT NULL,") {
		t.Error(got)
	}
}
