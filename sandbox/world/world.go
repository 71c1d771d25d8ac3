package world

import (
	"fmt"
	"sync"
	"time"
)

// state is what a world consists of. Stored objects are never changed, only
// replaced, so that two worlds can share them.
type state struct {
	seed    uint64
	now     time.Time
	objects map[string]map[Key]*Object // by kind
	ids     map[string]int
}

func newState(seed uint64, now time.Time) state {
	return state{seed: seed, now: now.UTC(), objects: map[string]map[Key]*Object{}, ids: map[string]int{}}
}

func (s *state) apply(c change) {
	for _, k := range c.Delete {
		delete(s.objects[k.Kind], k)
	}
	for _, o := range c.Put {
		if s.objects[o.Kind] == nil {
			s.objects[o.Kind] = map[Key]*Object{}
		}
		s.objects[o.Kind][o.Key()] = o
	}
	for asker, count := range c.IDs {
		s.ids[asker] = count
	}
	if c.Now != nil {
		s.now = c.Now.UTC()
	}
}

func (s *state) fork() state {
	c := newState(s.seed, s.now)
	for kind, byKey := range s.objects {
		m := make(map[Key]*Object, len(byKey))
		for k, o := range byKey {
			m[k] = o
		}
		c.objects[kind] = m
	}
	for asker, count := range s.ids {
		c.ids[asker] = count
	}
	return c
}

// World is a simulated cloud's state. Its methods may be called at the same
// time; transactions run one after another.
type World struct {
	lock    sync.RWMutex
	state   state
	journal *journal // nil: in memory
	closed  bool
}

// New makes an empty world in memory.
func New(seed uint64, now time.Time) *World {
	return &World{state: newState(seed, now)}
}

// Tx runs f and makes its changes real, on disk first. When f or the disk
// fails, nothing has changed. f must not start another transaction.
func (w *World) Tx(f func(*Tx) error) error {
	w.lock.Lock()
	defer w.lock.Unlock()
	t := &Tx{w: w, put: map[Key]*Object{}, ids: map[string]int{}, peeked: map[*Object]*Object{}}
	err := f(t)
	t.mustBeUnchanged()
	if err != nil {
		return err
	}
	return w.commit(t.change())
}

// View runs f on a state that stands still; f cannot change it.
func (w *World) View(f func(*Tx)) {
	w.lock.RLock()
	defer w.lock.RUnlock()
	t := &Tx{w: w, readOnly: true, peeked: map[*Object]*Object{}}
	f(t)
	t.mustBeUnchanged()
}

// commit needs the lock.
func (w *World) commit(c change) error {
	if w.closed {
		return fmt.Errorf("sandbox: the world is closed")
	}
	if c.empty() {
		return nil
	}
	if w.journal != nil {
		if err := w.journal.append(c); err != nil {
			return err
		}
	}
	w.state.apply(c)
	return nil
}

// Fork returns an independent copy in memory. Objects are shared until one
// side changes them, so a copy costs two maps.
func (w *World) Fork() *World {
	w.lock.RLock()
	defer w.lock.RUnlock()
	return &World{state: w.state.fork()}
}

// Replace makes this world's content that of another, on disk too.
func (w *World) Replace(with *World) error {
	with.lock.RLock()
	next := with.state.fork()
	with.lock.RUnlock()
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.journal != nil {
		if err := w.journal.rewrite(&next); err != nil {
			return err
		}
	}
	w.state = next
	return nil
}

// Advance moves the clock forward.
func (w *World) Advance(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	next := w.state.now.Add(d)
	return w.commit(change{Now: &next})
}

// Now is the virtual time.
func (w *World) Now() time.Time {
	w.lock.RLock()
	defer w.lock.RUnlock()
	return w.state.now
}

// Seed is the number from which ids come.
func (w *World) Seed() uint64 {
	w.lock.RLock()
	defer w.lock.RUnlock()
	return w.state.seed
}

// Len is the number of objects.
func (w *World) Len() int {
	w.lock.RLock()
	defer w.lock.RUnlock()
	n := 0
	for _, byKey := range w.state.objects {
		n += len(byKey)
	}
	return n
}

// Close compacts the file and gives up the lock. A second Close does nothing.
func (w *World) Close() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.closed || w.journal == nil {
		w.closed = true
		return nil
	}
	w.closed = true
	return w.journal.close(&w.state)
}
