// Package benchmarks compares pbuf with what people would use instead. Its
// README says how to run it and what the rules are.
package benchmarks
