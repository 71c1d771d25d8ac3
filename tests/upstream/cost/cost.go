// Package cost measures what the judges take: processor seconds, which do not
// depend on how busy the machine is, and wall time, which a person waits.
package cost

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// FileVariable names, in the environment, the file to which tests append rows.
const FileVariable = "LADDER_JUDGE_COSTS"

// Row is one line of the table.
type Row struct {
	Judge string `json:"judge"`
	// Judged says what and how many.
	Judged string        `json:"judged"`
	CPU    time.Duration `json:"cpu"`
	Wall   time.Duration `json:"wall"`
	// Part says that the row before it, which is no part, has counted this already.
	Part bool `json:"part,omitempty"`
}

// Clock measures from its start.
type Clock struct {
	began time.Time
	self  time.Duration
	child time.Duration
}

// Begin starts a clock.
func Begin() Clock {
	return Clock{began: time.Now(), self: used(syscall.RUSAGE_SELF), child: used(syscall.RUSAGE_CHILDREN)}
}

// Row of what this process and the children that ended have taken since Begin,
// and more: what is known from elsewhere, such as a server's own time.
func (c Clock) Row(judge, judged string, more time.Duration) Row {
	cpu := used(syscall.RUSAGE_SELF) - c.self + used(syscall.RUSAGE_CHILDREN) - c.child
	return Row{Judge: judge, Judged: judged, CPU: cpu + more, Wall: time.Since(c.began)}
}

func used(who int) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(who, &usage); err != nil {
		panic(err) // only an unknown who fails
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Append adds a row to the file that FileVariable names; without one it does nothing.
func Append(row Row) error {
	path := os.Getenv(FileVariable)
	if path == "" {
		return nil
	}
	line, err := json.Marshal(row)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("cost table: %w", err)
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// Read returns the rows of a file that Append wrote; none when there is no file.
func Read(path string) ([]Row, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cost table: %w", err)
	}
	var rows []Row
	for line := range strings.Lines(string(text)) {
		var row Row
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			return nil, fmt.Errorf("cost table: %w", err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Print writes the table with its sum, in which parts do not count again.
func Print(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "judge\tjudged\tCPU seconds\twall seconds")
	var cpu, wall time.Duration
	for _, r := range rows {
		indent := ""
		if r.Part {
			indent = "  of that: "
		} else {
			cpu, wall = cpu+r.CPU, wall+r.Wall
		}
		fmt.Fprintf(t, "%s%s\t%s\t%.1f\t%.1f\n", indent, r.Judge, r.Judged, r.CPU.Seconds(), r.Wall.Seconds())
	}
	fmt.Fprintf(t, "all\t\t%.1f\t%.1f\n", cpu.Seconds(), wall.Seconds())
	return t.Flush()
}
