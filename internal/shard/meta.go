package shard

// meta packs what a slot counts into the one word beside its version, so that
// a slot of two machine words stays half a cache line:
//
//		63            25   24      23    22         16 15            0
//		│   updates    │ reset │ deleted │  attempts  │    writes     │
//
//	  - updates: versioned replacements since the insert or the last plain put; saturates.
//	  - reset: a tombstone came before the value.
//	  - deleted: the entry is a tombstone.
//	  - attempts: deliveries of this entry that failed; saturates at MaxAttempts.
//	  - writes: accepted writes in this generation, for the ledger and as Merge's
//	    sequence. Each time it wraps, the generation's carries take one.
type meta uint64

const (
	writesBits  = 16
	writesMask  = 1<<writesBits - 1
	attemptBits = 7
	deletedBit  = 1 << (writesBits + attemptBits)
	resetBit    = deletedBit << 1
	updatesBits = writesBits + attemptBits + 2
	updatesMax  = 1<<(64-updatesBits) - 1

	// MaxAttempts is the highest number of failed deliveries that a slot counts.
	MaxAttempts = 1<<attemptBits - 1
)

// metaOf is the item's meta, with no writes.
func metaOf[K comparable, V any](i *Item[K, V]) meta {
	m := meta(min(i.Updates, updatesMax)<<updatesBits | uint64(min(i.Attempts, MaxAttempts))<<writesBits)
	if i.Deleted {
		m |= deletedBit
	}
	if i.Reset {
		m |= resetBit
	}
	return m
}
