package pbuf

import (
	"fmt"
	"time"
)

// Settings are the options that can change while the buffer runs.
type Settings struct {
	FlushInterval    time.Duration // at least 100 microseconds
	ProcessorTimeout time.Duration // likewise; for calls that start afterwards
	BatchSize        int           // must be positive; 0 with a TableProcessor
	FlushThreshold   int           // 0: off
}

// Settings returns those in force, defaults included; the zero Map's are zero.
func (m *Map[K, V]) Settings() Settings {
	if s := m.settings.Load(); s != nil { // pairs with UpdateSettings' Store of a snapshot that is never written to
		return *s
	}
	return Settings{}
}

// UpdateSettings changes the settings, all or nothing: change gets a copy of those in
// force, and what it leaves there is validated and takes effect on all partitions at
// once. Flushes in progress go on as before. If another update came between, change
// runs again on the newer ones, so it must have no other effects, nor call
// UpdateSettings of the same Map. If it panics, the caller gets the panic. Errors wrap
// ErrOptions.
func (m *Map[K, V]) UpdateSettings(change func(*Settings)) error {
	switch {
	case len(m.flushers) == 0:
		return ErrClosed
	case change == nil:
		return argumentError("UpdateSettings", "function")
	}
	for {
		if m.stopped() {
			return ErrClosed
		}
		old := m.Settings()
		copied := old
		change(&copied)
		next := copied // what change may have kept a pointer to is not what takes effect
		if err := m.options.checkSettings(&next); err != nil {
			return err
		}
		if done, err := m.replaceSettings(old, &next); done {
			return err
		}
	}
}

// replaceSettings stores the next settings if those in force are still the old ones.
// They are compared by value: change has seen these values, whoever stored them.
func (m *Map[K, V]) replaceSettings(old Settings, next *Settings) (done bool, err error) {
	m.updating.Lock()
	defer m.updating.Unlock()
	switch {
	case m.stopped():
		return true, ErrClosed
	case m.Settings() != old:
		return false, nil
	}
	m.settings.Store(next) // publication of a snapshot that nobody writes to again; pairs with Settings' Load
	for _, f := range m.flushers {
		f.nudge()
	}
	return true, nil
}

// settings are the initial ones.
func (o *Options[K, V]) settings() Settings {
	s := Settings{
		FlushInterval:    orDefault(o.FlushInterval, DefaultFlushInterval),
		ProcessorTimeout: orDefault(o.ProcessorTimeout, DefaultProcessorTimeout),
		BatchSize:        o.BatchSize,
		FlushThreshold:   o.FlushThreshold,
	}
	if o.TableProcessor == nil {
		s.BatchSize = orDefault(o.BatchSize, DefaultBatchSize)
	}
	return s
}

// checkSettings is shared by New and UpdateSettings.
func (o *Options[K, V]) checkSettings(s *Settings) error {
	if err := checkDuration("FlushInterval", s.FlushInterval, time.Millisecond); err != nil {
		return err
	}
	if err := checkDuration("ProcessorTimeout", s.ProcessorTimeout, 100*time.Millisecond); err != nil {
		return err
	}
	switch {
	case o.TableProcessor != nil && s.BatchSize != 0:
		return fmt.Errorf("%w: BatchSize is %d, but a TableProcessor gets whole generations", ErrOptions, s.BatchSize)
	case o.TableProcessor == nil && s.BatchSize <= 0:
		return fmt.Errorf("%w: BatchSize is %d, must be positive", ErrOptions, s.BatchSize)
	case s.FlushThreshold < 0:
		return fmt.Errorf("%w: FlushThreshold is %d, must not be negative", ErrOptions, s.FlushThreshold)
	case o.Capacity > 0 && s.FlushThreshold > o.Capacity:
		return fmt.Errorf("%w: FlushThreshold is %d, but Capacity is %d: it is never reached", ErrOptions, s.FlushThreshold, o.Capacity)
	}
	return nil
}
