// Package rival holds what people use instead of pbuf, each written as well
// as we can, and pbuf itself behind the same interface.
//
// The job is the same for all that can do it: collect writes by key, keep the
// last one, and at every interval hand all entries (key, value, version,
// updates) in batches to a processor, losing none. A contender says in Can
// which parts of the job it does; what it cannot do it is not measured on.
package rival
