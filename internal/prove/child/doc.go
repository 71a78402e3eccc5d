// Package child runs go test in a child process on a library compiled with an
// overlay, and sorts out what came of it.
package child
