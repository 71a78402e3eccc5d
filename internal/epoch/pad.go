package epoch

// lineSize is the distance that keeps two counters from sharing a cache line:
// twice 64 bytes, because x86 prefetches lines in pairs and some arm64 parts
// have lines of 128.
const lineSize = 128
