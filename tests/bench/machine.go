package main

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Machine is where the figures come from: they compare on the same one only.
type Machine struct {
	System string `json:"system"`
	Go     string `json:"go"`
	Cores  int    `json:"cores"`
	// Model and MemoryMiB are empty where there is no /proc.
	Model     string `json:"model,omitempty"`
	MemoryMiB int    `json:"memoryMiB,omitempty"`
}

func thisMachine() Machine {
	memory, _ := strconv.Atoi(strings.TrimSuffix(procField("/proc/meminfo", "MemTotal"), " kB"))
	return Machine{
		System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Cores: runtime.NumCPU(),
		Model: procField("/proc/cpuinfo", "model name"), MemoryMiB: memory >> 10,
	}
}

// procField is the first value of a "key: value" file; empty when it is not there.
func procField(file, key string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// largestMiB reads the largest resident set out of what a wait returned, which
// covers the process and all that it waited for. Linux counts in KiB, macOS in bytes.
func largestMiB(usage any) int {
	u, ok := usage.(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int(u.Maxrss >> 20)
	}
	return int(u.Maxrss >> 10)
}

// samplePeriod is short beside a compiler's second or more, and cheap.
const samplePeriod = 100 * time.Millisecond

// peakOfGroup is the highest sum of resident sets, in MiB, of a process group
// until ended is closed.
func peakOfGroup(group int, ended <-chan struct{}) int {
	tick := time.NewTicker(samplePeriod)
	defer tick.Stop()
	peak := 0
	for {
		peak = max(peak, groupPages(group)*os.Getpagesize()>>20)
		select {
		case <-ended:
			return peak
		case <-tick.C:
		}
	}
}

// groupPages adds up the resident pages of a process group. Processes that end
// between listing and reading count nothing.
func groupPages(group int) int {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	total := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		// The name in parentheses may hold spaces; what follows is counted from 3:
		// 5 is the process group, 24 the resident pages (proc_pid_stat(5)).
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) < 22 || fields[2] != strconv.Itoa(group) {
			continue
		}
		pages, _ := strconv.Atoi(fields[21])
		total += pages
	}
	return total
}
