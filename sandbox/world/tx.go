package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"sync/atomic"
	"time"
)

// Tx is one view of the world; changes made through it become real together.
// It must not be used after the function it was given to has returned.
type Tx struct {
	w        *World
	readOnly bool
	put      map[Key]*Object // nil value: deleted
	ids      map[string]int
	peeked   map[*Object]*Object // what was shown and a copy of it; only with Guard
}

// Guard makes every transaction and view panic at its end when what Peek
// showed was changed. It costs the copies that Peek saves: for tests.
var Guard atomic.Bool

// Get returns a copy of one object.
func (t *Tx) Get(k Key) (*Object, bool) {
	if o, touched := t.put[k]; touched {
		if o == nil {
			return nil, false
		}
		return o.Clone(), true
	}
	if o, ok := t.w.state.objects[k.Kind][k]; ok {
		return o.Clone(), true
	}
	return nil, false
}

// Find returns copies of the objects of a kind in a scope that match, sorted
// by id (and by kind and scope where those are open). An empty kind or scope
// means any; a nil match means all. match must not change what it is shown.
func (t *Tx) Find(kind, scope string, match func(*Object) bool) []*Object {
	found := t.peek(kind, scope, match)
	for i, o := range found {
		found[i] = o.Clone()
	}
	return found
}

// Peek is Find without the copies, for who only reads, and is the faster the
// larger the objects are. The objects are the world's own: changing one changes
// the world behind every transaction's back.
func (t *Tx) Peek(kind, scope string, match func(*Object) bool) []*Object {
	found := t.peek(kind, scope, match)
	if Guard.Load() {
		for _, o := range found {
			if t.peeked[o] == nil {
				t.peeked[o] = o.Clone()
			}
		}
	}
	return found
}

func (t *Tx) peek(kind, scope string, match func(*Object) bool) []*Object {
	var found []*Object
	consider := func(o *Object) {
		if scope != "" && o.Scope != scope {
			return
		}
		if match == nil || match(o) {
			found = append(found, o)
		}
	}
	for k, byKey := range t.w.state.objects {
		if kind != "" && k != kind {
			continue
		}
		for key, o := range byKey {
			if _, touched := t.put[key]; !touched {
				consider(o)
			}
		}
	}
	for key, o := range t.put {
		if o != nil && (kind == "" || key.Kind == kind) {
			consider(o)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Key().less(found[j].Key()) })
	return found
}

// mustBeUnchanged panics when an object that Peek showed was changed.
func (t *Tx) mustBeUnchanged() {
	for o, before := range t.peeked {
		if !reflect.DeepEqual(o, before) {
			panic(fmt.Sprintf("world: %s %s was changed by who may only read it", o.Kind, o.ID))
		}
	}
}

func (k Key) less(other Key) bool {
	if k.ID != other.ID {
		return k.ID < other.ID
	}
	if k.Kind != other.Kind {
		return k.Kind < other.Kind
	}
	return k.Scope < other.Scope
}

// Put stores a copy of the object, new or changed. An object without a
// creation time is created now.
func (t *Tx) Put(o *Object) {
	t.mustWrite("Put")
	if o.Kind == "" || o.ID == "" {
		panic(fmt.Sprintf("world: object %q of kind %q has no identity", o.ID, o.Kind))
	}
	c := o.Clone()
	if c.Created.IsZero() {
		c.Created = t.w.state.now
	}
	t.put[c.Key()] = c
}

// Delete removes an object; one that is not there stays not there.
func (t *Tx) Delete(k Key) {
	t.mustWrite("Delete")
	if _, exists := t.Get(k); !exists {
		delete(t.put, k)
	}
	if _, stored := t.w.state.objects[k.Kind][k]; stored {
		t.put[k] = nil
	} else {
		delete(t.put, k)
	}
}

// Now is the world's clock.
func (t *Tx) Now() time.Time { return t.w.state.now }

// NewID makes an id: the prefix and so many hexadecimal digits (at most 64).
// The same URN asking for the same prefix gets a new one each time, and the
// same sequence in every world of the same seed, whatever else goes on.
func (t *Tx) NewID(prefix, urn string, hexDigits int) string {
	t.mustWrite("NewID")
	asker := prefix + "|" + urn
	count, seen := t.ids[asker]
	if !seen {
		count = t.w.state.ids[asker]
	}
	t.ids[asker] = count + 1
	sum := sha256.Sum256([]byte(strconv.FormatUint(t.w.state.seed, 10) + "|" + asker + "|" + strconv.Itoa(count)))
	return prefix + hex.EncodeToString(sum[:])[:hexDigits]
}

func (t *Tx) mustWrite(call string) {
	if t.readOnly {
		panic("world: " + call + " in a View")
	}
}
