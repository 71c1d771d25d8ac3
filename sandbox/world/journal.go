package world

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// FileName is the world's file in its directory.
const FileName = "world.jsonl"

// lockName is the file that the running process holds and has its pid in.
const lockName = "world.lock"

// format is the version of the file. A change of meaning raises it.
const format = 1

// maxLine bounds a line of the file, in bytes. The largest objects are
// rendered charts and kubeconfigs, well under 1 MiB.
const maxLine = 64 << 20

// ErrLocked and ErrCorrupt are what errors.Is finds in a LockedError and a
// CorruptError.
var (
	ErrLocked  = errors.New("sandbox state is in use")
	ErrCorrupt = errors.New("sandbox state is damaged")
)

// LockedError says that another process works on the same directory.
type LockedError struct {
	Path string
	PID  int // 0: unknown
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = "process " + strconv.Itoa(e.PID)
	}
	return fmt.Sprintf("sandbox: %s is in use by %s; wait until it has finished, or stop it, and run again", e.Path, who)
}

// Is makes errors.Is(err, ErrLocked) true.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// CorruptError says that the file cannot be read. The file is left as it is.
type CorruptError struct {
	Path   string
	Line   int // from 1
	Reason string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("sandbox: %s:%d: %s; nothing was changed: restore the file from a copy, "+
		"or start with an empty cloud: ladder sandbox reset", e.Path, e.Line, e.Reason)
}

// Is makes errors.Is(err, ErrCorrupt) true.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// header is the first line of the file.
type header struct {
	Format int       `json:"format"`
	Seed   uint64    `json:"seed"`
	Now    time.Time `json:"now"`
	// Lines is how many lines the rewrite wrote after the header; a file
	// with fewer was cut.
	Lines int `json:"lines"`
}

// change is one transaction: one line of the file.
type change struct {
	Put    []*Object      `json:"put,omitempty"`
	Delete []Key          `json:"delete,omitempty"`
	IDs    map[string]int `json:"ids,omitempty"`
	Now    *time.Time     `json:"now,omitempty"`
}

func (c change) empty() bool {
	return len(c.Put) == 0 && len(c.Delete) == 0 && len(c.IDs) == 0 && c.Now == nil
}

func (t *Tx) change() change {
	c := change{IDs: t.ids}
	for k, o := range t.put {
		if o == nil {
			c.Delete = append(c.Delete, k)
		} else {
			c.Put = append(c.Put, o)
		}
	}
	sort.Slice(c.Put, func(i, j int) bool { return c.Put[i].Key().less(c.Put[j].Key()) })
	sort.Slice(c.Delete, func(i, j int) bool { return c.Delete[i].less(c.Delete[j]) })
	return c
}

// Open locks a directory and loads its world, or makes one where there is
// none: then seed and now are its own. An existing world keeps its own seed
// and clock.
func Open(dir string, seed uint64, now time.Time) (*World, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(dir, err)
	}
	path := filepath.Join(dir, FileName)
	lock, err := acquire(filepath.Join(dir, lockName), dir)
	if err != nil {
		return nil, err
	}
	w := &World{state: newState(seed, now), journal: &journal{path: path, lock: lock}}
	if err := w.load(); err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	return w, nil
}

func (w *World) load() error {
	loaded, end, err := read(w.journal.path)
	if errors.Is(err, os.ErrNotExist) {
		return w.journal.rewrite(&w.state)
	}
	if err != nil {
		return err
	}
	w.state = loaded
	return w.journal.open(end)
}

func acquire(path, dir string) (*flock.Flock, error) {
	lock := flock.New(path, flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, unwritable(dir, err)
	}
	if !got {
		text, _ := os.ReadFile(path)
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return nil, &LockedError{Path: dir, PID: pid}
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		_ = lock.Unlock()
		return nil, unwritable(dir, err)
	}
	return lock, nil
}

func unwritable(path string, err error) error {
	return fmt.Errorf("sandbox: cannot write its state in %s: %w; nothing was lost: make room or make it writable, "+
		"or choose another directory, and run again", path, err)
}

// journal is the file behind a world.
type journal struct {
	path string
	lock *flock.Flock
	file *os.File
	end  int64 // where the next line goes
}

func (j *journal) open(end int64) error {
	f, err := os.OpenFile(j.path, os.O_WRONLY, 0o600)
	if err != nil {
		return unwritable(j.path, err)
	}
	// What stands after end is the half line that a crash left.
	if err := f.Truncate(end); err != nil {
		f.Close()
		return unwritable(j.path, err)
	}
	j.file, j.end = f, end
	return nil
}

