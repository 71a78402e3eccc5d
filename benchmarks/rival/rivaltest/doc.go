// Package rivaltest checks that a contender does the job it says it can do: a
// rival that loses writes would be a crippled rival, and a fast one.
package rivaltest
