// Package upsert says how the entries of a buffer become rows of a table: what
// [pbufpgx] and [pbufsql] have in common. Each of them has it as its own Config.
//
// [pbufpgx]: https://pkg.go.dev/github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx
// [pbufsql]: https://pkg.go.dev/github.com/partitioned-buffer/go/pbuf/plugin/pbufsql
package upsert
