// Package rivals holds the contenders that need third-party modules. They
// stand behind the same interface and run in the same harness as those of the
// root module; being a module of its own, it keeps them out of what users of
// pbuf download.
package rivals
