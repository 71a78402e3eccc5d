// Package faults lets user code and schedules do their worst while writers run,
// and checks after each that the books balance: every accepted write was
// delivered, or is reported. The plain cases, one fault at a time, are package
// pbuf's own tests; here faults meet each other, and writers.
package faults
