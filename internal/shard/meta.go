package shard

// meta packs what a slot counts into the one word beside its version, so that
// a slot of two machine words stays half a cache line:
//
//		63            24 23         16 15            0
//		│   updates    │  attempts   │    writes     │
//
//	  - updates: versioned replacements since the insert or the last plain put.
//	    2^40 of them to one key in one generation would take half a day of
//	    nothing else; it saturates.
//	  - attempts: deliveries of this entry that failed; saturates at MaxAttempts.
//	  - writes: accepted writes in this generation, for the ledger. Each time it
//	    wraps, the store's carry takes 2^16.
type meta uint64

const (
	writesBits  = 16
	writesMask  = 1<<writesBits - 1
	updatesBits = 24
	updatesMax  = 1<<(64-updatesBits) - 1

	// MaxAttempts is the highest number of failed deliveries that a slot counts.
	MaxAttempts = 1<<(updatesBits-writesBits) - 1
)

func metaOf(updates uint64, attempts uint8, writes uint16) meta {
	return meta(min(updates, updatesMax)<<updatesBits | uint64(attempts)<<writesBits | uint64(writes))
}

func (m meta) updates() uint64 { return uint64(m >> updatesBits) }
func (m meta) attempts() uint8 { return uint8(m >> writesBits) }
func (m meta) writes() uint16  { return uint16(m) }

// put is the meta after a plain write, or after one that revives a dead slot:
// one write more, everything else anew. carry says that writes wrapped.
func (m meta) put() (next meta, carry bool) {
	next = (m + 1) & writesMask
	return next, next == 0
}

// replace is the meta after a versioned write over a live one.
func (m meta) replace() (next meta, carry bool) {
	next, carry = m.put()
	return metaOf(m.updates()+1, 0, uint16(next)), carry
}
