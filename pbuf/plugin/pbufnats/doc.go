// Package pbufnats feeds a pbuf buffer from NATS JetStream: it fetches, decodes and
// puts messages, and acknowledges them when a checkpoint of the buffer says that they
// are in the sink.
//
//	consumer, err := pbufnats.New(ctx, pbufnats.Config[string, quake]{
//		Consumer: fleet, // a jetstream.Consumer, shared by all processes
//		Buffer:   buf,
//		Decode: func(m jetstream.Msg) (pbufnats.Change[string, quake], error) {
//			var q quake
//			err := json.Unmarshal(m.Data(), &q)
//			return pbufnats.Change[string, quake]{Key: q.ID, Value: q}, err
//		},
//	})
//	...
//	err = consumer.Run(ctx) // until ctx ends; then it drains
//	err = buf.Stop(stop)    // after Run
//
// # What it promises
//
// A message is acknowledged when it, or a newer one of its key, has reached the
// processor's nil, DeadLetter's nil, or a sink that refused it as old; never before. A
// process may die at any moment, be frozen and wake up later, or lose its connection:
// the server delivers again what it has no ack for, to whichever process fetches next.
// So deliveries are repeated and come in any order, and two processes may write one key
// at the same time. With a version from the source (Config.Version) and a sink in which
// the newer version wins (pbufpgx and pbufsql with Config.Version) none of that
// matters: the table ends as the stream says.
//
// The sink must compare. The buffer's own versions end with a key's delivery, and other
// processes do not see them. If keys are deleted, the sink must keep the version of
// what it deleted (Config.Deleted of those plugins), or an older message that comes
// again brings the row back.
//
// # One fetch
//
// A fetch comes in as a whole before it is put, which takes Config.MaxWait at most. Its
// messages are under one checkpoint. As long as that is open, the server is asked to
// wait (InProgress) for each of them whenever a third of AckWait has passed. That is a
// message to the server for each: choose an AckWait of more than three flush intervals,
// and it happens in outages alone.
//
// What the buffer loses (given up without a DeadLetter, dropped for want of room) is
// given back to the server with Config.NakDelay, with all of its fetch, since the
// buffer cannot say which message it was. What cannot be decoded, or is invalid for the
// buffer, is terminated and passed to Config.OnUndecodable.
//
// A full buffer (Options.Capacity, OnFull Block) stops the fetching: messages stay in
// the server for others. Between fetches nothing is prefetched, so none waits in a
// client while its AckWait runs.
//
// # Many processes
//
// Any number of processes may share one consumer. Then the writes of a key are spread
// over them, and coalesce in each of them alone. To bring them together, partition the
// subject space, one consumer for each partition, with the server's priority policy
// "prioritized" (2.12 or later); every process fetches from all of them with
// FetchOptions for its rank, from a hash of process and partition. Each partition then
// has a process that it prefers, and others when that one does not fetch: no membership
// to administer, no leader, and correctness does not depend on it. Partitioned consumer
// groups (orbit.go/pcgroups) give strict order and one owner per partition, which
// versions make unnecessary, and want their members administered.
package pbufnats
