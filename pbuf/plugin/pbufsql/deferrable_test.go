package pbufsql_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/sinktest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufsql"
)

func TestNewRefusesADeferrableKey(t *testing.T) {
	d := shared(t, pbufsql.PostgreSQL)
	run(t, d.DB, `CREATE TABLE readings (id text UNIQUE DEFERRABLE, value int, version bigint)`)
	_, err := pbufsql.New(t.Context(), d.DB, d.dialect, sinktest.ByVersion())
	if !errors.Is(err, pbuf.ErrOptions) || !strings.Contains(err.Error(), `Config.Key: the unique index of table readings on ("id") is deferrable`) {
		t.Errorf("error %v", err)
	}
}
