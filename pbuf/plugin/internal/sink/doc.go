// Package sink is what the SQL sinks share: a validated Config as a Plan, a
// batch as rows sorted by key, and Deliver, which writes them, tries again what
// collided with another transaction, and finds the rows that the database
// refuses. It knows no driver.
package sink