func (j *journal) append(c change) error {
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("sandbox: encode a transaction: %w", err)
	}
	line = append(line, '\n')
	if _, err := j.file.WriteAt(line, j.end); err != nil {
		_ = j.file.Truncate(j.end) // half a line would be dropped at the next start anyway
		return unwritable(j.path, err)
	}
	j.end += int64(len(line))
	return nil
}

// rewrite replaces the file by one line per object, through a rename: at every
// instant there is one whole file.
func (j *journal) rewrite(s *state) error {
	text, err := encode(s)
	if err != nil {
		return err
	}
	if err := replaceFile(j.path, text); err != nil {
		return unwritable(j.path, err)
	}
	if j.file != nil {
		j.file.Close()
	}
	return j.open(int64(len(text)))
}

func (j *journal) close(s *state) error {
	err := j.rewrite(s)
	if j.file != nil {
		err = errors.Join(err, j.file.Close())
	}
	return errors.Join(err, j.lock.Unlock())
}

func replaceFile(path string, text []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return os.Rename(tmp, path)
}

// encode writes a state as the file has it.
func encode(s *state) ([]byte, error) {
	var objects []*Object
	for _, byKey := range s.objects {
		for _, o := range byKey {
			objects = append(objects, o)
		}
	}
	sort.Slice(objects, func(i, j int) bool { return objects[i].Key().less(objects[j].Key()) })
	lines := len(objects)
	if len(s.ids) > 0 {
		lines++
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	err := enc.Encode(header{Format: format, Seed: s.seed, Now: s.now, Lines: lines})
	for _, o := range objects {
		err = errors.Join(err, enc.Encode(change{Put: []*Object{o}}))
	}
	if len(s.ids) > 0 {
		err = errors.Join(err, enc.Encode(change{IDs: s.ids}))
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox: encode the world: %w", err)
	}
	return b.Bytes(), nil
}

// Clock is the time in the world of a directory, read without its lock; false
// where there is no world, or none that can be read: Open says why.
func Clock(dir string) (time.Time, bool) {
	s, _, err := read(filepath.Join(dir, FileName))
	return s.now, err == nil && !s.now.IsZero()
}

// read loads a file and says where its last whole line ends.
func read(path string) (state, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return state{}, 0, fmt.Errorf("sandbox: read %s: %w", path, err)
	}
	defer f.Close()
	return decode(bufio.NewReaderSize(f, 1<<20), path)
}

func decode(r *bufio.Reader, path string) (s state, end int64, err error) {
	corrupt := func(line int, format string, args ...any) (state, int64, error) {
		return state{}, 0, &CorruptError{Path: path, Line: line, Reason: fmt.Sprintf(format, args...)}
	}
	var head header
	for number := 1; ; number++ {
		line, readErr := r.ReadBytes('\n')
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return state{}, 0, fmt.Errorf("sandbox: read %s: %w", path, readErr)
		}
		if readErr != nil { // the end, or the half line of a crash
			if number == 1 {
				return corrupt(1, "the header is missing")
			}
			if number-2 < head.Lines {
				return corrupt(number, "the file ends after %d of %d lines", number-2, head.Lines)
			}
			return s, end, nil
		}
		if len(line) > maxLine {
			return corrupt(number, "the line is longer than %d bytes", maxLine)
		}
		if number == 1 {
			if err := json.Unmarshal(line, &head); err != nil {
				return corrupt(1, "the header is not readable: %v", err)
			}
			if head.Format != format {
				return corrupt(1, "the format is %d, this program reads %d", head.Format, format)
			}
			s = newState(head.Seed, head.Now)
		} else {
			var c change
			if err := json.Unmarshal(line, &c); err != nil {
				return corrupt(number, "the transaction is not readable: %v", err)
			}
			for _, o := range c.Put {
				if o == nil || o.Kind == "" || o.ID == "" {
					return corrupt(number, "an object has no identity")
				}
			}
			s.apply(c)
		}
		end += int64(len(line))
	}
}

// Save returns the world as its file would hold it.
func (w *World) Save() ([]byte, error) {
	w.lock.RLock()
	defer w.lock.RUnlock()
	return encode(&w.state)
}

// Restore makes a world in memory from what Save returned.
func Restore(text []byte) (*World, error) {
	s, _, err := decode(bufio.NewReader(bytes.NewReader(text)), "saved world")
	if err != nil {
		return nil, err
	}
	return &World{state: s}, nil
}
