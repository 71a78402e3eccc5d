// Package fuzz holds the native fuzz targets: bytes as operations against the
// reference, options, versions around the marks and the limits of int64, and
// keys of every kind through routing and index.
package fuzz
