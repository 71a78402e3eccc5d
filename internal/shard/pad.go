package shard

// lineSize keeps what writers write apart from what everybody reads: two cache
// lines, since x86 prefetches them in pairs.
const lineSize = 128
