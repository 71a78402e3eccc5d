// Package fleet holds what versions and checkpoints promise together: many processes
// between one log and one table, whose broker delivers again what was not
// acknowledged, end with a table that equals the log, whatever is killed, frozen,
// lost, repeated or reordered on the way; and no message is ever acknowledged that the
// table lacks. Package crash is about one process and the order of its log; here
// several own a key at the same time. Each rule that is left out must be noticed.
package fleet
