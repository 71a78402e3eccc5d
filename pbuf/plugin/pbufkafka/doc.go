// Package pbufkafka feeds a pbuf buffer from a Kafka consumer group, on franz-go: it
// polls, decodes and puts records, and commits their offsets when a checkpoint of the
// buffer says that they are in the sink.
//
//	consumer, err := pbufkafka.New(ctx, pbufkafka.Config[string, quake]{
//		Options: []kgo.Opt{kgo.SeedBrokers("kafka:9092")},
//		Group:   "quakes",
//		Topics:  []string{"quakes"}, // partitioned by the key
//		Buffer:  buf,
//		Decode: func(r *kgo.Record) (pbufkafka.Change[string, quake], error) {
//			var q quake
//			err := json.Unmarshal(r.Value, &q)
//			return pbufkafka.Change[string, quake]{Key: string(r.Key), Value: q, Deleted: r.Value == nil}, err
//		},
//	})
//	...
//	err = consumer.Run(ctx) // until ctx ends; then it drains
//	err = buf.Stop(stop)    // after Run
//
// # What it promises
//
// An offset is committed when every record of its partition before it, or a newer one of
// the record's key, has reached the processor's nil, DeadLetter's nil, OnUndecodable's
// nil, or a sink that refused it as old; never before. A process may die at any moment,
// be frozen and wake up later, or lose its connection: the group reads again what it has
// no commit for. So records are repeated, and two processes may write one key at the
// same time. With a version from the source (Config.Version) and a sink in which the
// newer version wins (pbufpgx and pbufsql with Config.Version) none of that matters: the
// table ends as the log says.
//
// The sink must compare. The buffer's own versions end with a key's delivery, and other
// processes do not see them. If keys are deleted, the sink must keep the version of what
// it deleted (Config.Deleted of those plugins), or an older record that comes again
// brings the row back.
//
// # One poll
//
// The records of a poll are under one checkpoint. Of a poll that waits for its
// checkpoint only offsets are kept; at MaxOpen of them polling pauses. When it is done,
// the offsets are marked, partition by partition in the order of polls, and the client
// commits what is marked. A commit that fails is made again with the next; one whose
// reply is lost has done no harm.
//
// A full buffer (Options.Capacity, OnFull Block) stops the polling. The client goes on
// with its heartbeats, so that a sink may be away for as long as it likes.
//
// What the buffer loses (given up without a DeadLetter, dropped or refused for want of
// room) is read again with all of its poll, since the buffer cannot say which record it
// was, or ends Run: Config.OnLoss.
//
// # When partitions go
//
// A rebalance takes no partition away between a poll and the note of what was polled
// (BlockRebalanceOnPoll); while records are put it may, or a sink that is away would
// have the whole group wait, and this member thrown out. Partitions that go to another
// member are held until what was polled of them is put, delivered and committed,
// RevokeTimeout at most; the rest of them is then not put any more, and nothing of it is
// committed later: the other member reads it again. Partitions that are lost, because
// the group went on without this process, are forgotten without a commit, which would
// take back what others have committed since.
//
// # Tests
//
// They run against kfake, the fake broker of franz-go, in their process, with faults:
// rebalances in the middle of a poll, commits that fail or whose reply is lost, broken
// connections, a member that is cut off, one that is killed, a table that is away. They
// have not been run against a Kafka server.
package pbufkafka
